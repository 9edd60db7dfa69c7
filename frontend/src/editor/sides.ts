/** Who is out of view, and on which side. */

import type { EditorView } from "@codemirror/view";
import { caretOf } from "./carets";
import type { Editor } from "./editor";
import { type Side, sideOf } from "./in_view";
import { RareMeasure } from "./rare_measure";

/** The pause between two looks. */
const PAUSE_MS = 400;

/** Users who are out of view, in the order in which they are in the text, and the place of what is in view. */
export interface Sides {
  above: readonly number[];
  below: readonly number[];
  /** What of the editor's height is no text, in pixels: panels. */
  topPx: number;
  bottomPx: number;
}

/** Something that is looked at now and then. */
export interface Watch {
  /** Has it looked at again, soon. */
  again(): void;
  stop(): void;
}

/** Calls `told` with what is in view, and who of those users is not, some hundred milliseconds after that may have changed.
 * `ids` may give others each time; when it does, somebody has to call again(). */
export function watchSides(editor: Editor, ids: () => readonly number[], told: (sides: Sides) => void): Watch {
  const measure = new RareMeasure(editor.view, PAUSE_MS, { read: (view) => sidesOf(view, ids()), write: told });
  const again = () => measure.again();
  const stops = [editor.listen((update) => measure.changed(update)), editor.topLine.subscribe(again), () => measure.stop()];
  return { again, stop: () => stops.forEach((stop) => stop()) };
}

/** Those of the users whose carets are out of view. As dear as sideOf(). */
function sidesOf(view: EditorView, ids: readonly number[]): Sides {
  const placed = ids.map((id) => ({ id, at: caretOf(view.state, id) ?? -1 })).filter(({ at }) => at >= 0);
  const on = (side: Side) => placed.filter(({ at }) => sideOf(view, at) === side).map(({ id }) => id);
  placed.sort((a, b) => a.at - b.at);
  const { offsetTop, clientHeight } = view.scrollDOM;
  return { above: on("above"), below: on("below"), topPx: offsetTop, bottomPx: view.dom.clientHeight - offsetTop - clientHeight };
}
