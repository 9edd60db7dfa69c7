import { ensureSyntaxTree, LanguageSupport, StreamLanguage } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { expect, test, vi } from "vitest";
import { bounded } from "./bounded_language";
import { codeLanguage } from "./language_catalogue";
import { CHANGING_MS, MOST_MS } from "./patient_parse";
import { endable, StepOver, withEndableSteps } from "./step_end";

/** A language whose parser takes so many milliseconds for each letter. */
function slow(costMs: number) {
  const clock = { now: 0, tokens: 0 };
  const language = StreamLanguage.define({
    token(stream) {
      clock.tokens += 1;
      clock.now += costMs;
      stream.next();
      return "keyword";
    },
  });
  return { clock, support: withEndableSteps(new LanguageSupport(language)) };
}

const LINES = `${"a".repeat(1_000)}\n`.repeat(20);

test("a step is ended between two letters, and only as long as somebody asks", () => {
  const { clock, support } = slow(1);
  const { parser } = support.language;
  expect(() => endable(() => clock.tokens > 100, () => parser.parse(LINES))).toThrow(StepOver);
  expect(clock.tokens).toBeLessThan(100 + 20);
  expect(parser.parse(LINES).length).toBe(LINES.length);
});

test("steps within others end with these, too", () => {
  const { clock, support } = slow(1);
  const inner = () => endable(() => false, () => support.language.parser.parse(LINES));
  expect(() => endable(() => clock.tokens > 100, inner)).toThrow(StepOver);
});

test("while keys come a line takes a few milliseconds of each, and all of it is parsed once they rest", () => {
  const { clock, support } = slow(0.1); // 100 ms for a line
  let state = EditorState.create({ doc: LINES, extensions: bounded(support, () => clock.now) });
  ensureSyntaxTree(state, LINES.length, 60_000);
  clock.now += 10_000;
  for (let key = 0; key < 5; key++) {
    const beganMs = clock.now;
    state = state.update({ changes: { from: 500 + key, insert: "b" } }).state;
    ensureSyntaxTree(state, 2_000, 1);
    expect(clock.now - beganMs).toBeLessThan(3 * MOST_MS);
  }
  clock.now += CHANGING_MS;
  expect(ensureSyntaxTree(state, state.doc.length, 60_000)?.length).toBe(state.doc.length);
});

test("a line that takes seconds is given up, and so is the text for a while", () => {
  const failed = vi.spyOn(console, "error");
  const { clock, support } = slow(5); // 5 s for a line
  const { parser } = bounded(support, () => clock.now).language;
  expect(parser.parse(LINES).length).toBe(LINES.length);
  expect(clock.now).toBeLessThan(300);
  expect(failed).not.toHaveBeenCalled();
  failed.mockRestore();
});

test.each([
  ["shell", '"$(\n'],
  ["erlang", "[\n"],
  ["crystal", '"#{\n'],
  ["julia", "(\n"],
])("a text in which very much is open is given up, not copied for each of its parts (%s)", async (id, open) => {
  const { parser } = bounded(await codeLanguage(id)!.load()).language;
  expect(parser.parse(open.repeat(200)).type.isTop).toBe(true);
  expect(parser.parse(open.repeat(20_000)).type.isTop).toBe(false);
});

test("languages of the catalogue are such, for pads and for blocks of Markdown", async () => {
  const { language } = await codeLanguage("mathematica")!.load();
  let looks = 0;
  expect(() => endable(() => ++looks > 3, () => language.parser.parse("_".repeat(200)))).toThrow(StepOver);
});
