/** Keys of the page, whatever the keyboard. */

type Key = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** True for Ctrl and that letter, or Cmd; `withShift`: and Shift. */
export function isCommandKey({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Key, letter: string, withShift = false): boolean {
  if (ctrlKey === metaKey || shiftKey !== withShift || altKey) return false;
  return isLetter({ key, code }, letter);
}

/** True for the key of that letter, with or without Shift and Caps Lock. Where it types nothing Latin, since the layout or Alt
 * on a Mac has other signs there, or waits for a letter to put an accent on, its place counts. A key that an input method
 * has taken ("Process") is none of the page's. */
export function isLetter({ key, code }: Pick<Key, "key" | "code">, letter: string): boolean {
  if (key.toLowerCase() === letter) return true;
  return code === `Key${letter.toUpperCase()}` && (key === "Dead" || !/^[\x20-\x7e]+$/.test(key));
}

/** True for a key that belongs to an input method: it ends a word with Enter or Escape, say. Safari says so by 229 alone of
 * the last one. */
export function isComposed({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === 229;
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
