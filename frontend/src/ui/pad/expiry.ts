/** Reckons when the pad would be deleted, if nobody used it any more. */

import { effect, type Signal } from "@preact/signals";
import type { Session } from "../../session";

const HOUR_MS = 3_600_000;

/** Keeps `expiry` up to date; the function that it returns ends that. The server tells
 * it once, when one joins, and counts from the last use: for as long as somebody is in
 * the pad, that is now. */
export function watchExpiry(session: Session, expiry: Signal<Date | null>): () => void {
  let lifeMs: number | null = null;
  const reckon = () => {
    if (lifeMs === null) expiry.value = null;
    else if (session.link.peek().kind === "up") expiry.value = new Date(Date.now() + lifeMs);
  };
  const stop = effect(() => {
    const expires = session.welcome.value?.expires_at ?? null;
    lifeMs = expires === null ? null : expires * 1000 - Date.now();
    reckon();
  });
  const stopLink = effect(() => {
    void session.link.value;
    reckon();
  });
  const clock = setInterval(reckon, HOUR_MS);
  return () => {
    stop();
    stopLink();
    clearInterval(clock);
  };
}
