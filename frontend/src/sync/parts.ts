/** An edit that is too large for one message goes in parts, one after the other (docs/decisions/087). */

import type { Pending } from "./pending";

/** What the server said that it takes, in bytes of UTF-8. */
export interface Limits {
  documentBytes: number;
  messageBytes: number;
}

/** No part is larger, whatever the server takes: a Ping behind it must be answered in time on a slow
 * line, and it may have to be rebased over many operations. */
const PART = { jsonBytes: 256 * 1024, components: 20_000 };

/** A message has this much besides the operation, at most. */
const ENVELOPE_BYTES = 64;

/** A text can not grow by more. */
const GROWTH_BYTES = 2 ** 30;

/** The part of `whole` to send first, and the rest of it; null: it goes in one. `textBytes` is the size of
 * the text before it. Takes `whole`. */
export function firstPart(whole: Pending, textBytes: number, { documentBytes, messageBytes }: Limits): [Pending, Pending | null] {
  const [first, rest] = whole.operation.cut({
    jsonBytes: Math.max(0, Math.min(PART.jsonBytes, messageBytes - ENVELOPE_BYTES)),
    components: PART.components,
    growthBytes: Math.max(0, Math.min(GROWTH_BYTES, documentBytes - textBytes)),
  });
  const isWhole = rest.isNoop;
  for (const op of isWhole ? [first, rest] : [whole.operation]) op.free();
  if (isWhole) return [whole, null];
  // The changes are counted until the last part has arrived.
  return [{ operation: first, count: 0 }, { operation: rest, count: whole.count }];
}
