/**
 * Nothing is deleted where nothing is inserted: a screenshot pasted over a selection, a cut
 * that reaches no clipboard, a selection dragged into a field of the page. CodeMirror and
 * the browser would delete the selection, for everybody; here it stays, and it is said why.
 */

import { EditorState, type Extension, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** What was asked for and could not be done. */
export type EmptyInput = "paste" | "drop" | "cut";

/** Refuses input without text, and tells of it. */
export function refuseEmptyInput(tell: (what: EmptyInput) => void): Extension {
  return [
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
