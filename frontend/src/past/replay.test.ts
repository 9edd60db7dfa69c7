/** What was typed, played again: when each thing happens, where people are, and that the text is the one of then. */

import { beforeAll, expect, test, vi } from "vitest";
import { initKernel, Operation, Rope } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { Random } from "../testing/random";
import { applied } from "../testing/simulated_tab";
import type { PastOperation } from "./operations";
import { Replay } from "./replay";

const [ANN, BOB] = [1, 2];

beforeAll(() => initKernel(kernelBytes()));

const typed = (revision: number, time: number, operation: PastOperation["operation"], author = ANN): PastOperation =>
  ({ revision, end: revision + 1, author, time, operation });

/** A replay of these, which come in pieces of so many. */
async function replayOf(all: readonly PastOperation[], { text = "", piece = 1_000 } = {}): Promise<Replay> {
  const replay = new Replay(text, all[0]?.revision ?? 0, async (from) => {
    const at = all.findIndex(({ revision }) => revision === from);
    return at < 0 ? [] : all.slice(at, at + piece);
  });
  await vi.waitFor(() => expect(replay.isWaiting).toBe(false));
  return replay;
}

test("what was typed comes at its time, pauses are two seconds at most, and speed divides both", async () => {
  const all = [typed(0, 0, ["a"]), typed(1, 300, [1, "b"]), typed(2, 3_600_300, [2, "c"]), typed(3, 3_600_000, [3, "d"])];
  for (const speed of [1, 2, 20]) {
    const replay = await replayOf(all);
    const texts: string[] = [];
    for (let ms = 0; ms <= 2_400; ms += 100) {
      replay.advance(ms === 0 ? 0 : 100 / speed, speed);
      texts.push(replay.text());
    }
    expect(texts.indexOf("a")).toBe(0);
    expect(texts.indexOf("ab")).toBe(3);
    // A clock that was set back takes no time.
    expect(texts.indexOf("abc")).toBe(-1);
    expect(texts.indexOf("abcd")).toBe(23);
    await vi.waitFor(() => expect(replay.isOver).toBe(true));
  }
});

test("carets are where people typed last, and move with what others type", async () => {
  const replay = await replayOf([typed(0, 0, [3, "😀", 3]), typed(1, 100, ["__", 7], BOB), typed(2, 200, [2, -1, 6])], { text: "abcdef" });
  expect(replay.advance(0, 1)!.carets).toEqual([{ author: ANN, at: 5 }]);
  expect(replay.advance(100, 1)!.carets).toEqual([{ author: ANN, at: 7 }, { author: BOB, at: 2 }]);
  const { carets, last } = replay.advance(100, 1)!;
  expect(carets).toEqual([{ author: BOB, at: 2 }, { author: ANN, at: 2 }]);
  expect(last.revision).toBe(2);
});

test("law: however the time goes by, what is painted is the text of then", async () => {
  const random = Random.of(Number(process.env["SEED"] ?? 7), "replay");
  for (let run = 0; run < 30; run++) {
    const start = "0123😀56789".repeat(random.between(0, 3));
    const text = new Rope(start);
    const texts = [start];
    const all: PastOperation[] = [];
    for (let i = 0; i < 60; i++) {
      const at = random.below(text.points + 1);
      const gone = Math.min(random.below(4), text.points - at);
      const operation = [at, random.pick(["aé", "😀", "\n"]), -gone, text.points - at - gone].filter((it) => it !== 0);
      const op = Operation.of(operation);
      op.applyTo(text);
      op.free();
      all.push(typed(i, random.below(100) * 100, operation, random.pick([ANN, BOB])));
      texts.push(text.read());
    }
    text.free();
    const replay = await replayOf(all, { text: start, piece: random.between(1, 70) });
    let painted = start;
    for (let frames = 0; !replay.isOver && frames < 5_000; frames++) {
      const played = replay.advance(random.below(2_000), random.pick([1, 20]), () => random.chance(50));
      if (played) {
        painted = applied(painted, played.changes);
        expect(painted).toBe(texts[played.last.end]);
        for (const { at } of played.carets) expect(at).toBeLessThanOrEqual(painted.length);
      } else await Promise.resolve();
    }
    expect(painted).toBe(texts.at(-1));
    expect(replay.text()).toBe(painted);
    replay.free();
  }
});

test("what cannot be had is waited for and asked for again; what does not follow ends it", async () => {
  let isThere = false;
  const load = vi.fn(async (from: number) => {
    if (from === 0) return [typed(0, 0, ["a"])];
    if (!isThere) throw new Error("unreachable");
    return from === 1 ? [typed(1, 10, [1, "b"]), typed(2, 20, [9, "c"])] : [];
  });
  const replay = new Replay("", 0, load);
  await vi.waitFor(() => expect(replay.isWaiting).toBe(false));
  replay.advance(10, 1);
  await vi.waitFor(() => expect(replay.isStuck).toBe(true));
  expect(replay.isOver).toBe(false);
  const asked = load.mock.calls.length;
  replay.advance(500, 1);
  expect(load.mock.calls.length).toBe(asked);
  isThere = true;
  replay.advance(2_000, 1);
  await vi.waitFor(() => expect(replay.isWaiting).toBe(false));
  replay.advance(100, 1);
  expect(replay.text()).toBe("ab");
  await vi.waitFor(() => expect(replay.isOver).toBe(true));
});

test("a hundred thousand keystrokes at twenty times their speed are fetched ahead and never waited for", async () => {
  const all = Array.from({ length: 100_000 }, (_, i) => typed(i, i * 20, i === 0 ? ["x"] : [i, "x"], i % 3));
  const replay = await replayOf(all, { piece: 11_000 });
  let waited = 0;
  let longest = 0;
  for (let frames = 0; !replay.isOver && frames < 20_000; frames++) {
    const before = process.cpuUsage();
    replay.advance(16, 20);
    const { user } = process.cpuUsage(before);
    longest = Math.max(longest, user / 1000);
    if (replay.isWaiting) waited++;
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(replay.text()).toHaveLength(100_000);
  expect(waited).toBe(0);
  expect(longest, "milliseconds of the longest frame").toBeLessThan(100);
});
