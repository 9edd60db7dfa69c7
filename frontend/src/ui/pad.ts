/** An open pad as the components see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Editor } from "../editor";
import type { Session } from "../session";

export interface OpenedFile {
  name: string;
  text: string;
}

/** A toast is there for a moment or until it is dismissed; one about the
 * same thing takes the place of what was said before. */
export interface ToastOptions {
  stay?: "a_moment" | "until_dismissed";
  about?: "file" | "language" | "protection";
}

export interface Pad {
  session: Session;
  /** null until the text area is there. */
  editor: ReadonlySignal<Editor | null>;
  /** When it is deleted if nobody uses it any more; null: never, or not known. */
  expiry: ReadonlySignal<Date | null>;
  /** A file that waits for word on where to put it. */
  opened: Signal<OpenedFile | null>;
  /** Shows a toast. */
  notify(text: string, kind?: ToastOptions): void;
  /** Closes the menu where it is a drawer over the text. */
  closeMenu(): void;
}
