/**
 * Lines that are too long for a parser and for colours. Minified code, data and
 * floods of characters come in lines of any length; parsers of lines may take the square
 * of it, and so do browsers that lay out a line of many spans.
 */

import type { Text } from "@codemirror/state";

/** A longer line is not read by parsers: to them it is blank. */
export const LONGEST_LINE_UNITS = 5_000;

/** The place of a line. */
export interface LineRange {
  from: number;
  to: number;
}

const known = new WeakMap<Text, readonly LineRange[]>();

/** The lines of a text that are too long, in order. Costs the long lines and not the others. */
export function longLines(doc: Text): readonly LineRange[] {
  let found = known.get(doc);
  if (!found) {
    found = Array.from(linesOver(LONGEST_LINE_UNITS, doc));
    known.set(doc, found);
  }
  return found;
}

/** The lines that are longer than that, in a text or in a part of the tree that is one, which holds whole lines. */
export function* linesOver(units: number, part: Text, from = 0): Generator<LineRange> {
  if (part.length <= units) return;
  if (part.children) {
    for (const child of part.children) {
      yield* linesOver(units, child, from);
      from += child.length + 1;
    }
    return;
  }
  for (const line of part.iterLines()) {
    if (line.length > units) yield { from, to: from + line.length };
    from += line.length + 1;
  }
}
