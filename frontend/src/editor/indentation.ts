/** Reads from a text how it is indented. */

import type { Extension } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";

/** The indentation of a text. */
export interface Indentation {
  /** By tab characters, not spaces. */
  tabs: boolean;
  /** Columns of a step. It means nothing with tabs, whose width is up to the reader. */
  size: number;
}

const STEPS = new Set([2, 3, 4, 8]);
/** Fewer steps than these may be chance. */
const LEAST_STEPS = 2;
const LOOKED_AT_UNITS = 20_000;
/** An insert as long as this was not typed: a text has come in. */
const ARRIVED_UNITS = 60;

/** The indentation of that text; null when it does not tell. The steps inwards from
 * one line to the next are counted, since a line may stand at any depth. */
export function indentationOf(text: string): Indentation | null {
  const votes = new Map<number, number>();
  const TABS = 0;
  let before = 0;
  for (const line of text.split("\n")) {
    const indent = /^[\t ]*/.exec(line)![0];
    if (indent.length === line.length) continue;
    const isByTabs = indent.startsWith("\t");
    const step = isByTabs ? TABS : indent.length - before;
    if (isByTabs || STEPS.has(step)) votes.set(step, (votes.get(step) ?? 0) + 1);
    before = isByTabs ? 0 : indent.length;
  }
  const [step, count] = [...votes].sort(([, a], [, b]) => b - a)[0] ?? [TABS, 0];
  if (count < LEAST_STEPS) return null;
  return { tabs: step === TABS, size: step };
}

/** Calls `found` whenever a text comes in: at the start, pasted, opened from disk. */
export function watchIndentation(found: (indentation: Indentation | null) => void): Extension {
  return EditorView.updateListener.of((update) => {
    if (hasArrived(update)) found(indentationOf(update.state.sliceDoc(0, LOOKED_AT_UNITS)));
  });
}

function hasArrived({ docChanged, changes }: ViewUpdate): boolean {
  let longest = 0;
  if (docChanged) changes.iterChanges((_fromA, _toA, from, to) => (longest = Math.max(longest, to - from)));
  return longest >= ARRIVED_UNITS;
}
