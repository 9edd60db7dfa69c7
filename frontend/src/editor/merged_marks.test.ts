import { describe, expect, test } from "vitest";
import { type MarkKind, mergedMarks } from "./merged_marks";

const mark = (top: number, bottom = top, kind: MarkKind = "match", colour = "") => ({ kind, colour, top, bottom });
const drawn = (marks: Parameters<typeof mergedMarks>[0], height = 800) =>
  mergedMarks(marks, height).map(({ kind, colour, top, bottom }) => `${kind}${colour} ${top}-${bottom}`);

describe("marks over the scroll bar", () => {
  test("a place is seen, and lies within the bar", () => {
    expect(drawn([mark(10.4)])).toEqual(["match 10-13"]);
    expect(drawn([mark(799.9), mark(-2)])).toEqual(["match 0-3", "match 797-800"]);
  });

  test("those that touch are one, in whatever order they come", () => {
    expect(drawn([mark(13), mark(11), mark(40, 90), mark(10)])).toEqual(["match 10-16", "match 40-90"]);
    expect(drawn([mark(10, 60), mark(20, 30), mark(55, 70)])).toEqual(["match 10-70"]);
  });

  test("those of other people, or of another kind, are not; people lie over matches", () => {
    const marks = [mark(20, 20, "person", " a"), mark(10, 10, "person", " b"), mark(22, 22, "person", " a"), mark(10)];
    expect(drawn(marks)).toEqual(["match 10-13", "person b 10-13", "person a 20-25"]);
  });

  test("ten thousand matches and two hundred people are a few hundred marks, and the people are among them", () => {
    const matches = Array.from({ length: 10_000 }, (_, i) => mark((i * 800) / 10_000));
    const people = Array.from({ length: 200 }, (_, i) => mark(i * 4, i * 4, "person", ` p${i}`));
    expect(mergedMarks(matches, 800)).toHaveLength(1);
    const sparse = Array.from({ length: 5_000 }, (_, i) => mark((i % 160) * 5));
    const all = mergedMarks([...people, ...sparse, ...matches.map((it) => ({ ...it, kind: "current" as const }))], 800);
    expect(all.length).toBeLessThanOrEqual(500);
    expect(all.filter(({ kind }) => kind === "person")).toHaveLength(200);
  });

  test("a bar without height has no marks that reach out of it", () => {
    expect(mergedMarks([mark(10)], 0).every(({ top, bottom }) => top >= 0 && bottom <= 3)).toBe(true);
  });
});
