/** What is in view, and on which side of it the others are. */

import type { EditorView } from "@codemirror/view";

export type Side = "above" | "in_view" | "below";

/** The side on which that offset is. Has the browser lay out the text, so it is nothing to ask for each key. */
export function sideOf(view: EditorView, at: number): Side {
  const caret = view.coordsAtPos(at);
  // Nothing is drawn there: it is far away, or folded into a line that has an end in view.
  if (!caret) return at <= view.viewport.from ? "above" : at >= view.viewport.to ? "below" : "in_view";
  const { top, bottom } = view.scrollDOM.getBoundingClientRect();
  if (caret.bottom <= top) return "above";
  return caret.top >= bottom ? "below" : "in_view";
}
