import { expect, test } from "vitest";
import { headingsIn } from "./headings";

test("headings, with their lines and without their marks", () => {
  const text = ["# One", "text", "  ## Two ##", "#no", "    # code", "####### seven", "### C# and F#", "#", "# "].join("\n");
  expect(headingsIn(text)).toEqual([
    { line: 0, words: "One" },
    { line: 2, words: "Two" },
    { line: 6, words: "C# and F#" },
  ]);
});

test("what stands in fenced code is none", () => {
  const text = ["````", "# no", "```", "# no", "````", "# One", "~~~ sh", "# no", "~~~~", "# Two", "```", "# to the end"].join("\n");
  expect(headingsIn(text).map(({ words }) => words)).toEqual(["One", "Two"]);
});

test("a text of nothing but headings is cut", () => {
  expect(headingsIn("# a\n".repeat(100_000))).toHaveLength(2_000);
});
