/** Showing a text beside somebody who types: a slice at a time. */

/** A slice takes so long, */
const SLICE_MS = 8;
/** or ends when the browser has been given so much to lay out, which it does afterwards: see weight.ts. */
export const SLICE_WEIGHT = 20_000;

/** The preview takes this part of the time of somebody who types. */
export const SHARE_OF_TIME = 1 / 8;
const REST_MS = { least: 8, most: 250 };

/** Chromium says whether a key waits. */
declare global {
  interface Navigator {
    readonly scheduling?: { isInputPending(): boolean };
  }
}
const isKeyWaiting = () => navigator.scheduling?.isInputPending() ?? false;

/** Goes on with what Preview.showing() began, until a key waits at the latest, and returns its last step. `elapsed` is a
 * clock in milliseconds. */
export function slice(
  showing: Generator<number, number>,
  elapsed = () => performance.now(),
  hasToStop = isKeyWaiting,
): IteratorResult<number, number> {
  const beganMs = elapsed();
  let weight = 0;
  for (;;) {
    const step = showing.next();
    if (step.done) return step;
    weight += step.value;
    if (weight >= SLICE_WEIGHT || elapsed() - beganMs >= SLICE_MS || hasToStop()) return step;
  }
}

/** How long the keys have their turn after a slice that took that long, and that the browser took so long to show: as long as
 * that again, or so much longer that whoever types keeps the rest of the time. */
export function restAfter(sliceMs: number, shownMs: number, isTyping: boolean): number {
  const restMs = isTyping ? (sliceMs + shownMs) * (1 / SHARE_OF_TIME - 1) : shownMs;
  return Math.min(Math.max(restMs, REST_MS.least), REST_MS.most);
}
