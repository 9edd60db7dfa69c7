/** What is in view, and on which side of it the others are. */

import type { EditorView } from "@codemirror/view";
import { caretOf } from "./carets";

export type Side = "above" | "in_view" | "below";

/** Users who are out of view, in the order in which they are in the text, and the place of what is in view. */
export interface Sides {
  above: readonly number[];
  below: readonly number[];
  /** What of the editor's height is no text, in pixels: panels. */
  topPx: number;
  bottomPx: number;
}

/** The side on which that offset is. Has the browser lay out the text, so it is nothing to ask for each key. */
export function sideOf(view: EditorView, at: number): Side {
  const caret = view.coordsAtPos(at);
  // Nothing is drawn there: it is far away, or folded into a line that has an end in view.
  if (!caret) return at <= view.viewport.from ? "above" : at >= view.viewport.to ? "below" : "in_view";
  const { top, bottom } = view.scrollDOM.getBoundingClientRect();
  if (caret.bottom <= top) return "above";
  return caret.top >= bottom ? "below" : "in_view";
}

/** Those of the users whose carets are out of view. As dear as sideOf(). */
export function sidesOf(view: EditorView, ids: readonly number[]): Sides {
  const placed = ids.map((id) => ({ id, at: caretOf(view.state, id) ?? -1 })).filter(({ at }) => at >= 0);
  const on = (side: Side) => placed.filter(({ at }) => sideOf(view, at) === side).map(({ id }) => id);
  placed.sort((a, b) => a.at - b.at);
  const { offsetTop, clientHeight } = view.scrollDOM;
  return { above: on("above"), below: on("below"), topPx: offsetTop, bottomPx: view.dom.clientHeight - offsetTop - clientHeight };
}
