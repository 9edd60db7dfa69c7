// @vitest-environment happy-dom
import { EditorView } from "@codemirror/view";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RareMeasure } from "./rare_measure";
import { remote } from "./remote";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const PAUSE_MS = 100;

/** A view that is looked at, with what asks for a frame counted. */
function watched(isNeeded = () => true) {
  const view: EditorView = new EditorView({ extensions: EditorView.updateListener.of((update) => measure.changed(update)) });
  const measure = new RareMeasure(view, PAUSE_MS, { read: () => {}, write: () => {}, isNeeded });
  const frames = vi.spyOn(view, "requestMeasure");
  const asked = () => frames.mock.calls.filter(([request]) => request?.key === measure).length;
  const edit = (isOthers: boolean) => view.dispatch({ changes: { from: 0, insert: "x" }, annotations: isOthers ? remote.of(true) : [] });
  return { measure, edit, asked };
}

test("what others do is looked at in its own frame, once in a pause, and after the last of it", () => {
  const { edit, asked } = watched();
  edit(true);
  expect(asked()).toBe(1);
  edit(true);
  edit(true);
  expect(asked()).toBe(1);
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(asked()).toBe(2);
});

test("others who go on have no frames made for looks alone, however much the user types", () => {
  const { edit, asked } = watched();
  for (let i = 0; i < 20; i++) {
    edit(true);
    vi.advanceTimersByTime(PAUSE_MS / 2);
    edit(false);
    vi.advanceTimersByTime(PAUSE_MS);
    expect(asked()).toBe(i + 1);
  }
});

test("what the user does alone is looked at, too, when some pauses are over", () => {
  const { edit, asked } = watched();
  edit(false);
  vi.advanceTimersByTime(2 * PAUSE_MS);
  expect(asked()).toBe(0);
  edit(false);
  vi.advanceTimersByTime(PAUSE_MS);
  expect(asked()).toBe(1);
});

test("again() is sooner than that, but not within a pause; stop() ends what is due", () => {
  const { measure, edit, asked } = watched();
  edit(false);
  measure.again();
  vi.advanceTimersByTime(1);
  expect(asked()).toBe(1);
  measure.again();
  vi.advanceTimersByTime(PAUSE_MS - 10);
  expect(asked()).toBe(1);
  vi.advanceTimersByTime(10);
  expect(asked()).toBe(2);
  measure.again();
  measure.stop();
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(asked()).toBe(2);
});

test("no frame is made where there is nothing to see, which is asked once in a pause", () => {
  const isNeeded = vi.fn(() => false);
  const { measure, edit, asked } = watched(isNeeded);
  for (let i = 0; i < 10; i++) edit(true);
  expect(isNeeded).toHaveBeenCalledOnce();
  measure.again();
  vi.advanceTimersByTime(10 * PAUSE_MS);
  expect(asked()).toBe(0);
});
