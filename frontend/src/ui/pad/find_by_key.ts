/** The search of the editor, from anywhere on the page: the browser's own sees only the lines that are drawn. */

import { isCommandKey, isMac } from "../base/keys";
import { openDialogs } from "../base/open_dialogs";
import type { Pad } from "./pad";

/** Makes Ctrl+F and F3 search in the text where the editor does not hear them; not under a dialog, whose words the
 * browser finds. The function that this returns ends that. */
export function findByKey({ editor }: Pad): () => void {
  const find = (event: KeyboardEvent) => {
    if (event.defaultPrevented || openDialogs.peek().length > 0 || !editor.peek() || !isFindKey(event)) return;
    event.preventDefault();
    void editor.peek()!.perform("find");
  };
  addEventListener("keydown", find);
  return () => removeEventListener("keydown", find);
}

function isFindKey(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (key === "F3") return !ctrlKey && !metaKey && !shiftKey && !altKey;
  return isCommandKey(event, "f") && !(isMac && ctrlKey); // on a Mac, Ctrl+F moves the caret in a field
}
