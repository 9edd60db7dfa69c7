/**
 * Edits as an editor speaks of them, and the two conversions to and from
 * operations. This is the one place where UTF-16 offsets become code points.
 */

import { Operation } from "./operation";
import type { Rope } from "./rope";

/** Replaces [from, to) by `insert`. Offsets are UTF-16 units of the text before
 * the edit, and lie between code points. A list of changes is ordered and its
 * members do not overlap. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** The operation that makes `changes` to `text`. */
export function operationOf(changes: readonly Change[], text: Rope): Operation {
  const op = Operation.empty();
  let done = 0;
  for (const { from, to, insert } of changes) {
    const start = text.pointsOfU16(from);
    const end = from === to ? start : text.pointsOfU16(to);
    op.retain(start - done).insert(insert).delete(end - start);
    done = end;
  }
  return op.retain(text.points - done);
}

/** The changes that `op` makes to `text`, which must be the text before it. */
export function changesOf(op: Operation, text: Rope): Change[] {
  const changes: Change[] = [];
  let at = 0;
  let open: Change | null = null; // an insert and a delete at one place are one change
  for (const part of op.components()) {
    if (part.kind === "retain") {
      at += part.points;
      open = null;
      continue;
    }
    if (!open) {
      const from = text.u16OfPoints(at);
      changes.push((open = { from, to: from, insert: "" }));
    }
    if (part.kind === "insert") {
      open.insert += part.text;
    } else {
      at += part.points;
      open.to = text.u16OfPoints(at);
    }
  }
  return changes;
}
