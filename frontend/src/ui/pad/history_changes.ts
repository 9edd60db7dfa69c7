import type { Pad } from "./pad";

const CHANGES: ReadonlySet<string> = new Set(["deleted", "off", "on"]);

/** Calls `changed` when somebody deletes the history of the pad, or switches it off or on. The function that this returns
 * ends that. */
export function whenHistoryChanges({ session }: Pad, changed: () => void): () => void {
  return session.onNotice((notice) => "right" in notice && CHANGES.has(notice.right) && changed());
}
