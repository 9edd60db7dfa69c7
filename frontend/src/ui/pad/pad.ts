/** An open pad as the components see it. */

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { FileForm } from "../../browser";
import type { Editor } from "../../editor";
import type { Session } from "../../session";
import type { PastTexts } from "../../past";
import type { Deeds } from "../../sharing";
import type { ToastOptions } from "../base/toasts";
import type { OpenPanel } from "./open_panel";

/** Dialogs that several places open; dialogs/dialogs.tsx shows them. */
export type DialogId = "share" | "owner" | "recent" | "about" | "palette";

/** A file from disk, read. */
export interface OpenedFile {
  text: string;
  form: FileForm;
}

/** The session and the screen around it. */
export interface Pad {
  session: Session;
  /** null until the text area is there. */
  editor: ReadonlySignal<Editor | null>;
  /** The time at which it is deleted if nobody uses it any more; null: never, or not known. */
  expiry: Signal<Date | null>;
  /** What the text begins with, or the pad's id. */
  title: ReadonlySignal<string>;
  /** A file that waits for word on where to put it. */
  opened: Signal<OpenedFile | null>;
  /** Who did what to the text; null: nobody keeps it, since the pad is not ours. */
  deeds: Signal<Deeds | null>;
  /** The history of the text; null: nobody has asked for it. */
  past: Signal<PastTexts | null>;
  /** The revision whose text the address asks for, until it is shown; undefined: none. */
  moment: number | undefined;
  /** What stands beside the text. */
  panel: OpenPanel;
  /** The dialog that was asked for, of those that several places open; null: none. */
  dialog: Signal<DialogId | null>;
  /** True while the menu of the pad is open. */
  menu: Signal<boolean>;
  /** Shows a toast. The function that it returns takes it away, if it is still there. */
  notify(text: string, kind?: ToastOptions): () => void;
  /** Closes the menu, and the panel where it lies over the text. */
  closeMenu(): void;
}
