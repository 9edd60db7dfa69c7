/** Short messages over the page, as they come. */

import { signal } from "@preact/signals";
import { isHeld } from "./held";

const SHOWN_MS = 6000;
/** What one can do something about takes longer to read, and the way to the button is long. */
const SHOWN_WITH_ACTION_MS = 15_000;

/** The way in which a toast is shown: for a moment or until it is dismissed, which what one can do about it does too. One
 * about the same thing takes the place of the one before. */
export interface ToastOptions {
  stay?: "a_moment" | "until_dismissed";
  about?: "file" | "image" | "input" | "saving" | "offer" | "language" | "protection" | "role" | "suggestion" | "person" | "comment";
  action?: ToastAction;
}

/** What one can do about what a toast says: the words on a button, and what it does. */
export interface ToastAction {
  label: string;
  run: () => void;
}

interface Toast {
  key: number;
  text: string;
  about: ToastOptions["about"];
  action: ToastAction | undefined;
  /** It goes by itself after so long, while nobody is at it; null: it does not. */
  lastsMs: number | null;
  timer?: ReturnType<typeof setTimeout>;
}

export class Toasts {
  readonly shown = signal<readonly Toast[]>([]);
  /** Words for those alone who listen to the page. */
  readonly spoken = signal("");
  #next = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;

  /** Shows a toast. The function that it returns takes it away, if it is still there. */
  notify(text: string, { stay = "a_moment", about, action }: ToastOptions = {}): () => void {
    const lastsMs = stay === "a_moment" ? (action ? SHOWN_WITH_ACTION_MS : SHOWN_MS) : null;
    const toast: Toast = { key: this.#next++, text, about, action, lastsMs };
    const others = this.shown.peek().filter((it) => about === undefined || it.about !== about);
    this.shown.value = [...others.slice(-3), toast];
    this.#begin(toast);
    return () => this.dismiss(toast.key);
  }

  /** The pointer or the keyboard has left the toasts: each is there for its whole time again. */
  left(): void {
    this.shown.peek().forEach((toast) => this.#begin(toast));
  }

  /** Takes a toast away. */
  dismiss(key: number): void {
    this.shown.value = this.shown.peek().filter((toast) => toast.key !== key);
  }

  #begin(toast: Toast): void {
    clearTimeout(toast.timer);
    if (toast.lastsMs === null) return;
    const end = () => ([...document.querySelectorAll(".toasts")].some(isHeld) ? this.#begin(toast) : this.dismiss(toast.key));
    toast.timer = setTimeout(end, toast.lastsMs);
  }

  /** Says it to those alone who listen to the page. */
  say(words: string): void {
    this.spoken.value = words;
    // Words that stay would be said again in each region that shows them later.
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => (this.spoken.value = ""), SHOWN_MS);
  }
}
