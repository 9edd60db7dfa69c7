// unsent.ts - which text a client still holds that the server is not known to have,
// or to have deleted.
import type { SavedState } from '../../frontend/src/sync/index.ts';
import type { Operation } from '../blackbox/support/operation.ts';
import { apply, points } from '../blackbox/support/operation.ts';

export type Unsent = { inserted: string; deleted: string };

/** Of a client with that text of the server and those operations behind it, one after the other. */
export function unsentIn(serverText: readonly string[], operations: readonly (Operation | null | undefined)[]): Unsent {
  const unsent = { inserted: '', deleted: '' };
  let text = serverText;
  for (const operation of operations) {
    if (!operation) continue;
    let at = 0;
    for (const part of operation) {
      if (typeof part === 'string') unsent.inserted += part;
      else if (part < 0) unsent.deleted += text.slice(at, at - part).join('');
      if (typeof part === 'number') at += Math.abs(part);
    }
    text = apply(operation, text);
  }
  return unsent;
}

export function unsentOf(state: SavedState | null | undefined): Unsent {
  if (!state) return { inserted: '', deleted: '' };
  return unsentIn(points(state.serverText), [state.inflight?.operation, state.buffer?.operation]);
}

/** What cannot have reached the server: not even in flight. */
export function unsaidOf(state: SavedState | null | undefined): string {
  return (state?.buffer?.operation ?? []).filter((part) => typeof part === 'string').join('');
}

/** What of the one is not in the other, which may follow from it: a deletion of what was inserted is neither there
 * when both have gone together. */
export function lostFrom(before: Unsent, after: Unsent): Unsent {
  const [inserted, deleted] = [new Set(after.inserted), new Set(after.deleted)];
  return {
    inserted: [...before.inserted].filter((point) => !inserted.has(point)).join(''),
    deleted: [...before.deleted].filter((point) => !deleted.has(point)).join('') + after.inserted,
  };
}
