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
      const changes = cleanChanges(tr);
      if (!changes) return tr;
      return { changes, effects: tr.effects, scrollIntoView: tr.scrollIntoView };
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

/** The same changes, clean; null when they are already. */
function cleanChanges(tr: Transaction): ChangeSpec[] | null {
  const doc = tr.startState.doc;
  const changes = changesIn(tr);
  const needsIt = ({ from, to, insert }: Change) =>
    !isClean(insert) || splitsPair(doc, from) || splitsPair(doc, to);
  if (!changes.some(needsIt)) return null;
  return changes.map((change) => wholePoints(doc, change));
}

/** Takes in the half of a pair at either end. An input method that turns one
 * emoji into another may replace only the half in which they differ. */
function wholePoints(doc: Text, { from, to, insert }: Change): Change {
  const start = splitsPair(doc, from) ? from - 1 : from;
  const end = splitsPair(doc, to) ? to + 1 : to;
  const text = doc.sliceString(start, from) + insert + doc.sliceString(to, end);
  return { from: start, to: end, insert: cleanText(text) };
}

function splitsPair(doc: Text, at: number): boolean {
  if (at === 0 || at === doc.length) return false;
  const around = doc.sliceString(at - 1, at + 1);
  return around.codePointAt(0)! > 0xffff;
}
