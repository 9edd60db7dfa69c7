/** The key that opens the history of the text, from anywhere on the page. */

import { isCommandKey } from "../base/keys";
import { openDialogs } from "../base/open_dialogs";
import type { Pad } from "./pad";

/** Makes Ctrl+Shift+H open and close the history; not under a dialog. The function that this returns ends that. */
export function historyByKey({ panel }: Pad): () => void {
  const toggle = (event: KeyboardEvent) => {
    if (event.defaultPrevented || !isCommandKey(event, "h", true) || openDialogs.peek().length > 0) return;
    event.preventDefault();
    panel.toggle("history");
  };
  addEventListener("keydown", toggle);
  return () => removeEventListener("keydown", toggle);
}
