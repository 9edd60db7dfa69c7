/**
 * Keeps the editor's text and the operations about it alike: whatever way text
 * comes in (typing, paste, drop, input method, a plugin), it is cleaned before
 * the editor has it, and no change begins or ends inside a surrogate pair.
 */

import { type ChangeSpec, EditorState, type Extension, type Text, type Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Change, cleanText, isClean } from "../kernel";
import { isRemote } from "./remote";

export function cleanInput(): Extension {
  return [
    // "\n" and nothing else ends a line: CodeMirror would otherwise count a
    // "\r\n" in somebody's text as one unit.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of(cleanText),
    EditorState.transactionFilter.of((tr) => {
      if (!tr.docChanged || isRemote(tr)) return tr;
      const changes = cleaning(tr);
      // On top of it, in the same step: so its selection, what it is and its
      // effects stay, and what is told to the session is the sum.
      return changes ? [tr, { changes, sequential: true }] : tr;
    }),
  ];
}

/** The changes of a local transaction, for the session. */
export function changesIn(tr: Transaction): Change[] {
  const changes: Change[] = [];
  tr.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    changes.push({ from, to, insert: inserted.toString() });
  });
  return changes;
}

/** What is still to change after those changes; null when they are clean. */
function cleaning(tr: Transaction): ChangeSpec[] | null {
  const doc = tr.startState.doc;
  const specs: ChangeSpec[] = [];
  tr.changes.iterChanges((from, to, fromB, toB, inserted) => {
    const insert = inserted.toString();
    const starts = splitsPair(doc, from) ? 1 : 0;
    const ends = splitsPair(doc, to) ? 1 : 0;
    if (isClean(insert) && starts + ends === 0) return;
    // Takes in the half of a pair at either end. An input method that turns one
    // emoji into another may replace only the half in which they differ.
    const text = doc.sliceString(from - starts, from) + insert + doc.sliceString(to, to + ends);
    specs.push({ from: fromB - starts, to: toB + ends, insert: cleanText(text) });
  });
  return specs.length > 0 ? specs : null;
}

function splitsPair(doc: Text, at: number): boolean {
  if (at === 0 || at === doc.length) return false;
  const around = doc.sliceString(at - 1, at + 1);
  return around.codePointAt(0)! > 0xffff;
}
