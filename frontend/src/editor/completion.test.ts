// @vitest-environment happy-dom
import { completionStatus } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import { complete, completion } from "./completion";

test("the language is asked for its words when somebody asks, and not at each change before", () => {
  const words = vi.fn(() => [{ autocomplete: () => ({ from: 0, options: [{ label: "text" }] }) }]);
  const view = new EditorView({ doc: "te", extensions: [completion, EditorState.languageData.of(words)] });
  view.dispatch({ changes: { from: 0, insert: "a" } });
  expect(words).not.toHaveBeenCalled();
  expect(completionStatus(view.state)).toBe(null);

  expect(complete(view)).toBe(true);
  expect(words).toHaveBeenCalled();
  expect(completionStatus(view.state)).toBe("pending");
  // Again: it is there already.
  expect(complete(view)).toBe(true);
});
