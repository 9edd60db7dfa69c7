/** What an earlier visit left unsent: how it reads, and sending it on the side. */

import { effect } from "@preact/signals";
import { Sync } from "../sync";
import { Session } from "./session";
import type { UnsentRecord } from "./unsent_store";

/** The whole text as it stood in the tab that left it. */
export function textOf({ kept }: UnsentRecord): string {
  const sync = new Sync();
  sync.resume(kept);
  sync.takeChanges();
  const text = sync.localText();
  sync.free();
  return text;
}

/**
 * Goes on as the tab that left it, beside the page's own session, until the
 * server has everything. A page can be one earlier tab itself; only as itself
 * does each of several get every edit to the server once. Until then the record
 * stays, so whatever ends this page costs nothing.
 */
export function sendOnTheSide(record: UnsentRecord, otp: string | null, base: string): void {
  const session = new Session(record.padId, otp, base, record);
  addEventListener("pagehide", () => void session.goodbye());
  session.open();
  const end = effect(() => {
    if (session.link.value.kind !== "up" || session.unsaved.value > 0) return;
    session.close();
    queueMicrotask(() => end());
  });
}
