// @vitest-environment happy-dom
import { EditorSelection, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { bullet, heading, task } from "./line_marks";

const COMMANDS = { heading, bullet, task };

/** What becomes of a text in which "|" stands for the caret, or for both ends of a selection. */
function after(command: keyof typeof COMMANDS, marked: string, isReadOnly = false): string {
  const doc = marked.replaceAll("|", "");
  const [anchor, head] = [marked.indexOf("|"), marked.lastIndexOf("|")];
  const selection = EditorSelection.single(anchor, head > anchor ? head - 1 : anchor);
  const view = new EditorView({ state: EditorState.create({ doc, selection, extensions: EditorState.readOnly.of(isReadOnly) }) });
  COMMANDS[command](view);
  const { from, to } = view.state.selection.main;
  const text = view.state.doc.toString();
  return `${text.slice(0, from)}|${from < to ? `${text.slice(from, to)}|` : ""}${text.slice(to)}`;
}

test.each([
  ["heading", "|title", "# |title"],
  ["heading", "# ti|tle", "## ti|tle"],
  ["heading", "## title|", "### title|"],
  ["heading", "### title|", "title|"],
  ["heading", "###### title|", "title|"],
  ["heading", "#tag|", "# #tag|"],
  ["heading", "|", "# |"],
  ["bullet", "one|", "- one|"],
  ["bullet", "- one|", "one|"],
  ["bullet", "  12. one|", "  one|"],
  ["bullet", "- [x] one|", "- one|"],
  ["bullet", "> one|", "> - one|"],
  ["bullet", "|one\n\ntwo|", "- |one\n- \n- two|"],
  ["task", "one|", "- [ ] one|"],
  ["task", "* one|", "- [ ] one|"],
  ["task", "- [x] one|", "one|"],
  ["task", "|one\n- two|\nthree", "- [ ] |one\n- [ ] two|\nthree"],
] as const)("%s makes %j %j", (command, before, expected) => expect(after(command, before)).toBe(expected));

test("a text that may only be read stays", () => expect(after("task", "one|", true)).toBe("one|"));
