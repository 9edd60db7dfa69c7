// @vitest-environment happy-dom
import { history, redo, undo } from "@codemirror/commands";
import { EditorSelection, EditorState, Transaction } from "@codemirror/state";
import { EditorView, runScopeHandlers } from "@codemirror/view";
import { expect, test } from "vitest";
import { markdownKeys } from "./markdown_keys";
import { offered } from "./offered";
import { tickTask } from "./tasks";

/** A view of a text in which "|" and "<", ">" stand for a caret and a selection. */
function viewOf(marked: string): EditorView {
  const doc = marked.replace(/[|<>]/g, "");
  const from = marked.search(/[|<]/);
  const to = marked.includes(">") ? marked.indexOf(">") - 1 : from;
  return new EditorView({ state: EditorState.create({ doc, selection: EditorSelection.range(from, to), extensions: markdownKeys }) });
}

function press(view: EditorView, key: string): string {
  runScopeHandlers(view, new KeyboardEvent("keydown", { key, ctrlKey: true }), "editor");
  const { from, to, empty } = view.state.selection.main;
  const text = view.state.doc.toString();
  return `${text.slice(0, from)}${empty ? "|" : `<${text.slice(from, to)}>`}${text.slice(to)}`;
}

test.each([
  ["b", "a <word> b", "a **<word>** b"],
  ["b", "a **<word>** b", "a <word> b"],
  ["b", "a <**word**> b", "a <word> b"],
  ["b", "a wo|rd b", "a **<word>** b"],
  ["b", "a < word >b", "a  **<word>** b"],
  ["b", "|", "**|**"],
  ["b", "*<word>*", "***<word>***"],
  ["b", "***<word>***", "*<word>*"],
  ["i", "<word>", "*<word>*"],
  ["i", "*<word>*", "<word>"],
  ["i", "**<word>**", "***<word>***"],
  ["i", "***<word>***", "**<word>**"],
  ["k", "a <word> b", "a [word](|) b"],
  ["k", "<https://a.example>", "[|](https://a.example)"],
  ["k", "a| word", "a| word"],
])("Ctrl+%s makes %j %j", (key, before, after) => expect(press(viewOf(before), key)).toBe(after));

test.each([
  ["- [ ] a", true, "- [x] a"],
  ["> 1. - [X] a", false, "> 1. - [ ] a"],
  ["  [ ] a", true, "  [x] a"],
  ["- [x] a", true, "- [x] a"],
  ["- a [ ] b", true, null],
  ["- [ ]b", true, null],
])("the task in %j, done: %j, is %j", (text, isDone, after) => {
  const view = new EditorView({ doc: `first\n${text}` });
  expect(tickTask(view, 1, isDone, true)).toBe(after === null ? "impossible" : "done");
  expect(view.state.doc.line(2).text).toBe(after ?? text);
});

test("a task is ticked again, wherever it has moved meanwhile, and that goes with the last tick until the server has it", () => {
  const ends: (string | undefined)[] = [];
  const watched = EditorView.updateListener.of(({ transactions }) => ends.push(...transactions.map((tr) => tr.annotation(offered)?.ends)));
  const view = new EditorView({ doc: "- [ ] a\n- [ ] b\n- [ ] c", extensions: [watched] });
  expect(tickTask(view, 0, true, true)).toBe("done");
  expect(tickTask(view, 1, true, false)).toBe("done");
  view.dispatch({ changes: { from: 0, insert: "new\n" } });
  expect([1, 2, 3].map((line) => tickTask(view, line, line === 3, false))).toEqual(["done", "done", "done"]);
  expect(view.state.doc.toString()).toBe("new\n- [ ] a\n- [ ] b\n- [x] c");
  expect(tickTask(view, 1, true, true)).toBe("done");
  expect(tickTask(view, 2, true, false)).toBe("done"); // it was saved with the others
  expect(ends).toEqual(["when_made", "when_made", undefined, "when_touched", "when_touched", "when_made", "when_made", "when_made"]);
});

test("a task in which two have met waits until that is settled, and nobody takes two marks for one", () => {
  const view = new EditorView({ doc: "- [ ] a\n- [xx] b" });
  tickTask(view, 0, true, true);
  view.dispatch({ changes: { from: 3, insert: "x" } });
  expect(tickTask(view, 0, false, false)).toBe("waits");
  expect(tickTask(view, 1, false, false)).toBe("impossible");
  view.dispatch({ changes: { from: 3, to: 4 } });
  expect(tickTask(view, 0, false, false)).toBe("done");
});

test("more ticks than are compared with those of others wait", () => {
  const view = new EditorView({ doc: "- [ ] a\n".repeat(200) });
  const ticks = Array.from({ length: 200 }, (_, line) => tickTask(view, line, true, false));
  expect(ticks.filter((it) => it === "done").length).toBe(100);
  expect(ticks.at(-1)).toBe("waits");
});

test("what undoes or redoes a tick goes where others change the same box, and nothing else that is undone does", () => {
  const ends: (string | undefined)[] = [];
  const watched = EditorView.updateListener.of(({ transactions }) => ends.push(...transactions.map((tr) => tr.annotation(offered)?.ends)));
  const view = new EditorView({ doc: "- [ ] a\n", extensions: [history(), watched] });
  tickTask(view, 0, true, true);
  undo(view);
  redo(view);
  view.dispatch({ changes: { from: 8, insert: "more" }, userEvent: "input" });
  undo(view);
  expect(ends).toEqual(["when_made", "when_touched", "when_touched", undefined, undefined]);
  // Where somebody else has changed the box since, there is nothing to undo.
  view.dispatch({ changes: { from: 3, to: 4, insert: " " }, annotations: Transaction.addToHistory.of(false) });
  undo(view);
  expect(ends.at(-1)).toBe("at_once");
});
