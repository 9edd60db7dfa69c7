import { expect, test } from "vitest";
import { Mouthful } from "./mouthful";

/** What a mouthful comes to when each change costs `eachMs` and each delivery `onceMs`. */
function settled(eachMs: number, onceMs: number): number {
  const mouthful = new Mouthful();
  for (let i = 0; i < 20; i++) mouthful.learn(mouthful.changes, onceMs + mouthful.changes * eachMs);
  return mouthful.changes;
}

test("a mouthful settles at what takes 24 ms, on a quick machine and on a slow one", () => {
  for (const eachMs of [0.01, 0.05, 0.1]) {
    const tookMs = 4 + settled(eachMs, 4) * eachMs;
    expect(tookMs).toBeGreaterThan(22);
    expect(tookMs).toBeLessThan(26);
  }
});

test("it has bounds: what costs nothing is not taken without end, and what costs much still moves", () => {
  expect(settled(0, 0)).toBe(4096);
  expect(settled(10, 0)).toBe(64);
});

test("one slow delivery of many takes no more than half away", () => {
  const mouthful = new Mouthful();
  mouthful.learn(256, 2_000);
  expect(mouthful.changes).toBe(128);
});

test("a few changes say nothing of many, however long they took", () => {
  const mouthful = new Mouthful();
  mouthful.learn(1, 300);
  mouthful.learn(100, 0);
  expect(mouthful.changes).toBe(256);
});
