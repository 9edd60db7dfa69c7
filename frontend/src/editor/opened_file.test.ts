// @vitest-environment happy-dom
import { history, redo, undo } from "@codemirror/commands";
import { EditorView } from "@codemirror/view";
import { beforeEach, expect, test } from "vitest";
import { type FileForm, rememberedFile, rememberFile } from "../browser";
import { openedFile, rememberOpened } from "./opened_file";

beforeEach(() => localStorage.clear());

const file = (name: string): FileForm => ({ name, lineEnd: "\r\n", bom: false });
const name = () => rememberedFile("pad")?.name ?? null;

test("which file became the text is undone and done again with the text", () => {
  const view = new EditorView({ doc: "notes", extensions: [history(), rememberOpened("pad")] });
  const open = (text: string, form: FileForm | null) =>
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, effects: openedFile.of(form), userEvent: "a" });
  open("echo", file("script.bat"));
  expect(name()).toBe("script.bat");
  view.dispatch({ changes: { from: 0, insert: "typed " }, userEvent: "b" });
  expect(name()).toBe("script.bat");
  undo(view);
  undo(view);
  expect([view.state.doc.toString(), name()]).toEqual(["notes", null]);
  redo(view);
  expect([view.state.doc.toString(), name()]).toEqual(["echo", "script.bat"]);
  rememberFile("other", file("other.txt"));
  open("# Sample", null);
  expect(name()).toBeNull();
  undo(view);
  expect(name()).toBe("script.bat");
  expect(rememberedFile("other")?.name).toBe("other.txt");
  view.destroy();
});
