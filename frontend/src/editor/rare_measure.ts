/**
 * Looks now and then at how the text is laid out.
 *
 * A look takes a frame: style, layout and paint, 10 ms and more on a phone, in which no key is handled. What others do is shown in a
 * frame anyway, and so the look is taken in theirs, once in a pause at most. It is not taken in the frame of a key, which is to be shown
 * as soon as it can be. A look that is still due when nobody has changed anything for a while has a frame of its own.
 */

import type { EditorView, ViewUpdate } from "@codemirror/view";
import { isRemote } from "./remote";

/** After a change, so many pauses pass before there is a frame for a look alone. */
const PAUSES_AFTER_CHANGE = 3;

/** What is looked at, and what is done then. */
export interface Look<T> {
  read: (view: EditorView) => T;
  write: (seen: T) => void;
  /** False while there is nothing to see: no frame is made for that. */
  isNeeded?: () => boolean;
}

/** Whoever makes one stops it, too: it keeps a timer. */
export class RareMeasure<T> {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When a look is due, and when the last one was, on the clock of performance.now(). */
  #dueMs = Infinity;
  #lookedMs = -Infinity;

  constructor(
    private readonly view: EditorView,
    private readonly pauseMs: number,
    private readonly look: Look<T>,
  ) {}

  /** What is looked at has changed by that update: to be called within it. */
  changed({ transactions, docChanged }: ViewUpdate): void {
    const now = performance.now();
    // CodeMirror also tells of what it has measured after a change, without any transaction.
    const isChange = docChanged || transactions.length === 0;
    if (transactions.some(isRemote) && now - this.#lookedMs >= this.pauseMs) this.#take();
    else if (isChange) this.#plan(now + PAUSES_AFTER_CHANGE * this.pauseMs);
    else this.again();
  }

  /** What is looked at has changed otherwise: it is looked at soon, but not twice within a pause. */
  again(): void {
    this.#plan(Math.max(performance.now(), this.#lookedMs + this.pauseMs));
  }

  stop(): void {
    this.#dueMs = Infinity;
    clearTimeout(this.#timer);
  }

  #plan(atMs: number): void {
    if (atMs >= this.#dueMs) return;
    this.stop();
    this.#dueMs = atMs;
    this.#timer = setTimeout(() => this.#take(), atMs - performance.now());
  }

  #take(): void {
    this.stop();
    this.#lookedMs = performance.now();
    if (this.look.isNeeded?.() === false) return;
    this.view.requestMeasure({ key: this, read: this.look.read, write: this.look.write });
  }
}
