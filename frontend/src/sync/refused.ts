/** The edit that the server refused. */

import { isUndone, type Pending, sizeOf } from "./pending";
import type { Refusal } from "./types";

/** True when what was refused, and what came after it, is worth another try: the text, whose `bytes` are those
 * now and at the refusal, has become one that the server takes, or the user has undone the change. */
export function fitsAgain(
  { code, limit }: Pick<Refusal, "code" | "limit">,
  bytes: { now: number; before: number },
  refused: Pending,
  then: Pending | null,
): boolean {
  if (code === "document_too_large" && limit !== null) {
    // A change that was refused is not sent again as it stands.
    const isAnother = then !== null || bytes.now < bytes.before;
    return isAnother && bytes.now <= limit;
  }
  if (!then) return false;
  if (code === "message_too_large" && limit !== null) return sizeOf(refused, then) <= limit;
  return isUndone(refused, then);
}
