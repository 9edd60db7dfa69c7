/**
 * Tells when the machine was asleep. No event does: the page may be in view
 * before and after, and timers count only the time that it was awake, so a
 * wait of fifteen seconds that sleep interrupted still has its fifteen seconds
 * to go. The clock on the wall is what gives it away.
 */

import { type Clock, systemClock } from "../clock";

const TICK_MS = 1_000;
/** Timers are late by less than this anyhow, on a busy machine. A tab in the background
 * has its timers slowed down to one in a minute: that is late too, and being
 * told then does no harm. */
const LATE_MS = 5_000;

/** Calls `onWake` whenever time has passed that this page did not see, within a
 * second of its waking; the function that it returns ends that. */
export function watchSleep(onWake: () => void, clock: Clock = systemClock): () => void {
  let last = clock.now();
  const timer = clock.setInterval(() => {
    const now = clock.now();
    const missed = now - last - TICK_MS;
    last = now;
    if (missed > LATE_MS) onWake();
  }, TICK_MS);
  return () => clock.clearInterval(timer);
}
