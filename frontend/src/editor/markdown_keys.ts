/** The keys that other editors have for Markdown: bold, italic, a link. */

import { EditorSelection, type EditorState, Prec, type SelectionRange, type TransactionSpec } from "@codemirror/state";
import { type Command, keymap } from "@codemirror/view";

type Edit = Pick<TransactionSpec, "changes"> & { range: SelectionRange };

const ITALIC = 1;
const BOLD = 2;

/** Makes each selection, or the word at the caret, so; or no longer so. */
export const bold = toggle(BOLD);
export const italic = toggle(ITALIC);

function toggle(stars: typeof ITALIC | typeof BOLD): Command {
  return (view) => edit(view, (state, range) => toggled(state, inner(state, range), stars));
}

function edit({ state, dispatch }: Parameters<Command>[0], change: (state: EditorState, range: SelectionRange) => Edit): boolean {
  if (state.readOnly) return false;
  dispatch(state.update(state.changeByRange((range) => change(state, range)), { scrollIntoView: true, userEvent: "input" }));
  return true;
}

function toggled(state: EditorState, { from, to }: SelectionRange, stars: number): Edit {
  const around = Math.min(starsBefore(state, from), starsAfter(state, to));
  const isSo = stars === BOLD ? around >= 2 : around % 2 === 1;
  if (isSo) {
    const changes = [{ from: from - stars, to: from }, { from: to, to: to + stars }];
    return { changes, range: EditorSelection.range(from - stars, to - stars) };
  }
  const insert = "*".repeat(stars);
  return { changes: [{ from, insert }, { from: to, insert }], range: EditorSelection.range(from + stars, to + stars) };
}

/** What the marks go around: the word at the caret, or the selection without blanks and marks at its ends. */
function inner(state: EditorState, range: SelectionRange): SelectionRange {
  if (range.empty) return state.wordAt(range.head) ?? range;
  const text = state.sliceDoc(range.from, range.to);
  const from = range.from + /^[\s*]*/.exec(text)![0].length;
  if (from >= range.to) return range;
  let to = range.to;
  while (/[\s*]/.test(state.sliceDoc(to - 1, to))) to -= 1;
  return EditorSelection.range(from, to);
}

/** Three is as many as mean something. */
function starsBefore(state: EditorState, at: number): number {
  return /\**$/.exec(state.sliceDoc(Math.max(0, at - 3), at))![0].length;
}

function starsAfter(state: EditorState, at: number): number {
  return /^\**/.exec(state.sliceDoc(at, at + 3))![0].length;
}

/** Makes a link of what is selected. Without a selection its key is that of the palette. */
const linkOfSelection: Command = (view) => !view.state.selection.main.empty && link(view);

/** Makes the selection a link's text, or its address when it is one; the caret goes where the other belongs. */
export const link: Command = (view) =>
  edit(view, (state, { from, to }) => {
    const isAddress = /^(?:https?:\/\/|mailto:)\S+$/.test(state.sliceDoc(from, to));
    const [before, behind] = isAddress ? ["[](", ")"] : ["[", "]()"];
    const caret = isAddress || from === to ? from + 1 : to + 3;
    return { changes: [{ from, insert: before }, { from: to, insert: behind }], range: EditorSelection.cursor(caret) };
  });

/** Before the keys that CodeMirror has for all languages. */
export const markdownKeys = Prec.high(
  keymap.of([
    { key: "Mod-b", run: bold },
    { key: "Mod-i", run: italic },
    { key: "Mod-k", run: linkOfSelection },
  ]),
);
