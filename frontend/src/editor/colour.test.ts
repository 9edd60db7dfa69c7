// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { log } from "../browser";
import { colour } from "./colour";

const CODE = "const a = 1;";

/** Resolves to the code in colours. */
function coloured(language: string, code = CODE): Promise<DocumentFragment> {
  return new Promise((resolve) => colour(code, language, resolve));
}

test("code is coloured when its language has come, and at once from then on", async () => {
  const first = await coloured("js");
  expect(first.textContent).toBe(CODE);
  expect(first.querySelectorAll("span").length).toBeGreaterThan(1);
  const put = vi.fn();
  colour(CODE, "js", put);
  expect(put).toHaveBeenCalledOnce();
});

test("thousands that wait for a language are coloured one after the other, with time for keys between", async () => {
  const all = Array.from({ length: 3_000 }, (_, i) => coloured("python", `a = ${i}`));
  await all[0];
  let isLast = false;
  void all.at(-1)!.then(() => (isLast = true));
  await new Promise((turn) => setTimeout(turn));
  expect(isLast).toBe(false);
  const texts = (await Promise.all(all)).map(({ textContent }) => textContent);
  expect(texts).toEqual(Array.from({ length: 3_000 }, (_, i) => `a = ${i}`));
});

test("what is no language, and what is too long, stays as it is", async () => {
  const put = vi.fn();
  colour(CODE, "no such language", put);
  colour("a".repeat(30_000), "js", put);
  colour("a".repeat(2_001), "js", put);
  await coloured("js");
  await new Promise((turn) => setTimeout(turn, 50));
  colour(CODE, "no such language", put);
  expect(put).not.toHaveBeenCalled();
});

test("a parser that fails takes nothing else along", async () => {
  await coloured("js");
  const warned = vi.spyOn(log, "warn").mockImplementation(() => {});
  colour(CODE, "js", () => {
    throw new Error("of a parser");
  });
  expect(warned).toHaveBeenCalledOnce();
});
