// @vitest-environment happy-dom
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { beforeEach, expect, test } from "vitest";
import { isPartMissing, LoadedPart, loadPart } from "./parts";

const size = (columns: number): Extension => EditorState.tabSize.of(columns);
const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

let part: LoadedPart;
let view: EditorView;

beforeEach(() => {
  isPartMissing.value = false;
  part = new LoadedPart();
  view = new EditorView({ extensions: [part.extension, size(5)] });
});

test("what is wanted last counts, not what comes last", async () => {
  let arrive: (extension: Extension) => void = () => {};
  const slow = part.want(view, "slow", () => new Promise((resolve) => (arrive = resolve)));
  await part.want(view, "fast", () => Promise.resolve(size(2)));
  arrive(size(3));
  await slow;
  expect(view.state.tabSize).toBe(2);
});

test("nothing may be wanted again", async () => {
  await part.want(view, "some", () => Promise.resolve(size(2)));
  await part.want(view, null, gone);
  expect(view.state.tabSize).toBe(5);
});

test("what cannot be loaded takes the place of what was there, and is told", async () => {
  await part.want(view, "some", () => Promise.resolve(size(2)));
  expect(isPartMissing.value).toBe(false);
  await part.want(view, "gone", gone);
  expect(view.state.tabSize).toBe(5);
  expect(isPartMissing.value).toBe(true);
  expect(await loadPart("gone", gone)).toBeNull();
});
