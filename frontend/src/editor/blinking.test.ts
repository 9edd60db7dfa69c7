// @vitest-environment happy-dom
import { EditorSelection, EditorState } from "@codemirror/state";
import { drawSelection, EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { blinking } from "./blinking";

let view: EditorView;
const isHidden = () => view.scrollDOM.querySelector(".cm-cursorLayer")!.classList.contains("dark-half");
const pass = (ms: number) => void vi.advanceTimersByTime(ms);
const type = () => view.dispatch({ changes: { from: 0, insert: "x" }, selection: EditorSelection.cursor(1) });
/** What is seen in so many halves from now. */
const seen = (halves: number) => Array.from({ length: halves }, () => (pass(600), isHidden()));

/** An editor that has the focus, and whose caret has just moved. */
function open(): void {
  view = new EditorView({ state: EditorState.create({ doc: "text", extensions: [drawSelection(), blinking] }), parent: document.body });
  // happy-dom tells of a selection while it is being made, which CodeMirror does not bear.
  Object.defineProperty(view, "hasFocus", { value: true });
  type();
}

beforeEach(() => {
  vi.useFakeTimers();
  open();
});

afterEach(() => {
  view.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("carets blink while nobody types", () => {
  expect(seen(5)).toEqual([false, true, false, true, false]);
});

test("they stand while somebody does, also where they were hidden", () => {
  pass(1_200);
  expect(isHidden()).toBe(true);
  for (let n = 0; n < 20; n++) {
    type();
    expect(isHidden()).toBe(false);
    pass(200);
    expect(isHidden()).toBe(false);
  }
});

test("what others type does not stop them", () => {
  pass(1_000);
  view.dispatch({ changes: { from: 0, insert: "theirs" } });
  pass(200);
  expect(isHidden()).toBe(true);
});

test("they stand still, seen, in a page that nobody uses", () => {
  seen(100);
  expect(isHidden()).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
  type();
  expect(seen(2)).toEqual([false, true]);
});

test("they do not blink for whom nothing should move", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => {}, removeEventListener: () => {} }));
  view.destroy();
  open();
  expect(seen(4)).toEqual([false, false, false, false]);
});
