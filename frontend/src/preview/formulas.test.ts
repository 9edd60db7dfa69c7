// @vitest-environment happy-dom
import { describe, expect, test, vi } from "vitest";
import { FormulaQueue } from "./formula_queue";
import { formulaOf } from "./formulas";

test.each([
  ["\\frac{a}{b}", "<math><mrow><mfrac><mi>a</mi><mi>b</mi></mfrac></mrow></math>"],
  ["x^2", "<math><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>"],
])("%s", (source, html) => expect(formulaOf(source, false)!.outerHTML.replace(/ xmlns="[^"]*"/g, "")).toBe(html));

test("a block is shown as one", () => expect(formulaOf("x", true)!.getAttribute("display")).toBe("block"));

describe("no formula brings more than a formula", () => {
  test.each([
    "\\href{javascript:alert(1)}{x}",
    "\\url{https://a.example}",
    "\\includegraphics{https://a.example/x.png}",
    "\\htmlStyle{color:red}{x}",
    "\\htmlClass{a}{x} \\htmlId{a}{x} \\htmlData{a=b}{x}",
    "\\color{red}{x} \\colorbox{red}{x} \\fbox{x} \\boxed{x} \\cancel{x}",
    "\\text{<img src=x onerror=alert(1)>}",
    "\\def\\a{\\a\\a}\\a",
    "{".repeat(1_000),
    "\\sqrt{".repeat(300) + "}".repeat(300),
  ])("%s", (source) => {
    const parent = document.createElement("div");
    parent.append(formulaOf(source, false) ?? "");
    expect(parent.querySelector("a, img, script, span, [style], [class], [id], [href], [src], [data-a]")).toBeNull();
  });
});

test("formulas that wait get their turn, and those that are known come at once", async () => {
  const load = vi.fn(() => import("./formulas"));
  const queue = new FormulaQueue(load);
  const shown: string[] = [];
  const put = (formula: Element) => shown.push(formula.textContent);
  for (let n = 0; n < 100; n++) queue.show(`x${n}`, false, put);
  queue.show("\\frac", false, put);
  expect(shown).toEqual([]);
  await expect.poll(() => shown.length, { timeout: 20_000 }).toBe(100);
  queue.show("x7", false, put);
  expect(shown).toHaveLength(101);
  expect(load).toHaveBeenCalledTimes(1);
});
