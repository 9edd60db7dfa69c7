import { expect, test, vi } from "vitest";
import { Inbox } from "./inbox";

/** An inbox whose frames and clock the test moves; each delivery takes `costMs`
 * and `eachMs` for every message, which is a change. */
function inboxOf(costMs: number, eachMs = 0) {
  const frames: (() => void)[] = [];
  const rests: number[] = [];
  const delivered: number[][] = [];
  const painting: (() => void)[] = [];
  let nowMs = 0;
  const inbox = new Inbox<number>({
    canWait: (message) => message > 0,
    changesIn: () => 1,
    schedule: (run, restMs) => (frames.push(run), rests.push(restMs)),
    painted: (run) => painting.push(run),
    isHidden: () => globalThis.document?.hidden ?? false,
    elapsed: () => nowMs,
  });
  inbox.listen((next) => {
    const taken: number[] = [];
    for (let message = next(); message; message = next()) {
      taken.push(message);
      nowMs += eachMs;
    }
    nowMs += costMs;
    delivered.push(taken);
  });
  const frame = (paintMs = 0) => {
    frames.shift()!();
    nowMs += paintMs;
    painting.shift()?.();
  };
  return { inbox, delivered, frames, rests, frame };
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

test("after a delivery that kept the thread busy, with its painting, the next one rests as long, up to a limit", () => {
  for (const [costMs, paintMs, restMs] of [[1, 1, 0], [30, 0, 30], [10, 15, 25], [900, 100, 100]] as const) {
    const { inbox, rests, frame } = inboxOf(costMs);
    inbox.push(1);
    frame(paintMs);
    inbox.push(2);
    expect(rests).toEqual([0, restMs]);
  }
});

test("after a flood the next delivery rests too, so that it is a large one", () => {
  const { inbox, delivered, rests, frame } = inboxOf(1);
  for (let message = 1; message <= 8; message++) inbox.push(message);
  frame();
  for (const message of [9, -10, 11]) inbox.push(message);
  frame();
  inbox.push(12);
  frame();
  expect(rests).toEqual([0, 30, 0]);
  expect(delivered.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, -10, 11, 12]);
});

test("a delivery stops after a batch, and the next goes on where it stopped", () => {
  const { inbox, delivered, frames, rests, frame } = inboxOf(0, 0.1);
  const messages = Array.from({ length: 400 }, (_, i) => (i % 3 === 2 ? -i - 1 : i + 1));
  for (const message of messages) inbox.push(message);
  frame();
  inbox.push(-401); // not before those that wait
  frame();
  expect(delivered.map((taken) => taken.length)).toEqual([256, 145]);
  expect(delivered.flat()).toEqual([...messages, -401]);
  expect(rests).toEqual([0, 0]);
  expect(frames).toEqual([]);
});

test("a message that brings many changes is not divided, and fills the batch", () => {
  const frames: (() => void)[] = [];
  const delivered: number[] = [];
  const inbox = new Inbox<number>({
    canWait: () => true,
    changesIn: (message) => message,
    schedule: (run) => frames.push(run),
    painted: (run) => run(),
    isHidden: () => false,
    elapsed: () => performance.now(),
  });
  inbox.listen((next) => {
    let changes = 0;
    for (let message = next(); message; message = next()) changes += message;
    delivered.push(changes);
  });
  for (const changes of [200, 900, 10]) inbox.push(changes);
  while (frames.length > 0) frames.shift()!();
  expect(delivered).toEqual([1100, 10]);
});

test("flush delivers everything, in order, however long it takes", () => {
  const { inbox, delivered, frame } = inboxOf(0, 100);
  for (const message of [1, 2, -3]) inbox.push(message);
  inbox.flush();
  expect(delivered.flat()).toEqual([1, 2, -3]);
  frame(); // it was planned, and finds nothing
  expect(delivered.flat()).toEqual([1, 2, -3]);
});

test("what a connection that was given up had left is not delivered", () => {
  const { inbox, delivered, frame } = inboxOf(0);
  for (const message of [1, 2]) inbox.push(message);
  inbox.clear();
  frame();
  inbox.push(-3);
  expect(delivered.flat()).toEqual([-3]);
});

test("a hidden tab takes everything: its timers are few", () => {
  vi.stubGlobal("document", { hidden: true });
  const { inbox, delivered, frame } = inboxOf(0);
  for (let message = 1; message <= 1000; message++) inbox.push(message);
  frame();
  expect(delivered.map((taken) => taken.length)).toEqual([1000]);
  vi.unstubAllGlobals();
});
