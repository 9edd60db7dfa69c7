/** The pad's text to disk: by a button, and by the key that saves elsewhere. */

import { extensionOf } from "../editor";
import { downloadText } from "./copy";
import { fileName } from "./files";
import type { Pad } from "./pad";
import { titleOf } from "./title";

/** Has the browser save the text under the pad's title. */
export function download({ session }: Pad): void {
  const text = session.localText();
  downloadText(text, fileName(titleOf(text, session.padId), extensionOf(session.language.peek())));
}

/** Makes Ctrl+S download the text; the function that it returns ends that. */
export function downloadByKey(pad: Pad): () => void {
  const save = (event: KeyboardEvent) => {
    if (!isSaveKey(event)) return;
    event.preventDefault();
    download(pad);
  };
  addEventListener("keydown", save);
  return () => removeEventListener("keydown", save);
}

type Key = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** True for Ctrl+S, or Cmd+S. Where the layout has no Latin letters, the key's place counts. */
export function isSaveKey({ key, code, ctrlKey, metaKey, shiftKey, altKey }: Key): boolean {
  if (ctrlKey === metaKey || shiftKey || altKey) return false;
  return key.toLowerCase() === "s" || (code === "KeyS" && !/^[\x20-\x7e]$/.test(key));
}
