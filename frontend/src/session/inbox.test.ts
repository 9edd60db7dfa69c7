import { expect, test } from "vitest";
import { Inbox } from "./inbox";

/** An inbox whose frames and clock the test moves; each delivery takes `costMs`. */
function inboxOf(costMs: number) {
  const frames: (() => void)[] = [];
  const rests: number[] = [];
  const delivered: number[][] = [];
  let nowMs = 0;
  const inbox = new Inbox<number>(
    (messages) => (delivered.push(messages), (nowMs += costMs)),
    (message) => message > 0,
    (run, restMs) => (frames.push(run), rests.push(restMs)),
    () => nowMs,
  );
  return { inbox, delivered, rests, frame: () => frames.shift()!() };
}

test("what comes within a frame is delivered as one, in its order", () => {
  const { inbox, delivered, frame } = inboxOf(1);
  for (const message of [1, 2, -3, 4]) inbox.push(message);
  expect(delivered).toEqual([]);
  frame();
  expect(delivered).toEqual([[1, 2, -3, 4]]);
});

test("what nobody would see is delivered at once, unless something waits before it", () => {
  const { inbox, delivered } = inboxOf(1);
  inbox.push(-1);
  expect(delivered).toEqual([[-1]]);
});

test("after a delivery that kept the thread busy the next one rests as long, up to a limit", () => {
  for (const [costMs, restMs] of [[1, 0], [30, 30], [900, 100]] as const) {
    const { inbox, rests, frame } = inboxOf(costMs);
    inbox.push(1);
    frame();
    inbox.push(2);
    expect(rests).toEqual([0, restMs]);
  }
});
