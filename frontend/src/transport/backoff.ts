/** How long to wait before the next attempt. Randomised, since after a restart
 * every tab of a server is waiting for the same thing. */

import type { Retry } from "./close_codes";

const FIRST_MS = 500;
const LONGEST_MS = 15_000;
const SOON_MS = [100, 2_000] as const;
/** "once" means once in this time. */
const ONCE_PER_MS = 60_000;

export class Backoff {
  #attempts = 0;
  #onceAtMs = -Infinity;

  constructor(
    private readonly random: () => number = Math.random,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** A connection was made and answered. */
  reset(): void {
    this.#attempts = 0;
  }

  /** null: do not try by yourself. */
  nextMs(retry: Retry): number | null {
    if (retry === "never") return null;
    if (retry === "once") return this.#isSecondTime() ? null : this.#between(...SOON_MS);
    if (retry === "slowly") return this.#between(LONGEST_MS / 2, LONGEST_MS);
    const attempt = this.#attempts++;
    // Even "soon" gives way when it keeps failing.
    if (retry === "soon" && attempt === 0) return this.#between(...SOON_MS);
    const longest = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
    return this.#between(longest / 2, longest);
  }

  /** Asked a moment ago already? An answer in between changes nothing. */
  #isSecondTime(): boolean {
    const lastMs = this.#onceAtMs;
    this.#onceAtMs = this.nowMs();
    return this.#onceAtMs - lastMs < ONCE_PER_MS;
  }

  #between(least: number, most: number): number {
    return Math.round(least + this.random() * (most - least));
  }
}
