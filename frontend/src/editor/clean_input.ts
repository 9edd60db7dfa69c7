/**
 * Keeps the editor's text and the operations about it alike: whatever way text
 * comes in (typing, paste, drop, input method, a plugin), it is cleaned before
 * the editor has it, and no change begins or ends inside a surrogate pair.
 *
 * Firefox types a character beyond U+FFFF as two, its halves. The first one is
 * no text, so U+FFFD stands for it until the second one comes.
 */

import {
  type ChangeSpec,
  EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Text,
  type Transaction,
} from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Change, cleanText, isClean } from "../kernel";
import { isRemote } from "./remote";

/** The first half of a pair that was typed, and where U+FFFD stands for it. */
interface Half {
  at: number;
  unit: string;
}

const setHalves = StateEffect.define<readonly Half[]>();

/** The first halves that stand open: one for each caret, until the text changes again. */
const halves = StateField.define<readonly Half[]>({
  create: () => [],
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setHalves)) return effect.value;
    if (!tr.docChanged || value.length === 0) return value;
    return isRemote(tr) ? value.map(({ at, unit }) => ({ at: tr.changes.mapPos(at, 1), unit })) : [];
  },
});

/** Cleans whatever comes into the text. */
export function cleanInput(): Extension {
  return [
    halves,
    // "\n" and nothing else ends a line: CodeMirror would otherwise count a
    // "\r\n" in somebody's text as one unit.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of(cleanText),
    EditorState.transactionFilter.of((tr) => {
      if (!tr.docChanged || isRemote(tr)) return tr;
      const { changes, firstHalves } = cleaning(tr);
      if (changes.length === 0) return tr;
      // The cleaning comes on top of the transaction, in the same step: so its selection,
      // annotations and effects stay, and the session is told the sum.
      return [tr, { changes, sequential: true, effects: setHalves.of(firstHalves) }];
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

/** The changes that clean the transaction's own, and the first halves that they leave open. */
function cleaning(tr: Transaction): { changes: ChangeSpec[]; firstHalves: Half[] } {
  const doc = tr.startState.doc;
  const open = tr.startState.field(halves);
  const changes: ChangeSpec[] = [];
  const firstHalves: Half[] = [];
  let grown = 0;
  tr.changes.iterChanges((from, to, fromB, toB, inserted) => {
    const insert = inserted.toString();
    const starts = splitsPair(doc, from) ? 1 : 0;
    const ends = splitsPair(doc, to) ? 1 : 0;
    if (isClean(insert) && starts + ends === 0) return;
    const half = SECOND_HALF.test(insert) ? open.find(({ at }) => at === from - 1) : undefined;
    // Takes in the half of a pair at either end. An input method that turns one
    // emoji into another may replace only the half in which they differ.
    const before = half ? half.unit : doc.sliceString(from - starts, from);
    const dirty = before + insert + doc.sliceString(to, to + ends);
    const text = cleanText(dirty);
    const change = { from: fromB - before.length, to: toB + ends, insert: text };
    changes.push(change);
    const unit = FIRST_HALF.exec(dirty)?.[0];
    if (unit) firstHalves.push({ at: change.from + grown + text.length - 1, unit });
    grown += text.length - (change.to - change.from);
  });
  return { changes, firstHalves };
}

const FIRST_HALF = /[\uD800-\uDBFF]$/;
const SECOND_HALF = /^[\uDC00-\uDFFF]/;

function splitsPair(doc: Text, at: number): boolean {
  if (at === 0 || at === doc.length) return false;
  const around = doc.sliceString(at - 1, at + 1);
  return around.codePointAt(0)! > 0xffff;
}
