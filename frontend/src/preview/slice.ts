/** Showing a text beside somebody who types: a slice at a time. */

/** A slice takes so long, */
const SLICE_MS = 8;
/** or ends when the browser has been given so much to lay out, which it does afterwards: see weight.ts. */
export const SLICE_WEIGHT = 20_000;

/** Goes on with what Preview.showing() began, and returns its last step. `elapsed` is a clock in milliseconds. */
export function slice(showing: Generator<number, number>, elapsed = () => performance.now()): IteratorResult<number, number> {
  const beganMs = elapsed();
  let weight = 0;
  for (;;) {
    const step = showing.next();
    if (step.done) return step;
    weight += step.value;
    if (weight >= SLICE_WEIGHT || elapsed() - beganMs >= SLICE_MS) return step;
  }
}
