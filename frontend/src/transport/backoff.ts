/** Says how long to wait before the next attempt. Randomised, since after a restart
 * every tab of a server is waiting for the same thing. */

import type { Retry } from "./close_codes";

/** The pauses between attempts. */
export interface BackoffTiming {
  /** The first pause; each one after it is twice as long, up to `longestMs`. */
  firstMs: number;
  longestMs: number;
  /** The least and the longest pause of "soon". */
  soonMs: readonly [number, number];
  /** "once" means once in this time. */
  oncePerMs: number;
}

export const BACKOFF_TIMING: BackoffTiming = { firstMs: 500, longestMs: 15_000, soonMs: [100, 2_000], oncePerMs: 60_000 };

export class Backoff {
  /** Attempts in a row that led to nothing. */
  #attempts = 0;
  /** The time at which "once" was last asked for. */
  #onceAtMs = -Infinity;

  constructor(
    private readonly random: () => number = Math.random,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly timing: BackoffTiming = BACKOFF_TIMING,
  ) {}

  /** A connection was made and answered. */
  reset(): void {
    this.#attempts = 0;
  }

  /** The pause before the next attempt, in milliseconds; null: there is none before the user wants it. */
  nextMs(retry: Retry): number | null {
    const { firstMs, longestMs, soonMs } = this.timing;
    if (retry === "never") return null;
    if (retry === "once") return this.#isSecondTime() ? null : this.#between(...soonMs);
    if (retry === "slowly") return this.#between(longestMs / 2, longestMs);
    const attempt = this.#attempts++;
    // Even "soon" gives way when it keeps failing.
    if (retry === "soon" && attempt === 0) return this.#between(...soonMs);
    const longest = Math.min(firstMs * 2 ** attempt, longestMs);
    return this.#between(longest / 2, longest);
  }

  /** True when this was asked a moment ago already; a connection in between changes nothing. */
  #isSecondTime(): boolean {
    const lastMs = this.#onceAtMs;
    this.#onceAtMs = this.nowMs();
    return this.#onceAtMs - lastMs < this.timing.oncePerMs;
  }

  #between(least: number, most: number): number {
    return Math.round(least + this.random() * (most - least));
  }
}
