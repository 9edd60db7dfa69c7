import { foldable, Language, LanguageSupport, syntaxTree } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import { Parser, type PartialParse, Tree } from "@lezer/common";
import { expect, test } from "vitest";
import { codeLanguage } from "./language_catalogue";
import { keepFolds } from "./kept_folds";

const TEXT = "function f() {\n  a();\n}\nfunction g() {\n  b();\n}\n";

/** The lines that can be folded, by number, with where that ends. */
function folds(state: EditorState): [line: number, to: number][] {
  return Array.from({ length: state.doc.lines }, (_, i) => state.doc.line(i + 1)).flatMap(({ number, from, to }) => {
    const range = foldable(state, from, to);
    return range ? [[number, range.to] as [number, number]] : [];
  });
}

test("a line whose tree is not there yet is folded as before, where it is now", async () => {
  const { language: javascript } = await codeLanguage("js")!.load();
  let isParsing = true;
  /** A parser that comes nowhere in the time it has. */
  const slow = (): PartialParse => {
    let isStopped = false;
    return { parsedPos: 0, stoppedAt: null, stopAt: () => void (isStopped = true), advance: () => (isStopped ? Tree.empty : null) };
  };
  class Now extends Parser {
    createParse(...args: Parameters<Parser["createParse"]>) {
      return isParsing ? javascript.parser.createParse(...args) : slow();
    }
  }
  const patient = new Language(javascript.data, new Now());
  let state = EditorState.create({ doc: TEXT, extensions: [new LanguageSupport(patient), keepFolds] });
  expect(folds(state)).toEqual([[1, 22], [4, 46]]);

  isParsing = false;
  state = state.update({ changes: { from: 0, insert: "// more\n" } }).state;
  expect(syntaxTree(state).length).toBe(0);
  expect(folds(state)).toEqual([[2, 30], [5, 54]]);
  state = state.update({ changes: { from: state.doc.length - 1, insert: " " } }).state;
  expect(folds(state)).toEqual([[2, 30], [5, 54]]);

  isParsing = true;
  state = state.update({ changes: { from: 8, to: 17 } }).state;
  expect(syntaxTree(state).length).toBe(state.doc.length);
  expect(folds(state).map(([line]) => line)).toEqual([2, 5]);
  state = state.update({ changes: { from: 0, to: state.doc.length, insert: "a;" } }).state;
  expect(folds(state)).toEqual([]);
});

test("another language knows nothing of what could be folded in the one before, nor does plain text", async () => {
  const colours = new Compartment();
  const javascript = await codeLanguage("js")!.load();
  let state = EditorState.create({ doc: TEXT, extensions: [colours.of(javascript), keepFolds] });
  expect(folds(state)).toHaveLength(2);
  state = state.update({ effects: colours.reconfigure([]) }).state;
  expect(folds(state)).toEqual([]);
});
