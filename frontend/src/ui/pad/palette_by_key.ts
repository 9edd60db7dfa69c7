/** The keys that open the palette, anywhere in the pad. */

import { isCommandKey, isMac } from "../base/keys";
import { openDialogs } from "../base/open_dialogs";
import type { Pad } from "./pad";

/** Makes F1 open the palette, and Ctrl+K where nothing else has heard that: with a selection in Markdown it makes a link.
 * Once more closes it. Under another dialog they do nothing. The function that this returns ends that. */
export function paletteByKey({ dialog }: Pad): () => void {
  const open = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat || !isPaletteKey(event)) return;
    event.preventDefault();
    if (dialog.peek() === "palette") dialog.value = null;
    else if (openDialogs.peek().length === 0) dialog.value = "palette";
  };
  addEventListener("keydown", open);
  return () => removeEventListener("keydown", open);
}

function isPaletteKey(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (key === "F1") return !ctrlKey && !metaKey && !shiftKey && !altKey;
  return isCommandKey(event, "k") && !(isMac && ctrlKey); // on a Mac, Ctrl+K deletes to the end of the line
}
