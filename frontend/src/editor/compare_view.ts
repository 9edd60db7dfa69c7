/** A text of before beside the present one, line by line. It knows the packages that it is made of and nothing else of the
 * editor: what else it imported would be cut out of the code that the page loads first. */

import { goToNextChunk, goToPreviousChunk, MergeView } from "@codemirror/merge";
import type { ChangeSpec, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** A difference that takes longer to find is a coarser one. */
const DIFF = { scanLimit: 500, timeout: 100 };

/** A text, and how it looks. */
export interface ComparedText {
  readonly text: string;
  readonly extension: Extension;
}

export class CompareView {
  readonly #merge: MergeView;

  constructor(parent: HTMLElement, before: ComparedText, now: ComparedText) {
    const [a, b] = [before, now].map(({ text, extension }) => ({ doc: text, extensions: extension }));
    this.#merge = new MergeView({ parent, a: a!, b: b!, diffConfig: DIFF });
    const [first] = this.#merge.chunks;
    if (first) this.now.dispatch({ effects: EditorView.scrollIntoView(first.fromB, { y: "center" }) });
  }

  get before(): EditorView {
    return this.#merge.a;
  }

  get now(): EditorView {
    return this.#merge.b;
  }

  /** How many places differ. */
  get differences(): number {
    return this.#merge.chunks.length;
  }

  /** The present text has changed. */
  change(changes: ChangeSpec): void {
    this.now.dispatch({ changes });
  }

  /** Goes to the next place that differs, or to the one before, and gives it the keyboard. */
  go(by: 1 | -1): void {
    (by > 0 ? goToNextChunk : goToPreviousChunk)(this.now);
    this.now.focus();
  }

  destroy(): void {
    this.#merge.destroy();
  }
}
