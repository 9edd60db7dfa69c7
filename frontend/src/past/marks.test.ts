/** What a text has that the one before it had not, what is gone from it, and by whom. */

import { beforeAll, describe, expect, test } from "vitest";
import { initKernel, Operation, Rope } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { Random } from "../testing/random";
import { type Mark, marksBetween, marksOf, type Step } from "./marks";

const [ANN, BOB] = [1, 2];

beforeAll(() => initKernel(kernelBytes()));

/** The text with its marks written out. */
const written = (text: string, marks: readonly Mark[]) => {
  let [result, at] = ["", 0];
  for (const { from, to, removed, author } of marks) {
    result += text.slice(at, from) + (removed && `[-${author}:${removed}]`) + (to > from ? `[+${author}:${text.slice(from, to)}]` : "");
    at = to;
  }
  return result + text.slice(at);
};

/** The text before, from the later one and its marks. */
const undone = (text: string, marks: readonly Mark[]) => {
  let [result, at] = ["", 0];
  for (const { from, to, removed } of marks) {
    result += text.slice(at, from) + removed;
    at = to;
  }
  return result + text.slice(at);
};

test("differences of one person lie at their places in the later text", () => {
  const [before, after] = ["😀\none\ntwo\n", "😀\n1\ntwo\nthree\n"];
  const marks = marksBetween(before, after, ANN);
  expect(undone(after, marks)).toBe(before);
  expect(written(after, marks)).toBe("😀\n[-1:one][+1:1]\ntwo\n[+1:three\n]");
});

describe("of several people each has their own", () => {
  test.each<[string, string, Step[], string, string]>([
    ["side by side", "ab", [{ author: ANN, operation: [2, "c"] }, { author: BOB, operation: [3, "d"] }], "abcd", "ab[+1:c][+2:d]"],
    ["key by key", "", [{ author: ANN, operation: ["a"] }, { author: ANN, operation: [1, "b"] }], "ab", "[+1:ab]"],
    ["within each other's words", "", [{ author: ANN, operation: ["aa"] }, { author: BOB, operation: [1, "b", 1] }], "aba", "[+1:a][+2:b][+1:a]"],
    ["one removes what was there", "abc", [{ author: BOB, operation: [1, -1, 1] }], "ac", "a[-2:b]c"],
    ["one removes what the other has just written", "ab", [{ author: ANN, operation: [1, "x", 1] }, { author: BOB, operation: [1, -1, 1] }], "ab", "ab"],
    ["behind what is gone", "abc", [{ author: BOB, operation: [-3] }, { author: ANN, operation: ["z"] }], "z", "[+1:z][-2:abc]"],
    ["all gone, at the end", "abc", [{ author: BOB, operation: [1, -2] }, { author: ANN, operation: [-1] }], "", "[-1:a][-2:bc]"],
    ["beyond the basic plane", "😀", [{ author: ANN, operation: [1, "😈é"] }, { author: BOB, operation: [2, -1] }], "😀😈", "😀[+1:😈]"],
    ["nobody knows whose", "a", [{ author: null, operation: [1, "b"] }], "ab", "a[+null:b]"],
  ])("%s", (_, before, steps, after, expected) => {
    const marks = marksOf(before, steps, after)!;
    expect(written(after, marks)).toBe(expected);
    expect(undone(after, marks)).toBe(before);
  });
});

test.each<[string, Step[], string]>([
  ["shorter", [{ author: ANN, operation: [2, "x"] }], "abx"],
  ["longer", [{ author: ANN, operation: [4, "x"] }], "abcx"],
  ["to another text", [{ author: ANN, operation: [3, "x"] }], "abcy"],
])("steps on a text that is %s are not guessed at", (_, steps, after) => {
  expect(marksOf("abc", steps, after)).toBeNull();
});

test("law: the later text without its marks is the text before", () => {
  const random = Random.of(Number(process.env["SEED"] ?? 3), "marks");
  for (let run = 0; run < 200; run++) {
    const before = "0123😀56789".repeat(random.between(0, 3));
    const text = new Rope(before);
    const steps: Step[] = [];
    for (let i = random.between(0, 30); i > 0; i--) {
      const length = text.points;
      const at = random.below(length + 1);
      const gone = Math.min(random.below(4), length - at);
      const operation = [at, random.chance(60) ? "aé" : 0, -gone, length - at - gone].filter((it) => it !== 0);
      const op = Operation.of(operation);
      op.applyTo(text);
      op.free();
      steps.push({ author: random.chance(50) ? ANN : BOB, operation });
    }
    const after = text.read();
    text.free();
    expect(undone(after, marksOf(before, steps, after)!)).toBe(before);
  }
});
