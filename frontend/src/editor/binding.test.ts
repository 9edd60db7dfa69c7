// @vitest-environment happy-dom
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import type { Session } from "../session";
import { sessionBinding } from "./binding";

test("regression: a session that cannot take an edit is told what the editor shows", () => {
  const trouble = new Error("does not fit");
  const session = { edit: vi.fn(), caretsMoved: vi.fn(), editFailed: vi.fn() };
  const view = new EditorView({ doc: "ab", extensions: sessionBinding(session as unknown as Session) });
  view.dispatch({ changes: { from: 2, insert: "c" } });
  expect(session.edit).toHaveBeenCalledWith([{ from: 2, to: 2, insert: "c" }], {});
  expect(session.editFailed).not.toHaveBeenCalled();
  session.edit.mockImplementation(() => { throw trouble; });
  view.dispatch({ changes: { from: 3, insert: "d" } });
  expect(session.editFailed).toHaveBeenCalledWith(trouble, "abcd");
  view.destroy();
});
