/** An open pad as the components see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { FileForm } from "../browser";
import type { Editor } from "../editor";
import type { Session } from "../session";

/** A file from disk, read. */
export interface OpenedFile {
  text: string;
  form: FileForm;
}

/** The way in which a toast is shown: for a moment or until it is dismissed. One about the same thing
 * takes the place of the one before. */
export interface ToastOptions {
  stay?: "a_moment" | "until_dismissed";
  about?: "file" | "input" | "saving" | "offer" | "language" | "protection";
}

/** The session and the screen around it. */
export interface Pad {
  session: Session;
  /** null until the text area is there. */
  editor: ReadonlySignal<Editor | null>;
  /** The time at which it is deleted if nobody uses it any more; null: never, or not known. */
  expiry: ReadonlySignal<Date | null>;
  /** A file that waits for word on where to put it. */
  opened: Signal<OpenedFile | null>;
  /** Shows a toast. */
  notify(text: string, kind?: ToastOptions): void;
  /** Closes the menu where it is a drawer over the text. */
  closeMenu(): void;
}
