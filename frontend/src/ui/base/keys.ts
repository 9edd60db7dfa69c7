/** Keys of the page, whatever the keyboard. */

type Key = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** True for Ctrl and that letter, or Cmd. Where the layout has no Latin letters, the key's place counts. */
export function isCommandKey({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Key, letter: string): boolean {
  if (ctrlKey === metaKey || shiftKey || altKey) return false;
  return key.toLowerCase() === letter || (code === `Key${letter.toUpperCase()}` && !/^[\x20-\x7e]$/.test(key));
}
