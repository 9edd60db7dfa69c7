// @vitest-environment happy-dom
/** The size follows the text, by each change and by long ones. */

import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Random } from "../testing/random";
import { documentBytes } from "./document_bytes";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sizeOf = (view: EditorView) => new TextEncoder().encode(view.state.doc.toString()).length;
const PIECES = ["a", "ä", "漢", "😀", "\n", "", "x".repeat(21_000)];

test("whatever is put in and taken out, one place or several", () => {
  const view = new EditorView({ state: EditorState.create({ doc: "zwölf\n😀" }) });
  const bytes = documentBytes(view);
  expect(bytes.value).toBeNull();
  vi.runAllTimers();
  expect(bytes.value).toBe(sizeOf(view));
  const random = new Random(7);
  for (let round = 0; round < 60; round++) {
    const end = view.state.doc.length;
    const spots = [random.below(end + 1), random.below(end + 1), random.below(end + 1)].sort((a, b) => a - b);
    const [a, b, c] = spots as [number, number, number];
    const text = () => PIECES[random.below(PIECES.length)]!;
    // Whole characters, as a person takes them out: half of one is not counted in UTF-8.
    const whole = (at: number) => (/[\uDC00-\uDFFF]/.test(view.state.sliceDoc(at, at + 1)) ? at + 1 : at);
    const changes = [{ from: whole(a), to: whole(b), insert: text() }, { from: Math.max(whole(c), whole(b)), insert: text() }];
    view.dispatch({ changes });
    if (round % 7 === 0) vi.runAllTimers();
    if (vi.getTimerCount() === 0) expect(bytes.value).toBe(sizeOf(view));
  }
  vi.runAllTimers();
  expect(bytes.value).toBe(sizeOf(view));
});
