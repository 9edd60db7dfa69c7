import { expect, test } from "vitest";
import { byRecency, chosen } from "./people_order";

const people = Array.from({ length: 8 }, (_, id) => ({ id, name: `P${id}`, hue: 0 }));
const activity = (typing: number[], last: Record<number, number> = {}) => ({
  typing: { value: new Set(typing) },
  lastTyped: (id: number) => last[id] ?? -Infinity,
});
const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id).join("");

test("who types comes first, then who typed last, then who came first", () => {
  expect(ids(byRecency(people, activity([])))).toBe("01234567");
  expect(ids(byRecency(people, activity([6, 3], { 6: 90, 3: 80, 5: 70, 1: 75 })))).toBe("36150247");
  // Two who type in turn do not change places with each key.
  expect(ids(byRecency(people, activity([6, 3], { 6: 90, 3: 95, 5: 70, 1: 75 })))).toBe("36150247");
});

test("few places go to who types, and otherwise to those who have them", () => {
  expect(ids(chosen(people, new Set(), activity([]), 3))).toBe("012");
  expect(ids(chosen(people, new Set([0, 1, 2]), activity([7], { 7: 9 }), 3))).toBe("017");
  expect(ids(chosen(people, new Set([0, 1, 7]), activity([], { 7: 9, 5: 10 }), 3))).toBe("017");
  expect(ids(chosen(people, new Set([0, 1, 7]), activity([2, 3, 4, 5]), 3))).toBe("234");
  expect(ids(chosen(people.slice(0, 2), new Set([5]), activity([]), 3))).toBe("01");
});
