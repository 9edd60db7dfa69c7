/**
 * What changed between two texts, as one operation.
 *
 * Used when a snapshot takes the place of history: unsent edits are then
 * transformed over this operation, so it has to be a real difference. "Delete
 * everything, insert everything" would throw every unsent edit to one place.
 */

import { diff } from "@codemirror/merge";
import { type Change, Operation, operationOf, type Rope } from "../kernel";

// Where more than this differs in one stretch, a coarser comparison is made,
// so that two texts with nothing in common take milliseconds, not minutes.
const DIFF_LIMITS = { scanLimit: 2000, timeout: 200 };

/** The operation that turns `from` into `to`. */
export function operationBetween(from: Rope, to: string): Operation {
  const text = from.read();
  const changes = diff(text, to, DIFF_LIMITS).map(({ fromA, toA, fromB, toB }) =>
    wholePoints(text, to, { fromA, toA, fromB, toB }),
  );
  return operationOf(joinTouching(changes), from);
}

/** Widens a range by the half of a surrogate pair at either end of it. Beyond
 * the range the texts are alike, so both grow by the same unit. */
function wholePoints(
  a: string,
  b: string,
  { fromA, toA, fromB, toB }: { fromA: number; toA: number; fromB: number; toB: number },
): Change {
  const splits = (text: string, at: number) =>
    at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
  const before = splits(a, fromA) || splits(b, fromB) ? 1 : 0;
  const after = splits(a, toA) || splits(b, toB) ? 1 : 0;
  return { from: fromA - before, to: toA + after, insert: b.slice(fromB - before, toB + after) };
}

/** Two changes around one pair share it after widening: they become one. */
function joinTouching(changes: Change[]): Change[] {
  const joined: Change[] = [];
  for (const change of changes) {
    const last = joined.at(-1);
    if (!last || last.to <= change.from) {
      joined.push(change);
      continue;
    }
    last.insert += change.insert.slice(last.to - change.from);
    last.to = change.to;
  }
  return joined;
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;
