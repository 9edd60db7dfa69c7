import { beforeAll, describe, expect, test } from "vitest";
import { kernelBytes } from "../testing/kernel_bytes";
import { Random } from "../testing/random";
import { applied } from "../testing/simulated_tab";
import { changesOf, composeAll, initKernel, kernelHeapBytes, Operation, operationOf, Rope } from ".";
import { cleanText, isClean } from "./text";

beforeAll(() => initKernel(kernelBytes()));

const ALPHABET = ["a", "b", "\n", "é", "語", "😀", "𝒳", "🇩"];

function randomText(random: Random, most: number): string {
  return Array.from({ length: random.below(most) }, () => random.pick(ALPHABET)).join("");
}

function randomOperation(random: Random, points: number): Operation {
  const op = Operation.empty();
  for (let left = points; left > 0; ) {
    const n = 1 + random.below(Math.min(left, 5));
    if (random.chance(40)) op.insert(randomText(random, 4));
    if (random.chance(30)) op.delete(n);
    else op.retain(n);
    left -= n;
  }
  return op.insert(randomText(random, 3));
}

describe("operations and the changes of an editor", () => {
  test("say the same, in code points and in UTF-16 units", () => {
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const text = randomText(random, 40);
      const rope = new Rope(text);
      const op = randomOperation(random, rope.points);
      const changes = changesOf(op, rope);
      const back = operationOf(changes, rope);
      const result = applied(text, changes);
      expect(back.toJSON(), `seed ${seed}`).toEqual(op.toJSON());
      op.applyTo(rope);
      expect(rope.read(), `seed ${seed}`).toBe(result);
      expect(rope.u16).toBe(result.length);
      for (const owned of [op, back, rope]) owned.free();
    }
  });

  test("a run composed pairwise is the run applied in turn", () => {
    const random = new Random(7);
    const [once, step] = [new Rope("start 😀"), new Rope("start 😀")];
    const ops = Array.from({ length: 33 }, () => {
      const op = randomOperation(random, step.points);
      op.applyTo(step);
      return op;
    });
    const all = composeAll(ops)!;
    all.applyTo(once);
    expect(once.read()).toBe(step.read());
    for (const owned of [all, once, step]) owned.free();
  });

  test("what the kernel refuses throws, and leaks nothing", () => {
    const before = kernelHeapBytes();
    const rope = new Rope("abc");
    const op = Operation.of([2, "x"]);
    expect(() => op.applyTo(rope)).toThrow(/apply/);
    expect(() => Operation.of([1, "a\rb"])).toThrow(/insert/);
    expect(() => op.compose(op)).toThrow(/compose/);
    expect(rope.read()).toBe("abc");
    op.free();
    expect(() => op.free()).toThrow(/twice/);
    expect(() => op.isNoop).toThrow(/after free/);
    rope.free();
    expect(kernelHeapBytes()).toBe(before);
  });
});

describe("text that may enter a document", () => {
  test.each([
    ["a\r\nb\rc\n", "a\nb\nc\n"],
    ["\uD83D", "\uFFFD"],
    ["x\uDE00y", "x\uFFFDy"],
    ["\uDE00\uD83D", "\uFFFD\uFFFD"],
    ["😀 é 語", "😀 é 語"],
  ])("%j is cleaned to %j", (dirty, clean) => {
    expect(cleanText(dirty)).toBe(clean);
    expect(isClean(dirty)).toBe(dirty === clean);
    expect(isClean(clean)).toBe(true);
  });
});
