// @vitest-environment happy-dom
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import { loadLanguage } from "./language_catalogue";
import { entryAt, outlineOf } from "./outline";

async function viewOf(language: string, doc: string): Promise<EditorView> {
  return new EditorView({ doc, extensions: (await loadLanguage(language)) ?? [] });
}

/** The outline as lines: each entry indented by its level. */
async function shown(language: string, doc: string): Promise<string> {
  const view = await viewOf(language, doc);
  const outline = await outlineOf(view);
  view.destroy();
  return outline!.map(({ words, level, line }) => `${line} ${" ".repeat(level - 1)}${words}`).join("\n");
}


test.each([
  ["markdown", "# A *b* `c`\n\ntext\n\nSetext\n======\n\n```js\nfunction f() {}\n# no\n```\n\n### [d](http://e.example) ##\n> ## quoted", "0 A b c\n4 Setext\n12   d\n13  quoted"],
  ["markdown", "---\ntitle: x\n---\n# one", "3 one"],
  ["markdown", "no headings", ""],
  ["python", "class A:\n    def f(self):\n        def g(): pass\n\n@deco\ndef h(a) -> int:\n    pass", "0 A\n1  f\n2   g\n5 h"],
  ["javascript", "function f() { function g() {} }\nclass A { #m() {} get x() { return 1; } }\nexport default class B {}", "0 f\n0  g\n1 A\n1  #m\n1  x\n2 B"],
  ["typescript", "interface I { a: number }\nenum E { A }\ntype T = I;\nasync function f(): Promise<void> {}", "0 I\n1 E\n2 T\n3 f"],
  ["java", "class A {\n  A() {}\n  List<B> f(int x) { return null; }\n}\ninterface I {}\nenum E { X }", "0 A\n1  A\n2  f\n4 I\n5 E"],
  ["c++", "namespace n {\nstruct S { int f() { return 1; } };\n}\nstd::string A::g(int x) {}\nFoo h() {}\nclass C {};", "0 n\n1  S\n1   f\n3 A::g\n4 h\n5 C"],
  ["rust", "fn f(a: u8) -> Foo {}\nstruct S { a: u8 }\nimpl S {\n  fn g() {}\n}\ntrait T {}\nenum E { A }", "0 f\n1 S\n2 S\n3  g\n5 T\n6 E"],
  ["go", "package p\nfunc f(a int) int { return 1 }\nfunc (s *S) g() {}\ntype S struct { a int }", "1 f\n2 g\n3 S"],
  ["php", "<?php\nfunction f() {}\nclass A {\n  function m() {}\n}\ninterface I {}", "1 f\n2 A\n3  m\n5 I"],
  ["plaintext", "def f(): pass", ""],
])("the outline of %s %j", async (language, doc, outline) => {
  // on a machine that is very busy a parser may be stopped before the end of even these, and goes on the next time
  await expect.poll(() => shown(language, doc), { timeout: 60_000 }).toBe(outline);
}, 90_000);

test("a long text is read to its end in slices, and not at all once it has changed", async () => {
  let ms = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (ms += 1)); // a slice ends, however quick the machine
  const view = await viewOf("python", "def f():\n    pass\n\n".repeat(500));
  const reading = outlineOf(view);
  view.dispatch({ changes: { from: 0, insert: "x" } });
  expect(await reading).toBe(null);
  expect((await outlineOf(view))!.length).toBeGreaterThan(490);
  const over = new AbortController();
  const stopped = outlineOf(view, over.signal);
  view.dispatch({ changes: { from: 0, insert: "y" } });
  over.abort();
  expect(await stopped).toBe(null);
  clock.mockRestore();
  view.destroy();
}, 60_000);

test("a line stands in the last entry that begins before it", async () => {
  const view = await viewOf("markdown", "text\n# a\n\n## b\ntext");
  const outline = (await outlineOf(view))!;
  expect([0, 1, 2, 3, 4].map((line) => entryAt(outline, line))).toEqual([-1, 0, 0, 1, 1]);
  view.destroy();
});
