/**
 * What changed between two texts, as one operation.
 *
 * Used when a snapshot takes the place of history: unsent edits are then
 * transformed over this operation, so it has to be a real difference. "Delete
 * everything, insert everything" would throw every unsent edit to one place.
 */

import { type ChangeObject, diffChars, diffLines } from "diff";
import { type Change, Operation, operationOf, type Rope } from "../kernel";

// Two texts with little in common must take milliseconds, not minutes: beyond
// these a coarser comparison is made.
const BY_POINTS = { maxEditLength: 2000, timeout: 100 };
const BY_LINES = { maxEditLength: 5000, timeout: 200 };

/** The operation that turns `from` into `to`. */
export function operationBetween(from: Rope, to: string): Operation {
  const text = from.read();
  const start = commonStart(text, to);
  const end = commonEnd(text, to, start);
  const changes = compare(text.slice(start, text.length - end), to.slice(start, to.length - end));
  const placed = changes.map((change) => ({ ...change, from: change.from + start, to: change.to + start }));
  return operationOf(placed, from);
}

/** Code point by code point where that is affordable, else line by line and
 * only within the lines that differ by code points, else as a whole. */
function compare(a: string, b: string): Change[] {
  if (a === b) return [];
  if (a === "" || b === "") return [{ from: 0, to: a.length, insert: b }];
  const byPoints = diffChars(a, b, BY_POINTS);
  if (byPoints) return changesOf(byPoints);
  const byLines = diffLines(a, b, BY_LINES);
  if (!byLines) return [{ from: 0, to: a.length, insert: b }];
  return changesOf(byLines).flatMap((change) => refined(a, change));
}

function refined(a: string, change: Change): Change[] {
  const { from, to, insert } = change;
  const parts = from < to && insert !== "" ? diffChars(a.slice(from, to), insert, BY_POINTS) : undefined;
  if (!parts) return [change];
  return changesOf(parts).map((part) => ({ ...part, from: part.from + from, to: part.to + from }));
}

/** Removed and added pieces between two kept ones are one change. */
function changesOf(parts: readonly ChangeObject<string>[]): Change[] {
  const changes: Change[] = [];
  let at = 0;
  let open: Change | null = null;
  for (const { value, added, removed } of parts) {
    if (!added && !removed) {
      at += value.length;
      open = null;
      continue;
    }
    if (!open) changes.push((open = { from: at, to: at, insert: "" }));
    if (added) open.insert += value;
    else open.to = at += value.length;
  }
  return changes;
}

/** Units that both begin with, whole code points only. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n > 0 && isHigh(a.charCodeAt(n - 1)) ? n - 1 : n;
}

/** Units that both end with, none of them counted by commonStart. */
function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let n = 0;
  while (n < most && a.charCodeAt(a.length - n - 1) === b.charCodeAt(b.length - n - 1)) n++;
  return n > 0 && isLow(a.charCodeAt(a.length - n)) ? n - 1 : n;
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;
