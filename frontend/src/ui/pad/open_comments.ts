/** How many threads of a pad are open: for buttons that are there before the code of comments is. */

import { type Signal, signal } from "@preact/signals";
import type { Session } from "../../session";

const counts = new WeakMap<Session, Signal<number>>();

/** The number for that pad, which whoever follows the comments keeps. */
export function openComments(session: Session): Signal<number> {
  const count = counts.get(session) ?? signal(0);
  counts.set(session, count);
  return count;
}

/** True where this tab is shown the comments of the pad. */
export function seesComments({ access }: Session): boolean {
  return access.comments.value !== null;
}

/** True where it may write some, too. */
export function mayComment({ access, end }: Session): boolean {
  return access.comments.value === "write" && end.value === null;
}
