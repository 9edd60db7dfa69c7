import { beforeAll, describe, expect, test } from "vitest";
import { initKernel, Rope } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { Random } from "../testing/random";
import { applied } from "../testing/simulated_tab";
import { changesBetween, operationBetween } from "./diff";

beforeAll(() => initKernel(kernelBytes()));

function between(a: string, b: string): (number | string)[] {
  const rope = new Rope(a);
  const op = operationBetween(rope, b);
  const components = op.toJSON();
  op.applyTo(rope);
  expect(rope.read()).toBe(b);
  op.free();
  rope.free();
  return components;
}

test("finds what changed, and nothing else", () => {
  expect(between("", "new")).toEqual(["new"]);
  expect(between("old", "")).toEqual([-3]);
  expect(between("same", "same")).toEqual([4]);
  expect(between("one two three", "one 2 three")).toEqual([4, "2", -3, 6]);
  expect(between("a\nb\nc", "x\na\nb\nc\ny")).toEqual(["x\n", 5, "\ny"]);
});

test("never cuts a code point, though its halves are alike", () => {
  // 😀 and 😁 share their first unit, 😀 and 🨀 their second.
  expect(between("😀", "😁")).toEqual(["😁", -1]);
  expect(between("😀", "🨀")).toEqual(["🨀", -1]);
  expect(between("a😀😀b", "a😀b")).toEqual([2, -1, 1]);
});

test("turns any text into any other", () => {
  const alphabet = ["a", "b", " ", "\n", "é", "😀", "😁", "🨀"];
  for (let seed = 0; seed < 500; seed++) {
    const random = new Random(seed);
    const text = () => Array.from({ length: random.below(30) }, () => random.pick(alphabet)).join("");
    between(text(), text());
  }
});

test("texts with nothing in common cost little", () => {
  const random = new Random(1);
  const noise = (from: number) =>
    Array.from({ length: 150_000 }, () =>
      random.chance(2) ? "\n" : String.fromCodePoint(from + random.below(5000)),
    ).join("");
  const started = performance.now();
  between(noise(0x4e00), noise(0xac00));
  expect(performance.now() - started).toBeLessThan(3000);
});

test("regression: a line of nothing but space costs no more than its length", () => {
  const space = " ".repeat(200_000);
  // The square of that would be minutes, and vitest waits for five seconds.
  expect(between(`a\n${space}\nb`, `x\n${space}\ny`)).toEqual(["x", -1, 200_002, "y", -1]);
});

test("regression: two line ends do not outweigh the one word between them", () => {
  expect(between("\n\nword", "word\n\n")).toEqual([-2, 4, "\n\n"]);
});

test("regression: many differences in a long text are still found one by one", () => {
  const random = new Random(3);
  const point = (n: number) => String.fromCodePoint((n % 3 ? 0x4e00 : 0x20000) + n);
  const old = Array.from({ length: 4000 }, (_, n) => point(n));
  const fresh = old.flatMap((each, n) => (random.chance(20) ? (random.chance(50) ? [] : [each, point(5000 + n)]) : [each]));
  const touched = between(old.join(""), fresh.join("")).reduce<number>(
    (sum, part) => sum + (typeof part === "string" ? [...part].length : Math.max(-part, 0)),
    0,
  );
  expect(touched).toBeLessThan(1000); // about 800; all of it would be 8,000
});

test("lines that were moved about do not spoil the rest", () => {
  const line = (n: number) => `line ${n} of a text that has many of them\n`;
  const lines = Array.from({ length: 600 }, (_, n) => line(n));
  const moved = [...lines.slice(300, 310), ...lines.slice(0, 300), ...lines.slice(310)];
  const kept = between(lines.join(""), moved.join("")).reduce<number>((sum, part) => sum + (Number(part) > 0 ? Number(part) : 0), 0);
  expect(kept).toBeGreaterThan(0.9 * lines.join("").length);
});

describe("a text that a person replaces", () => {
  const numbered = (n: number, change: (line: number) => string | null) =>
    Array.from({ length: n }, (_, i) => change(i)).filter((it) => it !== null).join("\n");
  const line = (i: number) => (i % 3 === 0 ? "" : i % 3 === 1 ? "}" : `line ${i}`);

  test.each([
    ["one line that differs", "a\nbread\nc\n", "a\nbutter\nc\n", [{ from: 3, to: 7, insert: "utter" }]],
    ["lines put in between equal ones", "}\n\n}\n", "}\n\nnew\n\n}\n", [{ from: 3, to: 3, insert: "new\n\n" }]],
    ["two blocks", "1\n2\n3\n4\n5", "1\nx\n3\n4\n6", [{ from: 2, to: 3, insert: "x" }, { from: 8, to: 9, insert: "6" }]],
    ["no line end at the end", "a\nb\n", "a\nb", [{ from: 3, to: 4, insert: "" }]],
    ["nothing in common", "ab", "x\ny", [{ from: 0, to: 2, insert: "x\ny" }]],
    ["one half of an emoji alike", "😀", "😁", [{ from: 0, to: 2, insert: "😁" }]],
    ["nothing", "a\n", "a\n", []],
  ])("%s", (_, from, to, changes) => {
    expect(changesBetween(from, to)).toEqual(changes);
    expect(applied(from, changesBetween(from, to))).toBe(to);
  });

  test("keeps every line that both have, however long the text and many the changes", () => {
    const [from, to] = [numbered(9000, line), numbered(9000, (i) => (i % 90 === 2 ? `changed ${i}` : i % 100 === 0 ? null : line(i)))];
    const began = performance.now();
    const changes = changesBetween(from, to);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(applied(from, changes)).toBe(to);
    expect(changes.reduce((sum, { insert }) => sum + insert.length, 0)).toBeLessThan(2000);
  });

  test("that has nothing in common with the other costs little", () => {
    const [from, to] = [numbered(60000, (i) => `${i}`), numbered(60000, (i) => `x${i}`)];
    const began = performance.now();
    expect(applied(from, changesBetween(from, to))).toBe(to);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
