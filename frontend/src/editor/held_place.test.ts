// @vitest-environment happy-dom
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { holdPlace } from "./held_place";

function viewOf(doc: string, anchor: number, head = anchor): EditorView {
  return new EditorView({ state: EditorState.create({ doc, selection: { anchor, head } }) });
}
const textOf = (view: EditorView) => view.state.doc.toString();
const caretOf = (view: EditorView) => view.state.selection.main.head;

test("a place moves with what is typed before it, at it and behind it", () => {
  const view = viewOf("one two", 3);
  const place = holdPlace(view);
  view.dispatch({ changes: { from: 0, insert: "zero " } });
  view.dispatch({ changes: { from: 8, insert: "!" } });
  view.dispatch({ changes: { from: 13, insert: " three" } });
  place.insert("[X]");
  expect(textOf(view)).toBe("zero one![X] two three");
});

test("what is inserted next comes behind, and the caret with it where it was there", () => {
  const view = viewOf("ab", 1);
  const place = holdPlace(view);
  place.insert("1");
  place.insert("2");
  expect([textOf(view), caretOf(view)]).toEqual(["a12b", 3]);
});

test("a caret that is elsewhere stays there, and a selection is not replaced", () => {
  const view = viewOf("one two", 4, 7);
  const place = holdPlace(view, 3);
  place.insert("!");
  expect([textOf(view), view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to)]).toEqual(["one! two", "two"]);
  const atEnd = holdPlace(view);
  atEnd.insert("?");
  expect(textOf(view)).toBe("one! two?");
});

test("a place in a text that is deleted is where that was", () => {
  const view = viewOf("one two three", 5);
  const place = holdPlace(view);
  view.dispatch({ changes: { from: 3, to: 8 } });
  place.insert("|");
  expect(textOf(view)).toBe("one|three");
});

test("several places of one editor are held, until each is released", () => {
  const view = viewOf("abc", 0);
  const [first, second] = [holdPlace(view, 1), holdPlace(view, 2)];
  first.insert("1");
  second.insert("2");
  first.release();
  second.release();
  expect(textOf(view)).toBe("a1b2c");
});
