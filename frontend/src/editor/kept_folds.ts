/**
 * What can be folded stays so until it is known anew.
 *
 * A key or a delivery leaves the parser a few milliseconds, which on a slow machine do not suffice for all that is in view; the rest is
 * parsed when nobody types. Without its tree a line cannot be folded, so the signs beside the lines below came and went many times a
 * second while others typed. Until there is a tree a line is folded as it was, moved by what has changed since.
 */

import { foldable, foldService, language, syntaxTree } from "@codemirror/language";
import { type ChangeDesc, type EditorState, type Extension, StateField } from "@codemirror/state";

interface Range {
  from: number;
  to: number;
}

/** So many ranges are remembered, which is more than are in view; then it begins anew. */
const MOST_RANGES = 500;

/** What was found. The service fills it in, for the state that it belongs to. */
const found = StateField.define<Set<Range>>({
  create: () => new Set(),
  update(ranges, tr) {
    if (tr.startState.facet(language) !== tr.state.facet(language)) return new Set();
    return tr.docChanged ? moved(ranges, tr.changes) : ranges;
  },
});

function moved(ranges: ReadonlySet<Range>, changes: ChangeDesc): Set<Range> {
  return new Set([...ranges].map(({ from, to }) => ({ from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) })));
}

/** That of the line from there to there. */
function ofLine(ranges: ReadonlySet<Range>, from: number, to: number): Range | null {
  for (const range of ranges) if (range.from >= from && range.from <= to && range.to > to) return range;
  return null;
}

/** True while the service asks CodeMirror, which asks the service. */
let isAsking = false;

function asTreeTells(state: EditorState, from: number, to: number): Range | null {
  isAsking = true;
  try {
    return foldable(state, from, to);
  } finally {
    isAsking = false;
  }
}

/** The range to fold in the line from there to there; null: there is none, or the tree tells. */
function kept(state: EditorState, from: number, to: number): Range | null {
  if (isAsking) return null;
  const ranges = state.field(found);
  const before = ofLine(ranges, from, to);
  if (syntaxTree(state).length < to) return before;
  const range = asTreeTells(state, from, to);
  if (before) ranges.delete(before);
  if (ranges.size >= MOST_RANGES) ranges.clear();
  if (range) ranges.add(range);
  return range;
}

export const keepFolds: Extension = [found, foldService.of(kept)];
