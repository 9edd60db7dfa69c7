/** Local changes that the server is not known to hold. */

import { type Components, Operation, type Rope } from "../kernel";

/** Local changes as one operation, and how many there were. */
export interface Pending {
  operation: Operation;
  count: number;
}

/** The same as it can be written down. */
export interface SavedPending {
  operation: Components;
  count: number;
}

/** `first` and then `then`, as one; takes both. */
export function append(first: Pending | null, then: Pending): Pending {
  if (!first) return then;
  const operation = first.operation.compose(then.operation);
  first.operation.free();
  then.operation.free();
  return { operation, count: first.count + then.count };
}

/** Do both in a row change nothing? */
export function isUndone(first: Pending, then: Pending): boolean {
  const both = first.operation.compose(then.operation);
  const { isNoop } = both;
  both.free();
  return isNoop;
}

/** What a message has besides the operation, at most. */
const ENVELOPE_BYTES = 64;

/** How many bytes a message with both in a row would have, at most. */
export function sizeOf(first: Pending, then: Pending): number {
  const both = first.operation.compose(then.operation);
  const text = JSON.stringify(both.toJSON());
  both.free();
  return new TextEncoder().encode(text).length + ENVELOPE_BYTES;
}

/** The same changes in another form; takes both operations. */
export function replace(pending: Pending, operation: Operation): Pending {
  pending.operation.free();
  return { operation, count: pending.count };
}

/** For changes that follow one another and a `remote` one made on the text
 * before all of them: what each reads after it, and what it reads after all of
 * them. `spent` are the operations in between, `remote` included where it is not
 * the last itself; they are the caller's to free. */
export function moveOver(
  unsent: readonly (Pending | null)[],
  remote: Operation,
): { moved: (Operation | null)[]; last: Operation; spent: Operation[] } {
  const trail = [remote];
  const moved = unsent.map((pending) => {
    if (!pending) return null;
    const [mine, theirs] = pending.operation.transform(trail.at(-1)!);
    trail.push(theirs);
    return mine;
  });
  return { moved, last: trail.at(-1)!, spent: trail.slice(0, -1) };
}

/** What takes `pending`, made on `text`, back where `then` follows it, and what
 * is left of `then`; takes both. */
export function takeBack(pending: Pending, text: Rope, then: Pending | null): [Operation, Pending | null] {
  const { moved, last, spent } = moveOver([then], pending.operation.invert(text));
  for (const op of [pending.operation, ...spent]) op.free();
  return [last, then && replace(then, moved[0]!)];
}

export function toSaved(pending: Pending | null): SavedPending | null {
  return pending && { operation: pending.operation.toJSON(), count: pending.count };
}

export function fromSaved(saved: SavedPending | null): Pending | null {
  return saved && { operation: Operation.of(saved.operation), count: saved.count };
}
