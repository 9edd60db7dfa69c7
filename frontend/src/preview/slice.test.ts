import { describe, expect, test } from "vitest";
import { restAfter, SHARE_OF_TIME, slice, SLICE_WEIGHT } from "./slice";

function* steps(count: number, weight: number): Generator<number, number> {
  for (let i = 0; i < count; i++) yield weight;
  return count;
}

describe("a slice ends", () => {
  const still = () => 0;
  const never = () => false;

  /** So many slices are needed for 1,000 steps. */
  function slices(weight: number, clock: () => number, isKeyWaiting: () => boolean): number {
    const showing = steps(1_000, weight);
    for (let n = 1; ; n++) if (slice(showing, clock, isKeyWaiting).done) return n;
  }

  test("with its work, when nothing else does", () => expect(slices(0, still, never)).toBe(1));

  test("when it has taken long enough", () => {
    let now = 0;
    expect(slices(0, () => now++, never)).toBeGreaterThan(100);
  });

  test("when the browser has enough to lay out", () => expect(slices(SLICE_WEIGHT / 4, still, never)).toBe(251));

  test("when a key waits, after a step", () => expect(slices(0, still, () => true)).toBe(1_001));
});

describe("after a slice there is time for keys", () => {
  test.each([[1, 0], [8, 0], [8, 12], [2, 20]])("%i ms that took %i ms to show are a small part of the time of who types", (sliceMs, shownMs) => {
    const workMs = sliceMs + shownMs;
    expect(workMs / (workMs + restAfter(sliceMs, shownMs, true))).toBeLessThanOrEqual(SHARE_OF_TIME);
  });

  test("who does not type sees it soon", () => expect(restAfter(8, 12, false)).toBe(12));

  test("it goes on, however long a slice took", () => expect(restAfter(10_000, 10_000, true)).toBeLessThan(1_000));
});
