/** Tasks of Markdown, "- [ ] like this", ticked off from elsewhere. */

import { isolateHistory } from "@codemirror/commands";
import { EditorState, StateEffect, StateField, type Text, type Transaction } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { offered } from "./offered";

/** What may stand before the box, and the box. In the middle of it there may be several marks, or none, for the moment in which
 * what two people did to it at the same time has met: until the server has said who was first. */
const BOX = /^(?:[\s>]|(?:[-+*]|\d{1,9}[.)])(?=\s))*\[([ xX]*)\](?=\s|$)/;
const LONGEST_UNITS = 1_000;
/** Each tick is compared with what the others do until the server has it, so there are not more of them. */
const MOST_UNSAVED = 100;

/** What became of a tick: it is in the text; it has to wait until others are saved; or there is no task in that line, or
 * the text cannot be edited. */
export type Tick = "done" | "waits" | "impossible";

const setUnsaved = StateEffect.define<readonly number[]>();

/** The beginnings of the boxes that are not known to be saved as they are. */
const unsaved = StateField.define<readonly number[]>({
  create: () => [],
  update(places, tr) {
    for (const effect of tr.effects) if (effect.is(setUnsaved)) return effect.value;
    if (!tr.docChanged) return places;
    const moved = places.map((at) => tr.changes.mapPos(at, -1));
    const box = undoneIn(tr);
    return box && !moved.includes(box.from) ? [...moved, box.from] : moved;
  },
});

/** What undoes or redoes a tick is dropped where somebody else has changed the same box and the server has that first: the
 * two replacements would both leave their mark in it. They do when the other one has come in already. */
const undoneTicks = EditorState.transactionExtender.of((tr) => {
  const box = undoneIn(tr);
  return box && { annotations: box.marks.length === 1 ? TOUCHED : TAKEN };
});

/** Makes the task in that line, counted from 0, done or not done, as an edit of the user. Where somebody else does the
 * same at the same time, it is done once. A second tick of a task whose last one the server does not have goes together with
 * that, since it changes what that has left. `isAllSaved`: the server has them all. */
export function tickTask(view: EditorView, line: number, isDone: boolean, isAllSaved: boolean): Tick {
  const { doc, readOnly } = view.state;
  if (readOnly || line >= doc.lines) return "impossible";
  const box = boxIn(doc, doc.line(line + 1).from);
  const places = isAllSaved ? [] : (view.state.field(unsaved, false) ?? []);
  const isAgain = box !== null && places.includes(box.from);
  if (box?.marks.length !== 1) return isAgain ? "waits" : "impossible";
  if ((box.marks !== " ") === isDone) return "done";
  if (!isAgain && places.length >= MOST_UNSAVED) return "waits";
  const now = isAgain ? places : [...places, box.from];
  view.dispatch({
    changes: { from: box.from, to: box.to, insert: isDone ? "x" : " " },
    effects: view.state.field(unsaved, false) ? setUnsaved.of(now) : StateEffect.appendConfig.of([unsaved.init(() => now), undoneTicks]),
    annotations: [isAgain ? TOUCHED : MADE, isolateHistory.of("full")],
  });
  return "done";
}

const MADE = offered.of({ ends: "when_made", onDropped: () => {} });
const TAKEN = offered.of({ ends: "at_once", onDropped: () => {} });
const TOUCHED = offered.of({ ends: "when_touched", onDropped: () => {} });

/** The inside of a box. */
interface Box {
  from: number;
  to: number;
  marks: string;
}

/** The box of the task in the line around that place; null: there is none. */
function boxIn(doc: Text, place: number): Box | null {
  const { from, text } = doc.lineAt(place);
  const [whole, marks] = BOX.exec(text.slice(0, LONGEST_UNITS)) ?? [];
  if (whole === undefined || marks === undefined) return null;
  const to = from + whole.length - 1;
  return { from: to - marks.length, to, marks };
}

/** The box, as it is after the transaction, of which the transaction undoes or redoes a change, and nothing else; null: it
 * does not. */
function undoneIn(tr: Transaction): Box | null {
  if (!tr.docChanged || !(tr.isUserEvent("undo") || tr.isUserEvent("redo"))) return null;
  const places: [from: number, to: number][] = [];
  tr.changes.iterChanges((_fromA, _toA, from, to) => places.push([from, to]));
  const box = boxIn(tr.newDoc, places[0]![0]);
  return box && places.every(([from, to]) => box.from <= from && to <= box.to) ? box : null;
}
