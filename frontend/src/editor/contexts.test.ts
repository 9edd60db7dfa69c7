import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { pythonLanguage } from "@codemirror/lang-python";
import { expect, test, vi } from "vitest";
import { bounded } from "./bounded_language";
import { contextsOf } from "./contexts";
import { codeLanguage } from "./language_catalogue";

test.each(["(\n", "[", "{a:\n"])("%j in each other many thousand times: keys are typed, and the text is parsed", async (open) => {
  vi.spyOn(console, "error").mockImplementation(() => {}); // the parser itself may reach the end of the stack, before it is compiled
  const extensions = bounded(await codeLanguage("python")!.load(), () => 0);
  const parsed = (state: EditorState) => ensureSyntaxTree(state, state.doc.length, 60_000)?.length;
  const lines = (piece: string) => piece.repeat(3_000).replace(/.{4000}/g, "$&\n");
  let state = EditorState.create({ doc: `${lines(open)}\ndef f():\n    pass\n`, extensions });
  expect(parsed(state)).toBe(state.doc.length);
  for (const letter of ["x", ")", "\n", "#"]) {
    state = state.update({ changes: { from: 2_000, insert: letter } }).state;
    expect(state.doc.sliceString(2_000, 2_001)).toBe(letter);
    expect(parsed(state)).toBe(state.doc.length);
  }
  vi.restoreAllMocks();
});

test("of a tree that is too deep nothing is used again", () => {
  const look = contextsOf(pythonLanguage.parser)!;
  const deep = "[".repeat(100_000);
  const tree = pythonLanguage.parser.parse(`a = 1\n${deep}`);
  expect(() => look(tree)).not.toThrow();
});
