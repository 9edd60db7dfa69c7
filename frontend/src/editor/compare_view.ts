/** A text of before beside the present one, line by line. It knows the packages that it is made of and nothing else of the
 * editor: what else it imported would be cut out of the code that the page loads first. */

import { Change, type Chunk, goToNextChunk, goToPreviousChunk, MergeView, presentableDiff } from "@codemirror/merge";
import type { ChangeSpec, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** A difference that takes longer to find is a coarser one. */
const DIFF = { scanLimit: 500, timeout: 100 };
/** The differences of texts that are longer together are sought line by line. */
const BY_LETTERS_MOST = 100_000;

/** What differs in two texts, in order: what is replaced in the first one, and by what. */
export type Differences = (before: string, now: string) => readonly { from: number; to: number; insert: string }[];

/** A text, and how it looks. */
export interface ComparedText {
  readonly text: string;
  readonly extension: Extension;
}

export class CompareView {
  readonly #merge: MergeView;

  /** `byLines` finds differences in long texts, too. */
  constructor(parent: HTMLElement, before: ComparedText, now: ComparedText, byLines: Differences) {
    const [a, b] = [before, now].map(({ text, extension }) => ({ doc: text, extensions: extension }));
    this.#merge = new MergeView({ parent, a: a!, b: b!, diffConfig: { override: (from, to) => differences(from, to, byLines) } });
    const [first] = this.#merge.chunks;
    if (first) this.#show(first);
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

  /** Brings that place into view. A view knows the heights of those lines alone that it has drawn; what the two have drawn
   * differently stands between them as a gap. So both draw what is above the place first. */
  #show({ fromA, fromB }: Chunk): void {
    goTo(this.before, fromA, "end");
    goTo(this.now, fromB, "end");
    requestAnimationFrame(() => requestAnimationFrame(() => goTo(this.now, fromB, "center")));
  }

  destroy(): void {
    this.#merge.destroy();
  }
}

function goTo(view: EditorView, at: number, y: "center" | "end"): void {
  view.dispatch({ effects: EditorView.scrollIntoView(Math.min(at, view.state.doc.length), { y }) });
}

function differences(before: string, now: string, byLines: Differences): readonly Change[] {
  if (before.length + now.length <= BY_LETTERS_MOST) return presentableDiff(before, now, DIFF);
  let grown = 0;
  return byLines(before, now).map(({ from, to, insert }) => {
    const at = from + grown;
    grown += insert.length - (to - from);
    return new Change(from, to, at, at + insert.length);
  });
}
