import { expect, test } from "vitest";
import { Random } from "../testing/random";
import { Lines } from "./lines";

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

test(`are those of the text, and alike where both texts are, by seed ${SEED}`, () => {
  const random = Random.of(SEED, "lines");
  const units = ["\n", "\n", "a", "b", "\r\n", "\r", "\0", "long ".repeat(2_000)];
  for (let round = 0; round < 40; round++) {
    const lines = new Lines();
    let parts = Array.from({ length: random.below(30) }, () => random.pick(units));
    for (let edit = 0; edit < 20; edit++) {
      const before = lines.list;
      const text = parts.join("");
      const asked = lines.alike(text);
      const step = lines.become(text);
      let alike;
      do alike = step.next();
      while (!alike.done);
      const now = text.replace(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD").split("\n");
      expect(lines.list).toEqual(now);
      expect(asked).toMatchObject(alike.value);
      const { start, end } = alike.value;
      expect(before.slice(0, start)).toEqual(now.slice(0, start));
      expect(before.slice(before.length - end)).toEqual(now.slice(now.length - end));
      expect(start + end).toBeLessThanOrEqual(Math.min(before.length, now.length));
      const hasEnd = start + end === Math.min(before.length, now.length);
      expect(hasEnd || (before[start] !== now[start] && before.at(-1 - end) !== now.at(-1 - end))).toBe(true);
      parts = parts.toSpliced(random.below(parts.length + 1), random.below(3), ...Array.from({ length: random.below(3) }, () => random.pick(units)));
    }
  }
});

test("a text of nothing but line ends is taken apart in steps", () => {
  expect([...new Lines().become("\n".repeat(262_144))].length).toBeGreaterThan(60);
});
