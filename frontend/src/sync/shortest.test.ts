import { expect, test } from "vitest";
import { Random } from "../testing/random";
import { applied } from "../testing/simulated_tab";
import { shortestChanges } from "./shortest";

const points = (text: string) => [...text].length;

/** The number of points that are removed and inserted. */
const cost = (a: string, b: string): number | null => {
  const changes = shortestChanges(a, b, 250);
  if (!changes) return null;
  expect(applied(a, changes)).toBe(b);
  return changes.reduce((sum, { from, to, insert }) => sum + points(a.slice(from, to)) + points(insert), 0);
};

/** The same by the table that everybody can check. */
function leastCost(a: string, b: string): number {
  const [p, q] = [[...a], [...b]];
  let row = Array.from({ length: q.length + 1 }, (_, j) => j);
  for (const [i, point] of p.entries()) {
    const next = [i + 1];
    for (const [j, other] of q.entries()) {
      next.push(point === other ? row[j]! : 1 + Math.min(row[j + 1]!, next[j]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

test("finds what changed, pieces between two kept points as one", () => {
  expect(shortestChanges("abc", "abc", 9)).toEqual([]);
  expect(shortestChanges("", "ab", 9)).toEqual([{ from: 0, to: 0, insert: "ab" }]);
  expect(shortestChanges("ab", "", 9)).toEqual([{ from: 0, to: 2, insert: "" }]);
  expect(shortestChanges("😀abcd", "😀axyd", 9)).toEqual([{ from: 3, to: 5, insert: "xy" }]);
});

test("is as short as can be, and turns any text into any other", () => {
  const alphabet = ["a", "b", " ", "\n", "é", "😀", "😁", "🨀"];
  for (let seed = 0; seed < 1000; seed++) {
    const random = new Random(seed);
    const letters = alphabet.slice(0, 1 + random.below(alphabet.length));
    const text = () => Array.from({ length: random.below(30) }, () => random.pick(letters)).join("");
    const [a, b] = [text(), text()];
    expect(cost(a, b), `seed ${seed}: ${JSON.stringify([a, b])}`).toBe(leastCost(a, b));
  }
});

test("more than it may cost is no answer", () => {
  expect(shortestChanges("abc", "xyz", 6)).not.toBeNull();
  expect(shortestChanges("abc", "xyz", 5)).toBeNull();
  expect(cost("a".repeat(100_000), "b".repeat(100_000))).toBeNull();
});

test("many alike in a long text cost little", () => {
  expect(cost(`${" ".repeat(200_000)}ab`, `ba${" ".repeat(199_900)}`)).toBe(104);
});
