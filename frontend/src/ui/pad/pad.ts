/** An open pad as the components see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { FileForm } from "../../browser";
import type { Editor } from "../../editor";
import type { Session } from "../../session";
import type { ToastOptions } from "../base/toasts";

/** A file from disk, read. */
export interface OpenedFile {
  text: string;
  form: FileForm;
}

/** Dialogs that several places open; dialogs/dialogs.tsx shows them. */
export type DialogId = "about";

/** The session and the screen around it. */
export interface Pad {
  session: Session;
  /** null until the text area is there. */
  editor: ReadonlySignal<Editor | null>;
  /** The time at which it is deleted if nobody uses it any more; null: never, or not known. */
  expiry: ReadonlySignal<Date | null>;
  /** The dialog that was asked for, of those that several places open; null: none. */
  dialog: Signal<DialogId | null>;
  /** A file that waits for word on where to put it. */
  opened: Signal<OpenedFile | null>;
  /** Shows a toast. */
  notify(text: string, kind?: ToastOptions): void;
  /** Closes the menu where it is a drawer over the text. */
  closeMenu(): void;
}
