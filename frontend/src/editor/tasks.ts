/** Tasks of Markdown, "- [ ] like this", ticked off from elsewhere. */

import { isolateHistory } from "@codemirror/commands";
import { EditorState, StateEffect, StateField, type Text, type Transaction } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { offered } from "./offered";

/** What may stand before the box: quotes and the marks of lists. */
const TASK = /^(?:[\s>]|(?:[-+*]|\d{1,9}[.)])(?=\s))*\[[ xX]\](?=\s|$)/;
const LONGEST_UNITS = 1_000;
/** Each tick is compared with what the others do until the server has it, so there are not more of them. */
const MOST_UNSAVED = 100;

/** What became of a tick: it is in the text; it has to wait until others are saved; or there is no task in that line, or
 * the text cannot be edited. */
export type Tick = "done" | "waits" | "impossible";

const setUnsaved = StateEffect.define<readonly number[]>();

/** Where the ticks are that were not saved when the last one was made. */
const unsaved = StateField.define<readonly number[]>({
  create: () => [],
  update(places, tr) {
    for (const effect of tr.effects) if (effect.is(setUnsaved)) return effect.value;
    return tr.docChanged ? places.map((at) => tr.changes.mapPos(at, 1)) : places;
  },
});

/** What undoes or redoes a tick is dropped where somebody else has changed the same box and the server has that first: the
 * two replacements would both leave their mark in it. */
const undoneTicks = EditorState.transactionExtender.of((tr) =>
  (tr.isUserEvent("undo") || tr.isUserEvent("redo")) && isTick(tr)
    ? { annotations: offered.of({ ends: "when_touched", onDropped: () => {} }) }
    : null,
);

/** Makes the task in that line, counted from 0, done or not done, as an edit of the user. Where somebody else does the
 * same at the same time, it is done once: that is known of a task whose last tick the server has, so another waits.
 * `isAllSaved`: it has them all. */
export function tickTask(view: EditorView, line: number, isDone: boolean, isAllSaved: boolean): Tick {
  const { doc, readOnly } = view.state;
  if (readOnly || line >= doc.lines) return "impossible";
  const at = boxIn(doc, doc.line(line + 1).from);
  if (at === null) return "impossible";
  if ((doc.sliceString(at, at + 1) !== " ") === isDone) return "done";
  const places = isAllSaved ? [] : (view.state.field(unsaved, false) ?? []);
  if (places.includes(at) || places.length >= MOST_UNSAVED) return "waits";
  view.dispatch({
    changes: { from: at, to: at + 1, insert: isDone ? "x" : " " },
    effects: view.state.field(unsaved, false)
      ? setUnsaved.of([...places, at])
      : StateEffect.appendConfig.of([unsaved.init(() => [at]), undoneTicks]),
    annotations: [offered.of({ ends: "when_made", onDropped: () => {} }), isolateHistory.of("full")],
  });
  return "done";
}

/** Where the mark of the task is in the line around that place; null: there is no task. */
function boxIn(doc: Text, place: number): number | null {
  const { from, text } = doc.lineAt(place);
  const [before] = TASK.exec(text.slice(0, LONGEST_UNITS)) ?? [];
  return before === undefined ? null : from + before.length - 2;
}

/** True when the mark of one task is all that it changes. */
function isTick({ changes, newDoc }: Transaction): boolean {
  const places: number[] = [];
  changes.iterChanges((fromA, toA, fromB, toB) => places.push(toA - fromA === 1 && toB - fromB === 1 ? fromB : -1));
  const [at] = places;
  return places.length === 1 && at! >= 0 && boxIn(newDoc, at!) === at;
}
