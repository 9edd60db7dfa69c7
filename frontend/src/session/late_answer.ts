/**
 * Says when the server's answer is late.
 *
 * The server has most changes within a few hundredths of a second. A page that
 * said so at each key would change a word twice, and lay out and paint the screen
 * twice more, for a state that nobody can see before it is over.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../clock";

/** Between two answers this may pass without a word. */
const LATE_MS = 400;

export class LateAnswer {
  /** True once an answer is late, until the server has everything. */
  readonly isLate: ReadonlySignal<boolean>;
  readonly #isLate = signal(false);
  /** Runs while an answer is due, and none is late. */
  #timer: ReturnType<Clock["setTimeout"]> | undefined;
  #unsaved = 0;

  constructor(private readonly clock: Clock) {
    this.isLate = this.#isLate;
  }

  /** So many changes wait for an answer now; fewer than before: one came. */
  changed(unsaved: number): void {
    const isAnswered = unsaved < this.#unsaved;
    this.#unsaved = unsaved;
    if (unsaved === 0) this.#isLate.value = false;
    if (isAnswered) this.#stop();
    if (unsaved > 0 && !this.#isLate.peek()) this.#timer ??= this.clock.setTimeout(() => this.#tell(), LATE_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    this.#isLate.value = true;
  }

  #stop(): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
