import { describe, expect, test, vi } from "vitest";
import { Inbox } from "./inbox";

/** An inbox whose frames and clock the test moves; each delivery takes `costMs`
 * and `eachMs` for every message, which is a change. */
function inboxOf(costMs: number, eachMs = 0) {
  const turns: (() => void)[] = [];
  const rests: number[] = [];
  const delivered: number[][] = [];
  const painting: ((frameMs: number) => void)[] = [];
  let nowMs = 0;
  const inbox = new Inbox<number>({
    canWait: (message) => message > 0,
    changesIn: () => 1,
    schedule: (run, restMs) => (turns.push(run), rests.push(restMs)),
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
  /** The next turn that was asked for. */
  const turn = () => turns.shift()!();
  const paint = (ms = 0) => {
    nowMs += ms;
    for (const painted of painting.splice(0)) painted(ms);
  };
  const frame = (paintMs = 0) => (turn(), paint(paintMs));
  const pass = (ms: number) => void (nowMs += ms);
  return { inbox, delivered, turns, rests, turn, paint, frame, pass };
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

test("after a delivery and its frame the next one rests, and three times as long as those kept the thread busy, up to a limit", () => {
  for (const [costMs, paintMs, restMs] of [[1, 1, 16], [30, 0, 90], [10, 15, 75], [900, 100, 300]] as const) {
    const { inbox, rests, frame } = inboxOf(costMs);
    inbox.push(1);
    frame(paintMs);
    inbox.push(2);
    expect(rests).toEqual([0, restMs]);
  }
});

test("what comes after a pause is delivered at once: the rest counts from the delivery before", () => {
  const { inbox, rests, frame, pass } = inboxOf(40);
  inbox.push(1);
  frame();
  pass(100);
  inbox.push(2);
  frame();
  pass(10_000);
  inbox.push(3);
  expect(rests).toEqual([0, 20, 0]);
});

test("a rest is cut short by a burst, once for all of it", () => {
  const { inbox, delivered, rests, frame, turn, pass } = inboxOf(100);
  inbox.push(1);
  frame();
  pass(10);
  for (let message = 2; message <= 200; message++) inbox.push(message);
  expect(rests).toEqual([0, 290, 20]);
  turn(); // the one that was planned before
  expect(delivered).toEqual([[1]]);
  frame();
  expect(delivered.flat()).toHaveLength(200);
});

test("after a flood the next delivery rests too, so that it is a large one", () => {
  const { inbox, delivered, rests, frame } = inboxOf(1);
  for (let message = 1; message <= 8; message++) inbox.push(message);
  frame();
  for (const message of [9, -10, 11]) inbox.push(message);
  frame();
  inbox.push(12);
  frame();
  expect(rests).toEqual([0, 30, 16]);
  expect(delivered.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, -10, 11, 12]);
});

test("a delivery stops after a batch, and the next goes on where it stopped", () => {
  const { inbox, delivered, turns, rests, frame } = inboxOf(0, 0.1);
  const messages = Array.from({ length: 400 }, (_, i) => (i % 3 === 2 ? -i - 1 : i + 1));
  for (const message of messages) inbox.push(message);
  frame();
  inbox.push(-401); // not before those that wait
  frame();
  expect(delivered.map((taken) => taken.length)).toEqual([256, 145]);
  expect(delivered.flat()).toEqual([...messages, -401]);
  expect(rests).toEqual([0, 0]);
  expect(turns).toEqual([]);
});

test("a message that brings many changes is not divided, and fills the batch", () => {
  const frames: (() => void)[] = [];
  const delivered: number[] = [];
  const inbox = new Inbox<number>({
    canWait: () => true,
    changesIn: (message) => message,
    schedule: (run) => frames.push(run),
    painted: (run) => frames.push(() => run(0)),
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

describe("while the user types on a slow machine", () => {
  /** One whose last delivery was felt, and on which a key was just pressed. */
  function slowInbox() {
    const slow = inboxOf(40);
    slow.inbox.push(1);
    slow.frame();
    slow.pass(80);
    slow.inbox.typed();
    slow.inbox.push(2);
    slow.turn();
    return slow;
  }

  test("a delivery does not come between a key and its frame, and follows the next key's", () => {
    const { inbox, delivered, paint, pass } = slowInbox();
    paint();
    expect(delivered).toEqual([[1]]);
    pass(150);
    inbox.typed();
    expect(delivered).toEqual([[1]]);
    inbox.push(3);
    paint(20);
    expect(delivered).toEqual([[1], [2, 3]]);
  });

  test("it waits for no key that does not come", () => {
    const { delivered, rests, turn, pass } = slowInbox();
    expect(rests.at(-1)).toBe(300);
    pass(300);
    turn();
    expect(delivered).toEqual([[1], [2]]);
  });

  test("once delivered, it is not delivered again when that time is over", () => {
    const { inbox, delivered, turn, paint, pass } = slowInbox();
    inbox.typed();
    paint();
    paint();
    inbox.push(3);
    pass(300);
    turn(); // the old one
    expect(delivered).toEqual([[1], [2]]);
  });

  test("a flood is not held up", () => {
    const { inbox, delivered, frame, pass } = inboxOf(40, 0.1);
    for (let message = 1; message <= 600; message++) inbox.push(message);
    for (let n = 0; n < 6; n++) {
      inbox.typed();
      frame();
      pass(10);
    }
    expect(delivered.flat()).toHaveLength(600);
  });

  test("many people who type are no burst, and wait for the key", () => {
    const { inbox, delivered, pass, paint } = slowInbox();
    for (let message = 3; message <= 102; message++) {
      inbox.push(message);
      pass(2.5);
    }
    expect(delivered).toEqual([[1]]);
    inbox.typed();
    paint(20);
    expect(delivered.flat()).toHaveLength(102);
  });

  test("nor is a burst that comes while something is held", () => {
    const { inbox, delivered, frame } = slowInbox();
    for (let message = 3; message <= 100; message++) inbox.push(message);
    frame(); // the one that was held
    frame();
    expect(delivered.flat()).toHaveLength(100);
  });

  test("nor is the rest of a flood that comes after a small part of it, although a key was pressed just now", () => {
    const { inbox, delivered, turn, frame } = inboxOf(40);
    inbox.push(1);
    frame();
    for (let message = 2; message <= 101; message++) inbox.push(message);
    inbox.typed();
    turn(); // the one that rests for longer
    turn();
    expect(delivered.flat()).toHaveLength(101);
  });
});

test("on a quick machine a delivery waits for no key", () => {
  const { inbox, delivered, frame } = inboxOf(1);
  for (let message = 1; message <= 3; message++) {
    inbox.typed();
    inbox.push(message);
    frame(1);
  }
  expect(delivered).toEqual([[1], [2], [3]]);
});
