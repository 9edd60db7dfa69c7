/** Keys of the page, whatever the keyboard. */

type Key = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** True for Ctrl and that letter, or Cmd; `withShift`: and Shift. Where the layout has no Latin letters, the key's place
 * counts. */
export function isCommandKey({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Key, letter: string, withShift = false): boolean {
  if (ctrlKey === metaKey || shiftKey !== withShift || altKey) return false;
  return key.toLowerCase() === letter || (code === `Key${letter.toUpperCase()}` && !/^[\x20-\x7e]$/.test(key));
}

/** True where the keys are those of a Mac. */
export const isMac = /^(Mac|iP)/.test(globalThis.navigator?.platform ?? "");

/** The order in which a Mac has the signs. */
const MAC_SIGNS = { Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Mod: "⌘" } as const;

/** Keys as they are shown to people. They are given as CodeMirror writes them ("Mod-Shift-z"), the second one a Mac's,
 * where that is another. `names` are those of keys that have no sign. */
export function shownKeys(keys: string | readonly [string, string], names: Record<string, string>, onMac = isMac): string {
  const written = typeof keys === "string" ? keys : keys[onMac ? 1 : 0];
  const parts = written.split("-");
  const key = parts.at(-1)!;
  const last = names[key] ?? key.toUpperCase();
  const modifiers = parts.slice(0, -1);
  if (!onMac) return [...modifiers.map((it) => names[it === "Mod" ? "Ctrl" : it] ?? it), last].join("+");
  const signs = Object.entries(MAC_SIGNS).filter(([name]) => modifiers.includes(name));
  return signs.map(([, sign]) => sign).join("") + last;
}
