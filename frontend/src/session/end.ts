/** Ends of a connection behind which there is nothing to go on with, whatever one does. */

import { linkOf } from "./address";
import type { Link } from "./types";

/** link: the link that led here opens the pad no more. gone: there is no such pad any more. */
export type End = "link" | "gone";

/** Why there will be no more of that pad; null: there may be. */
export function endOf(link: Link, padId: string): End | null {
  if (link.kind !== "stopped") return null;
  if (link.reason === "gone") return "gone";
  return link.reason === "forbidden" && linkOf(padId) !== null ? "link" : null;
}
