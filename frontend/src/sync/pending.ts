/** Local changes that the server is not known to hold. */

import { type Components, Operation } from "../kernel";

/** Local changes as one operation, and how many there were. */
export interface Pending {
  operation: Operation;
  count: number;
}

/** The same as it can be written down. */
export interface KeptPending {
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

/** The same changes in another form; takes both operations. */
export function replace(pending: Pending, operation: Operation): Pending {
  pending.operation.free();
  return { operation, count: pending.count };
}

export function written(pending: Pending | null): KeptPending | null {
  return pending && { operation: pending.operation.toJSON(), count: pending.count };
}

export function read(kept: KeptPending | null): Pending | null {
  return kept && { operation: Operation.of(kept.operation), count: kept.count };
}
