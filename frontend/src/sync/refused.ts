/** The edit that the server refused. */

import { isUndone } from "./pending";
import type { Refusal } from "./types";
import type { Unsent } from "./unsent";

/** True when the edit under way, which was refused, and what came after it, are worth another try: the text, whose
 * `bytes` are those now and at the refusal, has become one that the server takes, or the user has undone the change. */
export function fitsAgain({ code, limit }: Pick<Refusal, "code" | "limit">, bytes: { now: number; before: number }, unsent: Unsent): boolean {
  const { all, buffer } = unsent;
  if (code === "document_too_large" && limit !== null) {
    // A change that was refused is not sent again as it stands.
    const isAnother = buffer !== null || bytes.now < bytes.before;
    return isAnother && bytes.now <= limit;
  }
  return buffer !== null && isUndone(all);
}
