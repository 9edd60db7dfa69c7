/**
 * Bounds the parsing that stands between a change of the text and the screen.
 *
 * CodeMirror parses for up to 20 ms within each dispatch, to the end of the
 * text when it can, and for up to 100 ms on end when idle. While others write
 * all over a long program, next to nothing of the last tree can be used again,
 * so each of their edits and each key costs all of that. Here a dispatch parses
 * what is in view, for a few milliseconds, or for one when it changes many places;
 * what is beyond it, or does not fit, keeps its colours until the idle turns get
 * there, and those make way for a key in less time than one would notice, and are shorter
 * while the text changes. Never none: only a tree that was begun keeps the colours. See docs/decisions/054.
 */

import type { Plugin } from "vite";
import { amend } from "./amend.ts";

const DISPATCH_MS = 5;
/** For a change of many places at once: others are writing, and more is coming. */
const FLOOD_DISPATCH_MS = 1;
/** Two numbers for each stretch of the text, changed or not. */
const FLOOD_SECTIONS = 64;
const IDLE_TURN_MS = 25;
/** For so long after a change another one is likely. */
const CHANGING_MS = 500;
const TURN_WHILE_CHANGING_MS = 8;

/** Where the one that parses when idle hears of changes. */
const CHANGED = `if (update.docChanged || update.selectionSet) {
            if (this.view.hasFocus)
                this.chunkBudget +=`;

export function budgetParsing(): Plugin {
  return amend("parse_budget", /[\\/]@codemirror[\\/]language[\\/]dist[\\/]index\.js$/, [
    {
      before: `this.context.treeLen == tr.startState.doc.length ? undefined
            : Math.max(tr.changes.mapPos(this.context.treeLen), newCx.viewport.to);
        if (!newCx.work(20 /* Work.Apply */, upto))`,
      after: `newCx.viewport.to;
        if (!newCx.work(tr.changes.sections.length > ${FLOOD_SECTIONS} ? ${FLOOD_DISPATCH_MS} : ${DISPATCH_MS}, upto))`,
    },
    {
      before: "100 /* Work.Slice */",
      after: `(Date.now() - this.changedAt < ${CHANGING_MS} ? ${TURN_WHILE_CHANGING_MS} : ${IDLE_TURN_MS})`,
    },
    { before: CHANGED, after: `if (update.docChanged) this.changedAt = Date.now();\n        ${CHANGED}` },
  ]);
}
