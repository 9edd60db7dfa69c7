/** An open pad as the components see it. */

import type { ReadonlySignal } from "@preact/signals";
import type { Editor } from "../editor";
import type { Session } from "../session";

export interface Pad {
  session: Session;
  /** null until the text area is there. */
  editor: ReadonlySignal<Editor | null>;
  /** When it is deleted if nobody uses it any more; null: never, or not known. */
  expiry: ReadonlySignal<Date | null>;
  /** Shows a line of news. */
  notify(text: string): void;
  /** Closes the menu where it is a drawer over the text. */
  closeMenu(): void;
}
