// @vitest-environment happy-dom
import { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawScrollMarks, type ScrollMark, scrollMarks } from "./scroll_marks";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("nothing is measured while there is nothing to mark", () => {
  const marks: ScrollMark[] = [];
  const view = new EditorView({ doc: "text", extensions: [drawScrollMarks(), scrollMarks.of(() => marks)] });
  const measured = vi.spyOn(view, "requestMeasure");
  const measuredAfterKey = () => {
    view.dispatch({ changes: { from: 0, insert: "x" } });
    measured.mockClear();
    vi.advanceTimersByTime(1_000);
    return measured.mock.calls.filter(([request]) => request?.key).length;
  };
  expect(measuredAfterKey()).toBe(0);
  marks.push({ from: 1, kind: "person" });
  expect(measuredAfterKey()).toBe(1);
});
