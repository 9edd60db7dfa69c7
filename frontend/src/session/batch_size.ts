/**
 * The number of changes that go to the editor at once: as many as this machine can
 * show, in this text, while a key that is pressed meanwhile hardly waits. What a
 * change costs depends on both (10 to 200 µs), so it is learnt from how long
 * the deliveries take.
 */

import type { ServerMessage } from "../wire";

/** A delivery that takes as long leaves the frame after it time to lay out and paint. */
const GOAL_MS = 24;
/** The size to begin with, and its bounds. */
const FIRST = 256;
const LEAST = 64;
const MOST = 4096;

export class BatchSize {
  #changes = FIRST;

  /** The size of the next batch. */
  get changes(): number {
    return this.#changes;
  }

  /** Tells it that so many changes were delivered, and how long that took. A few changes
   * cost what any delivery does, and say little of many. */
  learn(changes: number, tookMs: number): void {
    if (changes < this.#changes / 2) return;
    const factor = Math.min(Math.max(GOAL_MS / Math.max(tookMs, 1), 0.5), 2);
    this.#changes = Math.min(Math.max(Math.round(this.#changes * factor), LEAST), MOST);
  }
}

/** The number of changes that a message may bring to the screen. */
export function changesIn(message: ServerMessage): number {
  return message.type === "History" ? message.operations.length : 1;
}
