// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../clock";
import { initKernel } from "../kernel";
import { Sync } from "../sync";
import { kernelBytes } from "../testing/kernel_bytes";
import { applied } from "../testing/simulated_tab";
import { Painter } from "./painter";
import { Presence } from "./presence";
import { RemovalGuard } from "./removal_guard";
import type { EditorPort } from "./types";

const ME = 3;
const OTHER = 8;

let sync: Sync;
let painter: Painter;
let text: string;
/** What the user composes stands in this line. */
let line: { from: number; to: number } | null;
let endComposition: EditorPort["endComposition"];

beforeAll(() => initKernel(kernelBytes()));

beforeEach(() => {
  vi.useFakeTimers();
  [sync, text, line] = [new Sync(), "", null];
  const presence = new Presence(sync, () => ({ id: ME, name: "Me", hue: 1 }), () => {}, systemClock);
  painter = new Painter(sync, presence, new RemovalGuard(systemClock, () => null), systemClock);
  endComposition = vi.fn<() => void>(() => (line = null));
  painter.listen(paint);
  sync.welcome({ userId: ME, epoch: "e", resumed: false, committed: 0 });
  sync.snapshot(0, "one\ntwo");
  paint();
});

afterEach(() => {
  painter.stop();
  vi.useRealTimers();
});

function paint(): void {
  painter.paint({
    applyRemote: (changes) => (text = applied(text, changes)),
    shown: () => text,
    carets: () => ({ cursors: [0], selections: [] }),
    composing: () => line,
    endComposition: () => endComposition(),
  });
}

function hear(...operation: (number | string)[]): void {
  sync.history(sync.revision, [{ id: OTHER, operation }]);
  paint();
}

test("what others do in a line waits until nothing is composed there", () => {
  line = { from: 4, to: 7 };
  hear("1 ", 7, "!");
  expect(text).toBe("1 one\ntwo");
  vi.advanceTimersByTime(5000);
  expect(text).toBe("1 one\ntwo");
  line = null;
  vi.advanceTimersByTime(100);
  expect(text).toBe("1 one\ntwo!");
  expect(endComposition).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("a composition that does not end is ended after ten seconds, counted from the first change that waits", () => {
  line = { from: 4, to: 7 };
  vi.advanceTimersByTime(60_000);
  hear(7, "!");
  vi.advanceTimersByTime(6000);
  hear(8, "?");
  vi.advanceTimersByTime(3900);
  expect(endComposition).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(endComposition).toHaveBeenCalledOnce();
  expect(text).toBe("one\ntwo!?");
  expect(vi.getTimerCount()).toBe(0);
});

test("an input method that does not heed that holds nothing either, and the next change waits anew", () => {
  endComposition = vi.fn<() => void>();
  line = { from: 4, to: 9 };
  hear(7, "!");
  vi.advanceTimersByTime(10_200);
  expect(text).toBe("one\ntwo!");
  expect(endComposition).toHaveBeenCalledOnce();
  hear(8, "?");
  expect(text).toBe("one\ntwo!");
  vi.advanceTimersByTime(10_200);
  expect(text).toBe("one\ntwo!?");
});

test("it is looked for the end of a composition whenever something comes", () => {
  line = { from: 4, to: 7 };
  hear(7, "!");
  line = null;
  hear(8, "?");
  expect(text).toBe("one\ntwo!?");
  expect(vi.getTimerCount()).toBe(0);
});
