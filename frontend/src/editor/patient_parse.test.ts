import { ensureSyntaxTree, LanguageSupport } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { type Input, type Parser, type PartialParse, Tree } from "@lezer/common";
import { expect, test, vi } from "vitest";
import { log } from "../browser";
import { BlankingInput } from "./blanking_input";
import { BoundedParser, bounded } from "./bounded_language";
import { codeLanguage } from "./language_catalogue";
import { withSmallBuffers } from "./small_buffers";
import { CHANGING_MS, MOST_UNITS, PatientParse, ReadTooFar, STEPS_PER_LOOK } from "./patient_parse";

const OPEN = `/*\n${"let a;\n".repeat(30_000)}`;

/** JavaScript whose parser goes by that clock, and the units that it read. */
async function javascript(clock: () => number): Promise<{ support: LanguageSupport; read: () => number }> {
  const loaded = await codeLanguage("js")!.load();
  const language = withSmallBuffers(loaded.language);
  const support = new LanguageSupport(language, loaded.support);
  let units = 0;
  const inner = language.parser;
  const counted = (input: Input): Input => ({
    length: input.length,
    lineChunks: input.lineChunks,
    chunk(from) {
      const chunk = input.chunk(from);
      units += chunk.length;
      return chunk;
    },
    read: (from, to) => input.read(from, to),
  });
  const counting = Object.create(inner, {
    createParse: { value: (input: Input, ...rest: [never, never]) => inner.createParse(counted(input), ...rest) },
  }) as Parser;
  Object.defineProperty(language, "parser", { value: counting });
  Object.defineProperty(language, "configure", { value: () => language }); // it has small buffers already
  return { support: bounded(support, clock), read: () => units };
}

test("a key in a comment without end does not read on to the end of the text, and what is parsed is there once the keys rest", async () => {
  const failed = vi.spyOn(log, "error");
  let now = 0;
  const { support, read } = await javascript(() => now);
  let state = EditorState.create({ doc: OPEN.slice(1), extensions: support });
  ensureSyntaxTree(state, 4_000, 60_000);
  now += 10 * CHANGING_MS;
  state = state.update({ changes: { from: 0, insert: "/" } }).state;
  for (let i = 0; i < 10; i++) {
    const before = read();
    now += 30;
    state = state.update({ changes: { from: 4_000 + i, insert: "x" } }).state;
    ensureSyntaxTree(state, 5_000, 60_000); // does not wait for a clock that stands still
    // Once to find that it goes too far, and what was read before that.
    expect(read() - before).toBeLessThan(100_000);
  }
  now += CHANGING_MS;
  const tree = ensureSyntaxTree(state, 5_000, 60_000);
  const fresh = ensureSyntaxTree(EditorState.create({ doc: state.doc, extensions: support }), 5_000, 60_000);
  expect(String(tree)).toBe(String(fresh));
  expect(failed).not.toHaveBeenCalled();
});

test("a long comment that is closed is one, as it would be at once", async () => {
  let now = 0;
  const { support } = await javascript(() => now);
  let state = EditorState.create({ doc: `${OPEN}*/\nlet b;\n`, extensions: support });
  const whole = () => String(ensureSyntaxTree(state, state.doc.length, 60_000));
  expect(whole()).toBe("Script(BlockComment,VariableDeclaration(let,VariableDefinition,\";\"))");
  state = state.update({ changes: { from: 1_000, insert: "x" } }).state;
  now += CHANGING_MS;
  expect(whole()).toBe("Script(BlockComment,VariableDeclaration(let,VariableDefinition,\";\"))");
});

test("regression: to read the same again and again is not to read far", () => {
  const inner = { length: 1_000_000, lineChunks: false, chunk: (from: number) => "x".repeat(1_000 - (from % 1_000)), read: () => "" };
  const input = new BlankingInput(inner, [], 0, () => 0);
  input.beginStep(MOST_UNITS);
  for (let i = 0; i < 100; i++) expect(input.chunk(5_000).length).toBe(1_000);
  const rest = Array.from({ length: MOST_UNITS / 1_000 }, (_, i) => 6_000 + 1_000 * i);
  const last = rest.pop()!;
  for (const at of rest) input.chunk(at);
  expect(() => input.chunk(last)).toThrow(ReadTooFar);
});

test("regression: to use a node again is not to read it", async () => {
  let now = 0;
  const { support, read } = await javascript(() => now);
  let state = EditorState.create({ doc: "function f(a) {\n  return [a, 1];\n}\n".repeat(6_000), extensions: support });
  ensureSyntaxTree(state, state.doc.length, 60_000);
  now += 10 * CHANGING_MS;
  for (const at of [16, 100_000, 200_000]) {
    const before = read();
    state = state.update({ changes: { from: at, insert: "x" } }).state;
    expect(ensureSyntaxTree(state, state.doc.length, 60_000)?.length).toBe(state.doc.length);
    expect(read() - before).toBeLessThan(4_000);
  }
});

test("whoever stops a parse where it is gets its tree, however far that reads", () => {
  let mostUnits = 0;
  const beginStep = (units: number) => void (mostUnits = units);
  const input = { beginStep, changingUntilMs: CHANGING_MS, stepUnits: 0, length: 1_000_000, lineChunks: false, chunk: () => "", read: () => "" };
  const parse: PartialParse = {
    parsedPos: 100,
    stoppedAt: null,
    stopAt: () => {},
    advance() {
      if (mostUnits < 1_000_000) throw new ReadTooFar();
      return Tree.empty;
    },
  };
  const patient = new PatientParse(() => parse, input, () => 0);
  expect(patient.advance()).toBe(null);
  patient.stopAt(100);
  expect(patient.advance()).toBe(Tree.empty);
});

test("steps are taken together while they are short", () => {
  let steps = 0;
  const input = { beginStep: () => void steps++, changingUntilMs: 0, stepUnits: 0, length: 1_000_000, lineChunks: false, chunk: () => "", read: () => "" };
  const parse: PartialParse = { parsedPos: 0, stoppedAt: null, stopAt: () => {}, advance: () => null };
  const patient = new PatientParse(() => parse, input, () => 0, STEPS_PER_LOOK);
  patient.advance();
  expect(steps).toBe(STEPS_PER_LOOK);
  input.stepUnits = 10_000;
  patient.advance();
  expect(steps).toBe(STEPS_PER_LOOK + 1);
  input.stepUnits = 0;
  patient.stopAt(0);
  patient.advance();
  expect(steps).toBe(STEPS_PER_LOOK + 2);
});

test("a text that is opened is read at once", async () => {
  const { support } = await javascript(() => 0);
  const parser = support.language.parser as BoundedParser;
  expect(parser.parse(OPEN).length).toBe(OPEN.length);
});
