/**
 * Between the editor and the session: the user's transactions become edits,
 * others' edits become transactions that the user's undo does not touch.
 */

import { type Extension, Transaction } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import type { EditDetails, EditorPort, Session } from "../session";
import { setCarets, typists } from "./carets";
import { changesIn } from "./clean_input";
import { composedIn, composedLines, composing, endComposition } from "./composing";
import { offered } from "./offered";
import { isRemote, remote } from "./remote";

/** Tells the session of the user's edits and carets. */
export function sessionBinding(session: Session): Extension {
  return [composing, editListener(session)];
}

/** What a listener throws, CodeMirror would only log, and go on with an editor whose text the session does
 * not have: so the session is told. */
function editListener(session: Session): Extension {
  return EditorView.updateListener.of((update: ViewUpdate) => {
    const mine = update.transactions.filter((tr) => !isRemote(tr));
    try {
      for (const tr of mine) if (tr.docChanged) session.edit(changesIn(tr), detailsOf(tr));
    } catch (error) {
      return session.editFailed(error, update.state.doc.toString());
    }
    if (mine.some((tr) => tr.docChanged || tr.selection) || update.transactions.some(leavesCaret)) session.caretsMoved();
  });
}

/** True where others have put something in at our caret, which stays before it: the server moves it along. */
function leavesCaret(tr: Transaction): boolean {
  const isLeft = (at: number) => tr.changes.mapPos(at, 1) !== tr.changes.mapPos(at, -1);
  return isRemote(tr) && tr.startState.selection.ranges.some(({ anchor, head }) => isLeft(anchor) || isLeft(head));
}

function detailsOf(tr: Transaction): EditDetails {
  return { offered: tr.annotation(offered), composed: composedIn(tr) ?? undefined };
}

/** The editor as the session uses it. */
export function editorPortOf(view: EditorView): EditorPort {
  return {
    applyRemote(changes, carets, authors) {
      view.dispatch({
        changes: changes.map(({ from, to, insert }) => ({ from, to, insert })),
        effects: carets.size > 0 ? setCarets.of(carets) : [],
        annotations: [remote.of(true), typists.of(authors), Transaction.remote.of(true), Transaction.addToHistory.of(false)],
        filter: false,
      });
    },
    shown: () => view.state.doc,
    carets() {
      const ranges = view.state.selection.ranges;
      return {
        cursors: ranges.map((range) => range.head),
        selections: ranges.filter((range) => !range.empty).map(({ anchor, head }) => [anchor, head]),
      };
    },
    composing: () => composedLines(view),
    endComposition: () => endComposition(view),
  };
}
