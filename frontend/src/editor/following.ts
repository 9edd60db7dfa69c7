/** Keeps another person's caret in view until the user does something of their
 * own: types, moves a caret, clicks or scrolls, by whatever means. */

import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Extension } from "@codemirror/state";
import { type Signal, signal } from "@preact/signals";
import { caretOf } from "./carets";
import { sideOf } from "./in_view";
import { isRemote } from "./remote";

/** Keys that move the view even where they move no caret. */
const SCROLLING = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
/** Events by which a user takes the view over. They are listened for where it scrolls: the gutter and
 * the scroll bar are no part of the text. */
const INTENTS = ["wheel", "touchmove", "pointerdown"] as const;

export class Following {
  /** The user who is followed; null: nobody. */
  readonly id: Signal<number | null> = signal(null);
  /** True while the view may be scrolling to the caret by our own doing. */
  #isMoving = false;

  readonly extension: Extension = [
    EditorView.updateListener.of((update) => this.#updated(update)),
    EditorView.domEventHandlers({
      keydown: ({ key }) => (SCROLLING.has(key) ? this.#end() : false),
      scroll: (_, view) => (this.#isMoving || this.#isInView(view) ? false : this.#end()),
    }),
    ViewPlugin.define(({ scrollDOM }) => {
      const end = () => this.stop();
      for (const intent of INTENTS) scrollDOM.addEventListener(intent, end, { passive: true });
      return { destroy: () => INTENTS.forEach((intent) => scrollDOM.removeEventListener(intent, end)) };
    }),
  ];

  /** Shows that user's caret, and keeps it in view. */
  start(view: EditorView, id: number): void {
    this.id.value = id;
    this.#show(view);
  }

  /** Lets the view be. */
  stop(): void {
    this.id.value = null;
  }

  #updated(update: ViewUpdate): void {
    if (this.id.value === null) return;
    if (update.transactions.some((tr) => (tr.docChanged || tr.selection) && !isRemote(tr))) this.stop();
    else if (update.transactions.some(isRemote)) {
      this.#isMoving = true;
      queueMicrotask(() => this.#show(update.view));
    }
  }

  #show(view: EditorView): void {
    const at = this.#caret(view);
    this.#isMoving = at !== null;
    if (at === null) return;
    view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
    view.requestMeasure({ key: this, read: () => {}, write: () => (this.#isMoving = false) });
  }

  /** True while the caret is in view. Scroll bars that are no elements, and whatever
   * else scrolls, show only in this: the caret has gone from where it was kept. */
  #isInView(view: EditorView): boolean {
    const at = this.#caret(view);
    return at === null || sideOf(view, at) === "in_view";
  }

  #caret({ state }: EditorView): number | null {
    return this.id.value === null ? null : caretOf(state, this.id.value);
  }

  #end(): false {
    this.stop();
    return false;
  }
}
