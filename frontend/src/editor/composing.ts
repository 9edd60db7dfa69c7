/**
 * Text that is composed with an input method: where it stands, and where others must not change anything meanwhile,
 * since the browser and the input method go by that line's elements as they are (session/painter.ts).
 */

import { type EditorState, type Extension, StateField, type Transaction } from "@codemirror/state";
import { EditorView, ViewPlugin } from "@codemirror/view";
import type { Change } from "../kernel";
import { changesIn } from "./clean_input";
import { isRemote } from "./remote";

interface Span {
  from: number;
  to: number;
}

/** The browser has told of the last change that a composition makes this long after its end. */
const SETTLED_AFTER_MS = 50;

/** The text of the last composition as far as it is composed; null: something else was typed since. */
const composedText = StateField.define<Span | null>({
  create: () => null,
  update(value, tr) {
    if (!tr.docChanged) return value;
    if (isRemote(tr)) return value && { from: tr.changes.mapPos(value.from, -1), to: tr.changes.mapPos(value.to, 1) };
    const whole = wholeOf(tr, value);
    return whole && { from: whole.from, to: whole.from + whole.insert.length };
  },
});

/** Knows when the last composition ended, on the clock of performance.now(). */
class LastComposition {
  endedAtMs = -Infinity;
}

const lastComposition = ViewPlugin.fromClass(LastComposition, {
  eventObservers: {
    compositionend() {
      this.endedAtMs = performance.now();
    },
  },
});

/** Needed for what follows. */
export const composing: Extension = [composedText, lastComposition];

/** The change that a composition makes, with all that is composed, where the transaction may have only what is new
 * in it; null for any other transaction. */
export function composedIn(tr: Transaction): Change | null {
  return wholeOf(tr, tr.startState.field(composedText));
}

function wholeOf(tr: Transaction, before: Span | null): Change | null {
  if (!tr.docChanged || !tr.isUserEvent("input.type.compose")) return null;
  const [change, ...more] = changesIn(tr);
  if (!change || more.length > 0) return null;
  const { from, to } = before && !tr.isUserEvent("input.type.compose.start") ? before : change;
  const all = { from: Math.min(from, change.from), to: Math.max(to, change.to) };
  return { ...all, insert: tr.newDoc.sliceString(all.from, all.to + tr.newDoc.length - tr.startState.doc.length) };
}

/** The lines in which a composition is underway that has changed something; null when there is none. */
export function composedLines(view: EditorView): Span | null {
  const endedAtMs = view.plugin(lastComposition)?.endedAtMs ?? -Infinity;
  const isSettled = performance.now() - endedAtMs >= SETTLED_AFTER_MS;
  // Not all browsers tell CodeMirror of every end; without the focus nothing is composed.
  const isUnderway = view.composing && hasFocus(view);
  return isUnderway || !isSettled ? linesOfCaret(view.state) : null;
}

function linesOfCaret({ doc, selection: { main } }: EditorState): Span {
  return { from: doc.lineAt(main.from).from, to: doc.lineAt(main.to).to };
}

/** Ends the composition: the browser leaves the text as far as it is composed, and tells the input method. */
export function endComposition(view: EditorView): void {
  if (!hasFocus(view)) return;
  view.contentDOM.blur();
  view.focus();
}

/** Whether or not the window has it. */
function hasFocus({ root, contentDOM }: EditorView): boolean {
  return root.activeElement === contentDOM;
}
