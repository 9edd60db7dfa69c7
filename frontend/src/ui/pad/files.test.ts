// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { contentOf, fileName, readText } from "./files";
import { titleOf } from "./title";

const file = (bytes: number[] | string) =>
  new File([typeof bytes === "string" ? bytes : new Uint8Array(bytes)], "f.txt");

describe("a file for a pad", () => {
  const form = { name: "f.txt", lineEnd: "\n", bom: false };

  test.each([
    ["a\r\nb 😀", "a\nb 😀", { ...form, lineEnd: "\r\n" }],
    ["a\rb", "a\nb", { ...form, lineEnd: "\r" }],
    ["a\nb\n", "a\nb\n", form],
    ["a\r\nb\nc\r\n", "a\nb\nc\n", { ...form, lineEnd: "\r\n" }], // most of its lines
    ["a\r\nb\nc\n", "a\nb\nc\n", form],
    ["\uFEFFa;b\r\n", "a;b\n", { name: "f.txt", lineEnd: "\r\n", bom: true }],
    ["a\uFEFFb", "a\uFEFFb", form],
    ["", "", form],
  ])("%j is the text %j, and what else there is to it", async (written, text, form) => {
    expect(await readText(file(written), 100)).toEqual({ text, form });
  });

  test.each(["a\r\nb\r\n\r\n", "a\rb", "a\nb", "\uFEFFa;b\r\n", "\uFEFF", "one line", "\r\n"])(
    "%j is written as it was read",
    async (written) => {
      const read = await readText(file(written), 100);
      if ("problem" in read) throw new Error(read.problem);
      expect(contentOf(read.text, read.form)).toBe(written);
    },
  );

  test("is refused with the reason", async () => {
    expect(await readText(file("12345"), 4)).toEqual({ problem: "too_large" });
    expect(await readText(file([1, 0, 2]), 100)).toEqual({ problem: "binary" });
    expect(await readText(file([0xe4, 0x20]), 100)).toEqual({ problem: "not_utf8" });
    for (const utf16 of [[0xff, 0xfe, 0x61, 0], [0xfe, 0xff, 0, 0x61]]) {
      expect(await readText(file(utf16), 100)).toEqual({ problem: "not_utf8" });
    }
  });
});

test.each([
  ["Meeting notes", null, "Meeting notes.txt"],
  ["hello", "py", "hello.py"],
  ["a/b\\c:d", "md", "a b c d.md"],
  ["..", "c", "pad.c"],
  ["", null, "pad.txt"],
  ["…", "py", "pad.py"],
  ["Names, etc.", null, "Names, etc.txt"],
  ["main.rs", "rs", "main.rs"],
  ["x".repeat(200), null, `${"x".repeat(60)}.txt`],
])("the pad %j with the extension %j is saved as %j", (title, extension, name) => {
  expect(fileName(title, extension)).toBe(name);
});

test.each([
  ["", "pad-id", "pad-id"],
  ["\n\n  \n", "pad-id", "pad-id"],
  ["# Shopping\n* milk", "id", "Shopping"],
  ["// main.c - the start\nint x;", "id", "main.c - the start"],
  ["<!-- note -->", "id", "note -->"],
  ["- [x] send it\n- [ ] more", "id", "send it"],
  ["[xy] is no task", "id", "xy] is no task"],
  ["![A cat](/image/x)\n", "id", "A cat"],
  ["![](/image/x)\nwords", "id", "words"],
  ["# See [this](https://a.example/b) and (that)", "id", "See this and (that)"],
  ["---\ntags: a\ntitle: 'The minutes'\n---\n# Other", "id", "The minutes"],
  ["---\ntags: a\n---\n# Other", "id", "Other"],
  ["---\ntitle: no end", "id", "title: no end"],
  [`${"😀".repeat(80)}`, "id", "😀".repeat(60)],
])("a pad that begins %j is called by it", (text, id, title) => {
  expect(titleOf(text, id)).toBe(title);
});
