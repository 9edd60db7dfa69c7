/** The changes that earlier visits left unsent: claims them, reads them, and sends them in the background. */

import { effect } from "@preact/signals";
import { log, type UnsentRecord, type UnsentStore, unsentStore } from "../browser";
import { Sync } from "../sync";
import { browserEnvironment, type Environment } from "./environment";
import { Session } from "./session";
import { PASSING } from "./types";

/** The whole text as it stood in the tab that left it. */
export function textOf({ kept }: UnsentRecord): string {
  const sync = new Sync();
  sync.resume(kept);
  sync.takeChanges();
  const text = sync.localText();
  sync.free();
  return text;
}

/** The environment, as far as claiming drafts needs it. */
export type DraftsEnvironment = Pick<Environment, "clock" | "page"> & {
  readonly unsent: Pick<UnsentStore, "claim" | "release" | "remove">;
};

/** Claims what earlier visits of a pad left, the first being claimed already, and resolves to the records
 * that `isWanted` wants sent; the others are thrown away. A page that goes before all is decided leaves
 * them to the next. */
export async function claimDrafts(
  first: UnsentRecord,
  padId: string,
  isWanted: (record: UnsentRecord) => Promise<boolean>,
  { clock, page, unsent }: DraftsEnvironment = { ...browserEnvironment, unsent: unsentStore },
): Promise<UnsentRecord[]> {
  const ours = new Set<UnsentRecord>();
  let isDecided = false;
  page.addEventListener("pagehide", () => {
    if (!isDecided) for (const record of ours) void unsent.release(record).catch(() => {});
  });
  const next = () => unsent.claim(padId, clock.now()).catch((error: unknown) => (log.warn("no more to offer:", error), null));
  for (let record: UnsentRecord | null = first; record; record = await next()) {
    ours.add(record);
    if (await isWanted(record)) continue;
    ours.delete(record);
    await unsent.remove(record.token).catch((error: unknown) => log.warn("not removed:", error));
  }
  isDecided = true;
  return [...ours];
}

/**
 * Goes on as the tab that left it, beside the page's own session, until the
 * server has everything. A page can be one earlier tab itself; only as itself
 * does each of several get every edit to the server once. Until then the record
 * stays, so whatever ends this page costs nothing. What the server will not take
 * is shown as text by the page's own session.
 */
export function sendInBackground(
  record: UnsentRecord,
  main: Session,
  base: string,
  environment: Environment = browserEnvironment,
): void {
  const side = new Session(record.padId, main.otp.peek(), base, { draft: record, environment });
  environment.page.addEventListener("pagehide", () => void side.onPageHide());
  environment.page.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void side.onPageRestored();
  });
  side.open();
  const stop = effect(() => {
    const state = stateOf(side, main);
    if (state === "underway") return;
    if (state === "other_password") return queueMicrotask(() => side.usePassword(main.otp.peek()!));
    if (state === "refused") main.unmerged.add(side.localText(), "unsent");
    side.close();
    queueMicrotask(() => stop());
  });
}

/** The progress of the sending. It reads signals of both sessions, so that an effect asks again whenever
 * it may change. */
function stateOf(side: Session, main: Session): "underway" | "done" | "refused" | "other_password" {
  const [link, mainLink, otp] = [side.link.value, main.link.value, main.otp.value];
  const { value: refusal } = side.refusal;
  if (refusal && !PASSING.has(refusal.code)) return "refused";
  if (link.kind === "up") return side.unsaved.value === 0 ? "done" : "underway";
  if (link.kind !== "stopped") return "underway";
  if (link.reason !== "password") return "refused";
  if (mainLink.kind !== "up") return "underway"; // its user is being asked
  return otp !== null && otp !== side.otp.peek() ? "other_password" : "refused";
}
