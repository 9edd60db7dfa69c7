import { expect, test } from "vitest";
import { BatchSize } from "./batch_size";

/** The batch size in the end, when each change costs `eachMs` and each delivery `onceMs`. */
function learntSize(eachMs: number, onceMs: number): number {
  const size = new BatchSize();
  for (let i = 0; i < 20; i++) size.learn(size.changes, onceMs + size.changes * eachMs);
  return size.changes;
}

test("the batch size converges to what takes 24 ms, on a quick machine and on a slow one", () => {
  for (const eachMs of [0.01, 0.05, 0.1]) {
    const tookMs = 4 + learntSize(eachMs, 4) * eachMs;
    expect(tookMs).toBeGreaterThan(22);
    expect(tookMs).toBeLessThan(26);
  }
});

test("it has bounds: what costs nothing is not taken without end, and what costs much still moves", () => {
  expect(learntSize(0, 0)).toBe(4096);
  expect(learntSize(10, 0)).toBe(64);
});

test("one slow delivery of many takes no more than half away", () => {
  const size = new BatchSize();
  size.learn(256, 2_000);
  expect(size.changes).toBe(128);
});

test("a few changes say nothing of many, however long they took", () => {
  const size = new BatchSize();
  size.learn(1, 300);
  size.learn(100, 0);
  expect(size.changes).toBe(256);
});
