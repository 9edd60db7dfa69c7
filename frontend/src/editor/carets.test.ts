// @vitest-environment happy-dom
/** Where the carets of others are while the text changes: where their owners see them. */

import { EditorSelection, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { expect, test, vi } from "vitest";
import type { Session } from "../session";
import { editorPortOf, sessionBinding } from "./binding";
import { type Carets, caretsIn, remoteCarets, setCarets, typists } from "./carets";

const OWNER = 1;
const OTHER = 2;

test.each([
  ["a caret where something is put in", [3, 3], { from: 3, insert: "new" }, [3, 3]],
  ["a caret behind it", [4, 4], { from: 3, insert: "new" }, [7, 7]],
  ["a caret in what is replaced", [4, 4], { from: 3, to: 5, insert: "new" }, [3, 3]],
  ["a selection at whose beginning something is put in", [3, 5], { from: 3, insert: "new" }, [6, 8]],
  ["a selection at whose end something is put in", [3, 5], { from: 5, insert: "new" }, [3, 5]],
  ["the same from right to left", [5, 3], { from: 5, insert: "new" }, [5, 3]],
  ["a selection that is deleted", [3, 5], { from: 2, to: 6 }, [2, 2]],
  ["a selection that is replaced", [3, 5], { from: 3, to: 5, insert: "new" }, [3, 6]],
] as [string, [number, number], { from: number; to?: number; insert?: string }, [number, number]][])("%s is shown where its owner's editor has it", (_, [anchor, head], changes, [anchorAfter, headAfter]) => {
  const selection = EditorSelection.single(anchor, head);
  const own = EditorState.create({ doc: "0123456789", selection }).update({ changes }).state.selection.main;
  expect([own.anchor, own.head]).toEqual([anchorAfter, headAfter]);

  const shown: Carets = { cursors: [head], selections: anchor === head ? [] : [[anchor, head]] };
  let { state } = EditorState.create({ doc: "0123456789", extensions: remoteCarets(new Map()) }).update({ effects: setCarets.of(new Map([[OWNER, shown]])) });
  state = state.update({ changes, annotations: typists.of(new Set([OTHER])) }).state;
  const carets = caretsIn(state).get(OWNER)!;
  expect(carets).toEqual({ cursors: [headAfter], selections: anchor === head ? [] : [[anchorAfter, headAfter]] });
});

test("what its owner types pushes a caret along", () => {
  let { state } = EditorState.create({ doc: "ab", extensions: remoteCarets(new Map()) }).update({ effects: setCarets.of(new Map([[OWNER, { cursors: [1], selections: [] }]])) });
  state = state.update({ changes: { from: 1, insert: "c" }, annotations: typists.of(new Set([OWNER])) }).state;
  expect(caretsIn(state).get(OWNER)!.cursors).toEqual([2]);
});

test("the server is told where our caret is when somebody has typed there, and not else", () => {
  const session = { caretsMoved: vi.fn<() => void>(), edit() {} };
  const view = new EditorView({ doc: "0123456789", selection: { anchor: 3 }, extensions: [sessionBinding(session as unknown as Session), remoteCarets(new Map())] });
  const port = editorPortOf(view);
  const hear = (from: number, to: number, insert: string) => port.applyRemote([{ from, to, insert }], new Map(), new Set([OTHER]));
  hear(4, 4, "elsewhere");
  hear(0, 1, "");
  expect(session.caretsMoved).not.toHaveBeenCalled();
  hear(2, 2, "here");
  expect(session.caretsMoved).toHaveBeenCalledOnce();
  expect(view.state.selection.main.head).toBe(2);
  hear(3, 3, "more");
  expect(session.caretsMoved).toHaveBeenCalledOnce();
});
