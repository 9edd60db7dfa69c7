/** Tasks of Markdown, "- [ ] like this", ticked off from elsewhere. */

import { isolateHistory } from "@codemirror/commands";
import { StateEffect, StateField } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { offered } from "./offered";

/** What may stand before the box: quotes and the marks of lists. */
const TASK = /^(?:[\s>]|(?:[-+*]|\d{1,9}[.)])(?=\s))*\[([ xX])\](?=\s|$)/;
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

/** Makes the task in that line, counted from 0, done or not done, as an edit of the user. Where somebody else does the
 * same at the same time, it is done once: that is known of a task whose last tick the server has, so another waits.
 * `isAllSaved`: it has them all. */
export function tickTask(view: EditorView, line: number, isDone: boolean, isAllSaved: boolean): Tick {
  const { doc, readOnly } = view.state;
  if (readOnly || line >= doc.lines) return "impossible";
  const { from, text } = doc.line(line + 1);
  const [before, mark] = TASK.exec(text.slice(0, LONGEST_UNITS)) ?? [];
  if (before === undefined) return "impossible";
  if ((mark !== " ") === isDone) return "done";
  const at = from + before.length - 2;
  const places = isAllSaved ? [] : (view.state.field(unsaved, false) ?? []);
  if (places.includes(at) || places.length >= MOST_UNSAVED) return "waits";
  view.dispatch({
    changes: { from: at, to: at + 1, insert: isDone ? "x" : " " },
    effects: view.state.field(unsaved, false) ? setUnsaved.of([...places, at]) : StateEffect.appendConfig.of(unsaved.init(() => [at])),
    annotations: [offered.of({ ends: "when_made", onDropped: () => {} }), isolateHistory.of("full")],
  });
  return "done";
}
