/** Some of the changes that the server is not known to hold, as one operation. */

import { type Components, type InsertOrder, Operation, type Rope } from "../kernel";

/** Local changes as one operation, and how many there were. */
export interface Pending {
  operation: Operation;
  count: number;
}

/** The same in a form that can be written down. */
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

/** All of them in a row, as one; takes them. */
export function joined(changes: readonly (Pending | null)[]): Pending | null {
  return changes.reduce((all, next) => (next ? append(all, next) : all), null);
}

/** The same changes once more. */
export function copyOf<T extends Pending | null>(pending: T): T {
  return (pending && { operation: pending.operation.copy(), count: pending.count }) as T;
}

/** What `read` makes of all of them in a row; null: there are none. */
function readAll<T>(changes: readonly (Pending | null)[], read: (all: Pending) => T): T | null {
  const [only, another] = changes.filter((next) => next !== null);
  if (!only) return null;
  if (!another) return read(only);
  const all = joined(changes.map(copyOf))!;
  const result = read(all);
  all.operation.free();
  return result;
}

/** True when all of them in a row change nothing. */
export function isUndone(changes: readonly (Pending | null)[]): boolean {
  return readAll(changes, ({ operation }) => operation.isNoop) ?? true;
}

/** The same changes in another form; takes both operations. */
export function replace(pending: Pending, operation: Operation): Pending {
  pending.operation.free();
  return { operation, count: pending.count };
}

/** Moves changes that follow one another over a `remote` one that was made on the
 * text before all of them; `order` is for inserts at one place. `moved` are the changes
 * as they read after it, and `last` is the remote one as it reads after all of them.
 * `spent` are the operations in between, `remote` included where it is not the last
 * itself; they are the caller's to free. */
export function moveOver(
  unsent: readonly (Pending | null)[],
  remote: Operation,
  order?: InsertOrder,
): { moved: (Operation | null)[]; last: Operation; spent: Operation[] } {
  const trail = [remote];
  const moved = unsent.map((pending) => {
    if (!pending) return null;
    const [mine, theirs] = pending.operation.transform(trail.at(-1)!, order);
    trail.push(theirs);
    return mine;
  });
  return { moved, last: trail.at(-1)!, spent: trail.slice(0, -1) };
}

/** Gives the operation that takes `pending`, made on `text`, back where `then` follows
 * it, and the rest of `then`; takes both. */
export function takeBack(pending: Pending, text: Rope, then: Pending | null): [Operation, Pending | null] {
  const { moved, last, spent } = moveOver([then], pending.operation.invert(text));
  for (const op of [pending.operation, ...spent]) op.free();
  return [last, then && replace(then, moved[0]!)];
}

/** Pending changes in a row, in the form that can be written down. */
export function toSaved(changes: readonly (Pending | null)[]): SavedPending | null {
  return readAll(changes, ({ operation, count }) => ({ operation: operation.toJSON(), count }));
}

/** Pending changes from that form; their operation belongs to the caller. */
export function fromSaved(saved: SavedPending | null): Pending | null {
  return saved && { operation: Operation.of(saved.operation), count: saved.count };
}
