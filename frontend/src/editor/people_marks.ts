/** Where the others are in the text, as marks over the scroll bar. They are drawn by code that comes later and is
 * given this function: what it imported of the first load, the bundler would part from the rest. */

import type { EditorState } from "@codemirror/state";
import { caretsIn, peopleIn } from "./carets";
import { hueClass } from "./hues";
import type { ScrollMark } from "./scroll_marks";

/** A mark for each caret of theirs, and one for each selection. */
export function peopleMarks(state: EditorState): ScrollMark[] {
  const people = peopleIn(state);
  const marks: ScrollMark[] = [];
  for (const [id, { cursors, selections }] of caretsIn(state)) {
    const person = people.get(id);
    if (!person) continue;
    const colour = hueClass(person.hue);
    for (const from of cursors) marks.push({ from, kind: "person", colour });
    for (const [anchor, head] of selections) {
      marks.push({ from: Math.min(anchor, head), to: Math.max(anchor, head), kind: "selection", colour });
    }
  }
  return marks;
}
