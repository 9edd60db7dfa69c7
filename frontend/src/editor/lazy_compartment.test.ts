// @vitest-environment happy-dom
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { beforeEach, expect, test } from "vitest";
import { isChunkMissing, loadChunk } from "../browser";
import { LazyCompartment } from "./lazy_compartment";

const size = (columns: number): Extension => EditorState.tabSize.of(columns);
const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

let compartment: LazyCompartment;
let view: EditorView;

beforeEach(() => {
  isChunkMissing.value = false;
  compartment = new LazyCompartment();
  view = new EditorView({ extensions: [compartment.extension, size(5)] });
});

test("what is wanted last counts, not what comes last", async () => {
  let arrive: (extension: Extension) => void = () => {};
  const slow = compartment.want(view, "slow", () => new Promise((resolve) => (arrive = resolve)));
  await compartment.want(view, "fast", () => Promise.resolve(size(2)));
  arrive(size(3));
  await slow;
  expect(view.state.tabSize).toBe(2);
});

test("nothing may be wanted again", async () => {
  await compartment.want(view, "some", () => Promise.resolve(size(2)));
  await compartment.want(view, null, gone);
  expect(view.state.tabSize).toBe(5);
});

test("what cannot be loaded takes the place of what was there, and is told", async () => {
  await compartment.want(view, "some", () => Promise.resolve(size(2)));
  expect(isChunkMissing.value).toBe(false);
  await compartment.want(view, "gone", gone);
  expect(view.state.tabSize).toBe(5);
  expect(isChunkMissing.value).toBe(true);
  expect(await loadChunk("gone", gone)).toBeNull();
});
