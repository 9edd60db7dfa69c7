/**
 * Nothing is deleted where nothing is inserted: a screenshot pasted over a selection, a cut
 * that reaches no clipboard, a selection dragged into a field of the page, a composition
 * (of an input method) that was given up. CodeMirror and
 * the browser would delete the selection, for everybody; here it stays, and it is said why.
 */

import { EditorState, type Extension, type Transaction } from "@codemirror/state";
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** What was asked for and could not be done. */
export type EmptyInput = "paste" | "drop" | "cut";

/** Refuses input without text, and tells of it. */
export function refuseEmptyInput(tell: (what: EmptyInput) => void): Extension {
  return [
    composedOver,
    EditorState.transactionFilter.of((tr) => (isEmptyPaste(tr) ? [] : tr)),
    EditorView.domEventHandlers({
      paste({ clipboardData }, { state }) {
        if (state.readOnly || !clipboardData || textIn(clipboardData) !== "") return false;
        tell("paste");
        return true;
      },
      drop({ dataTransfer }, { state }) {
        // Files are the page's, which looks at them first.
        if (!dataTransfer || dataTransfer.files.length > 0) return dataTransfer !== null;
        if (state.readOnly || dataTransfer.getData("Text") !== "") return false;
        tell("drop");
        return true;
      },
      cut({ clipboardData }, { state }) {
        if (state.readOnly || clipboardData) return false;
        tell("cut");
        return true;
      },
      // What is dragged out of the text into another field is copied there, as into another window.
      beforeinput: ({ inputType }) => inputType === "deleteByDrag",
    }),
  ];
}

/** The page has what a composition left behind this long after its end. */
const COMPOSED_AFTER_MS = 100;

/** Brings back the selection that a composition took the place of, when that ends with nothing. */
class ComposedOver {
  /** The text that was selected, and what stands in its place. */
  #replaced: { text: string; from: number; to: number } | null = null;

  update({ docChanged, changes }: ViewUpdate): void {
    if (!docChanged || !this.#replaced) return;
    const { text, from, to } = this.#replaced;
    this.#replaced = { text, from: changes.mapPos(from, -1), to: changes.mapPos(to, 1) };
  }

  begin({ state }: EditorView): void {
    const { from, to } = state.selection.main;
    this.#replaced = from < to && !state.readOnly ? { text: state.sliceDoc(from, to), from, to } : null;
  }

  end(view: EditorView, composed: string): void {
    const isGivenUp = composed === "";
    setTimeout(() => {
      const replaced = this.#replaced;
      this.#replaced = null;
      if (!replaced || !isGivenUp || replaced.from < replaced.to || !view.dom.isConnected) return;
      const { from, text } = replaced;
      view.dispatch({ changes: { from, insert: text }, selection: { anchor: from, head: from + text.length } });
    }, COMPOSED_AFTER_MS);
  }
}

const composedOver = ViewPlugin.fromClass(ComposedOver, {
  eventObservers: {
    compositionstart(_, view) {
      this.begin(view);
    },
    compositionend({ data }, view) {
      this.end(view, data);
    },
  },
});

/** The text that CodeMirror would paste. */
function textIn(data: DataTransfer): string {
  return data.getData("text/plain") || data.getData("text/uri-list");
}

/** True for a paste that would only delete: where a browser has no clipboard to look at, CodeMirror
 * learns of its text later. */
function isEmptyPaste(tr: Transaction): boolean {
  return tr.isUserEvent("input.paste") && tr.docChanged && tr.changes.newLength <= tr.startState.doc.length && insertsNothing(tr);
}

function insertsNothing(tr: Transaction): boolean {
  let isNothing = true;
  tr.changes.iterChanges((_fromA, _toA, fromB, toB) => (isNothing &&= fromB === toB));
  return isNothing;
}
