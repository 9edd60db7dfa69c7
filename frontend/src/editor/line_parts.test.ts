import { describe, expect, test } from "vitest";
import { heightOf, partsOf, positionAt } from "./line_parts";

const LINE = { from: 100, to: 100_100, height: 60_000 };
const WHOLE = { ranges: [{ from: LINE.from, to: LINE.to }], total: 100_000 };
/** Two gaps that were guessed to be half as high as the text turned out to be, and one of another line. */
const GAPS = [
  { from: 0, to: 90, size: 9 },
  { from: 100, to: 40_100, size: 20_000 },
  { from: 60_100, to: 100_100, size: 20_000 },
];

describe("the height of a line", () => {
  test("is even where nothing else is known", () => {
    const parts = partsOf(LINE, WHOLE, []);
    expect(heightOf(parts, 100, 50_100)).toBe(30_000);
    expect(positionAt(parts, 30_000)).toBe(50_100);
  });

  test("is that of the gaps, and of what is drawn", () => {
    const parts = partsOf(LINE, WHOLE, GAPS);
    expect(positionAt(parts, 10_000)).toBe(20_100);
    expect(positionAt(parts, 30_000)).toBe(50_100);
    expect(heightOf(parts, 40_100, 60_100)).toBe(20_000);
    expect(heightOf(parts, 20_100, 41_100)).toBe(11_000);
  });

  test("is that of the line at its ends and beyond", () => {
    const parts = partsOf(LINE, WHOLE, GAPS);
    expect([-5, 0, 59_999.99, 60_000, 70_000].map((top) => positionAt(parts, top))).toEqual([100, 100, 100_099, 100_100, 100_100]);
    expect(heightOf(parts, 0, 200_000)).toBe(60_000);
  });

  test("is even where a part is folded, or where it is less than that of the gaps", () => {
    const folded = { ranges: [{ from: 100, to: 30_100 }, { from: 80_100, to: 100_100 }], total: 50_000 };
    expect(positionAt(partsOf(LINE, folded, GAPS), 36_000)).toBe(80_100);
    expect(heightOf(partsOf({ ...LINE, height: 30_000 }, WHOLE, GAPS), 100, 50_100)).toBe(15_000);
  });

  test("is that of the gap where all of it is one", () => {
    const parts = partsOf(LINE, WHOLE, [{ from: 100, to: 100_100, size: 59_950 }]);
    expect(heightOf(parts, 100, 50_100)).toBe(29_975);
    expect(positionAt(parts, 29_975)).toBe(50_100);
    expect(positionAt(parts, 60_000)).toBe(100_100);
  });

  test("keeps what is drawn where it is when a gap grows by what was measured", () => {
    const parts = partsOf(LINE, WHOLE, GAPS);
    const grown = { from: 100, to: 45_100, size: heightOf(parts, 100, 45_100) };
    const now = partsOf(LINE, WHOLE, [grown, GAPS[2]!]);
    for (const at of [46_000, 50_100, 60_000]) expect(heightOf(now, 100, at)).toBeCloseTo(heightOf(parts, 100, at));
  });
});
