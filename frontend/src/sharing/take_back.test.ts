/** What one person did is taken out of a text, and what the others did stays. */

import { beforeAll, describe, expect, test } from "vitest";
import { initKernel, Operation, Rope } from "../kernel";
import { kernelBytes } from "../testing/kernel_bytes";
import { Random } from "../testing/random";
import { type Deed, textWithout } from "./take_back";

const [ANN, BOB] = [1, 2];

beforeAll(() => initKernel(kernelBytes()));

describe("Bob is taken back", () => {
  test.each<[string, string, Deed[], string]>([
    ["who did nothing", "ab", [{ author: ANN, operation: [2, "c"] }], "abc"],
    ["who emptied it", "text", [{ author: BOB, operation: [-4] }], "text"],
    ["who emptied it while Ann wrote on", "text", [{ author: BOB, operation: [-4] }, { author: ANN, operation: ["new"] }], "newtext"],
    ["within whose words Ann wrote", "", [{ author: BOB, operation: ["spam"] }, { author: ANN, operation: [2, "x", 2] }], "x"],
    ["whose words Ann has removed", "ab", [{ author: BOB, operation: [1, "spam", 1] }, { author: ANN, operation: [1, -4, 1] }], "ab"],
    ["who removed his own words again", "ab", [{ author: BOB, operation: [2, "spam"] }, { author: BOB, operation: [2, -2, 2] }], "ab"],
    ["who replaced Ann's", "one two", [{ author: BOB, operation: [4, "2", -3] }, { author: ANN, operation: [5, "!"] }], "one two!"],
    ["beyond the basic plane", "😀", [{ author: BOB, operation: ["😈", 1] }, { author: ANN, operation: [2, "é"] }], "😀é"],
  ])("%s", (_, before, deeds, after) => {
    expect(textWithout(before, deeds, BOB)).toBe(after);
  });
});

test("deeds that do not follow each other are not guessed at", () => {
  expect(() => textWithout("abc", [{ author: BOB, operation: [1, "x"] }], BOB)).toThrow();
});

test("law: all taken back is the text before, nobody taken back the text after, and whoever wrote elsewhere keeps it all", () => {
  const random = Random.of(Number(process.env["SEED"] ?? 7), "take back");
  for (let run = 0; run < 200; run++) {
    const before = "0123456789".repeat(random.between(0, 3));
    const text = new Rope(before);
    const deeds: Deed[] = [];
    // Ann writes at the end alone, and Bob before the mark, so that each one's text is known.
    let anns = "";
    for (let i = random.between(1, 20); i > 0; i--) {
      const [author, length] = [random.chance(50) ? ANN : BOB, text.points];
      const place = length - [...anns].length;
      const bobs = (at: number) => (at < place && random.chance(50) ? [at, -1, length - at - 1] : [at, "b", length - at]);
      const operation = (author === ANN ? [length, "a"] : bobs(random.below(place + 1))).filter((it) => it !== 0);
      if (author === ANN) anns += "a";
      const op = Operation.of(operation);
      op.applyTo(text);
      op.free();
      deeds.push({ author, operation });
    }
    expect(textWithout(before, deeds, 3)).toBe(text.read());
    expect(textWithout(before, deeds.map((it) => ({ ...it, author: BOB })), BOB)).toBe(before);
    expect(textWithout(before, deeds, BOB)).toBe(before + anns);
    text.free();
  }
});
