// lived_time.ts - time, as far as this process had any. On a machine so loaded that
// nobody gets a turn for seconds, servers and people take each other for gone, and
// nothing comes together in that time: it is no time in which anybody could have done better.

const TICK_MS = 50;
/** A tick that comes later than this has been kept waiting. */
const TICK_MOST_MS = 3 * TICK_MS;

export class LivedTime {
  #ms = 0;
  #lastMs = performance.now();
  readonly #ticks = setInterval(() => this.#tick(), TICK_MS);

  /** Since the start, but for the time in which this process stood still. */
  get ms(): number {
    this.#tick();
    return this.#ms;
  }

  end(): void {
    clearInterval(this.#ticks);
  }

  #tick(): void {
    const nowMs = performance.now();
    this.#ms += Math.min(nowMs - this.#lastMs, TICK_MOST_MS);
    this.#lastMs = nowMs;
  }
}
