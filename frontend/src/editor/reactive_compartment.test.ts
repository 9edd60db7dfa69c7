// @vitest-environment happy-dom
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { ReactiveCompartment } from "./reactive_compartment";

test("follows its own signals, and regression: not those that the editor's listeners read", () => {
  const [tabSize, others] = [signal(4), signal(0)];
  const read = vi.fn(() => EditorState.tabSize.of(tabSize.value));
  const compartment = new ReactiveCompartment(read);
  const listener = EditorView.updateListener.of(() => void others.value);
  const view = new EditorView({ extensions: [compartment.extension, listener] });
  compartment.follow(view);
  tabSize.value = 8;
  expect(view.state.tabSize).toBe(8);
  const reads = read.mock.calls.length;
  others.value = 1;
  expect(read).toHaveBeenCalledTimes(reads);
  view.destroy();
});
