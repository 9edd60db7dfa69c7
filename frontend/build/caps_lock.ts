/**
 * Keeps Caps Lock out of the editor's keys.
 *
 * CodeMirror tells Ctrl+Shift+Z from Ctrl+Z by the case of the letter, which Caps Lock turns round: then Shift and the key
 * that redoes would undo, Ctrl+Shift+H replace, and Alt+A without Shift comment a block out. Here the case of a letter that is
 * pressed with Ctrl, Alt or Cmd is that of the Shift key.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

export function ignoreCapsLock(): Plugin {
  return amend("caps_lock", /[\\/]@codemirror[\\/]view[\\/]dist[\\/]index\.js$/, [
    {
      before: "let name = keyName(event);",
      after: `let name = keyName(event);
    if ((event.ctrlKey || event.altKey || event.metaKey) && /^[a-z]$/i.test(name))
        name = event.shiftKey ? name.toUpperCase() : name.toLowerCase();`,
    },
  ]);
}
