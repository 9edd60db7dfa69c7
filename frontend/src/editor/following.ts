/** Keeps another person's caret in view until the user does something of their
 * own: types, moves a caret, clicks or scrolls. */

import { EditorView, type ViewUpdate } from "@codemirror/view";
import type { Extension } from "@codemirror/state";
import { type Signal, signal } from "@preact/signals";
import { caretOf } from "./carets";
import { isRemote } from "./remote";

/** Keys that move the view even where they move no caret. */
const SCROLLING = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);

export class Following {
  /** Whom; null: nobody. */
  readonly id: Signal<number | null> = signal(null);

  readonly extension: Extension = [
    EditorView.updateListener.of((update) => this.#updated(update)),
    EditorView.domEventHandlers({
      wheel: () => this.#end(),
      touchmove: () => this.#end(),
      mousedown: () => this.#end(),
      keydown: ({ key }) => (SCROLLING.has(key) ? this.#end() : false),
    }),
  ];

  start(view: EditorView, id: number): void {
    this.id.value = id;
    this.#show(view);
  }

  stop(): void {
    this.id.value = null;
  }

  #updated(update: ViewUpdate): void {
    if (this.id.value === null) return;
    if (update.transactions.some((tr) => (tr.docChanged || tr.selection) && !isRemote(tr))) this.stop();
    else if (update.transactions.some(isRemote)) queueMicrotask(() => this.#show(update.view));
  }

  #show(view: EditorView): void {
    if (this.id.value === null) return;
    const at = caretOf(view.state, this.id.value);
    if (at !== null) view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  #end(): false {
    this.stop();
    return false;
  }
}
