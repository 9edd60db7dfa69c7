/** Vim's commands that save and leave. The text is saved as it is typed, so they only say so. */

import type { Vim } from "@replit/codemirror-vim";

/** A command in full, the shortest form of it, and whether it wants to leave. */
const COMMANDS: readonly [string, string, boolean][] = [
  ["write", "w", false],
  ["wall", "wa", false],
  ["update", "up", false],
  ["wq", "wq", true],
  ["wqall", "wqa", true],
  ["xit", "x", true],
  ["xall", "xa", true],
  ["exit", "exi", true],
  ["quit", "q", true],
  ["qall", "qa", true],
  ["close", "clo", true],
];

/** Gives `vim`, which is one for all editors, these commands. */
export function defineSaving(vim: typeof Vim, onSave: (leaves: boolean) => void): void {
  for (const [name, short, leaves] of COMMANDS) vim.defineEx(name, short, () => onSave(leaves));
  vim.map("ZZ", ":xit<CR>", "normal");
  vim.map("ZQ", ":quit<CR>", "normal");
}
