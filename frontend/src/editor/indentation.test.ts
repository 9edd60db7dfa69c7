import { expect, test } from "vitest";
import { indentationOf } from "./indentation";

test.each([
  ["two spaces", "a\n  b\n    c\nd\n  e", { tabs: false, size: 2 }],
  ["four spaces", "a:\n    b:\n        c\n", { tabs: false, size: 4 }],
  ["tabs", "a\n\tb\n\t\tc\n", { tabs: true, size: 0 }],
  ["most of it", "a\n  b\n    c\n\tx\nd\n  e\n", { tabs: false, size: 2 }],
  ["empty lines do not count", "a\n\n  b\n   \n\nc\n\n  d", { tabs: false, size: 2 }],
  ["a comment's stars are no step", "/*\n * a\n * b\n */\nx {\n    y {\n        z\n", { tabs: false, size: 4 }],
  ["nothing", "a\nb\nc", null],
  ["one step is chance", "a\n  b", null],
  ["no text", "", null],
])("%s", (_, text, indentation) => expect(indentationOf(text)).toEqual(indentation));
