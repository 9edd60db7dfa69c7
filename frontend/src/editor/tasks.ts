/** Tasks of Markdown, "- [ ] like this", ticked off from elsewhere. */

import { isolateHistory } from "@codemirror/commands";
import type { EditorView } from "@codemirror/view";
import { offered } from "./offered";

/** What may stand before the box: quotes and the marks of lists. */
const TASK = /^(?:[\s>]|(?:[-+*]|\d{1,9}[.)])(?=\s))*\[([ xX])\](?=\s|$)/;
const LONGEST_UNITS = 1_000;

/** Makes the task in that line, counted from 0, done or not done, as an edit of the user; false: there is none, or the
 * text cannot be edited. Where somebody else does the same at the same time, it is done once. */
export function tickTask(view: EditorView, line: number, isDone: boolean): boolean {
  const { doc, readOnly } = view.state;
  if (readOnly || line >= doc.lines) return false;
  const { from, text } = doc.line(line + 1);
  const [before, mark] = TASK.exec(text.slice(0, LONGEST_UNITS)) ?? [];
  if (before === undefined) return false;
  if ((mark !== " ") === isDone) return true;
  const at = from + before.length - 2;
  view.dispatch({
    changes: { from: at, to: at + 1, insert: isDone ? "x" : " " },
    annotations: [offered.of({ ends: "when_made", onDropped: () => {} }), isolateHistory.of("full")],
  });
  return true;
}
