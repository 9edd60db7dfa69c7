/** The size of a text in UTF-8, as the server counts it. */

import { StateEffect } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import { type ReadonlySignal, signal } from "@preact/signals";

/** What is longer than this is counted in a moment without typing, with the rest of the text. */
const COUNTED_AT_ONCE_UNITS = 20_000;
const RECOUNT_MS = 300;

/** The size of the view's text in bytes, kept up to date from now on by what changes; null: not counted yet. */
export function documentBytes(view: EditorView): ReadonlySignal<number | null> {
  const bytes = signal<number | null>(null);
  /** Set while a count of the whole text is due. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  const recount = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      bytes.value = bytesIn(view.state.doc.toString());
    }, RECOUNT_MS);
  };
  const count = (update: ViewUpdate) => {
    if (!update.docChanged) return;
    const more = timer === undefined ? growth(update) : null;
    if (more === null) recount();
    else bytes.value! += more;
  };
  view.dispatch({ effects: StateEffect.appendConfig.of(EditorView.updateListener.of(count)) });
  recount();
  return bytes;
}

/** By how much a change has made the text larger; null: it is too long to be counted at once. */
function growth({ startState, changes }: ViewUpdate): number | null {
  let more = 0;
  let units = 0;
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    units += to - from + inserted.length;
    if (units > COUNTED_AT_ONCE_UNITS) return;
    more += bytesIn(inserted.toString()) - bytesIn(startState.sliceDoc(from, to));
  });
  return units > COUNTED_AT_ONCE_UNITS ? null : more;
}

const encoder = new TextEncoder();

function bytesIn(text: string): number {
  return encoder.encode(text).length;
}
