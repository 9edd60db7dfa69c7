// clock.ts - the timers of one page. They stand still when it does, and end with it.
import type { Clock, Timer } from '../../../frontend/src/clock/index.ts';
import type { Tasks } from './tasks.ts';

/** Browsers slow the timers of hidden pages down; in a run that is short, to this. */
const HIDDEN_MS = 300;

export class PageClock implements Clock {
  readonly #timers = new Set<Timer>();

  constructor(
    private readonly tasks: Tasks,
    private readonly isHidden: () => boolean,
  ) {}

  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  setTimeout(run: () => void, ms: number): Timer {
    const fire = () => {
      if (this.#timers.delete(timer)) run();
    };
    const timer: Timer = setTimeout(() => this.tasks.run(fire), this.#slowed(ms));
    return this.#keep(timer);
  }

  /** However long the page stood still, it is one call that is late, not many. */
  setInterval(run: () => void, ms: number): Timer {
    let isDue = false;
    const fire = () => {
      isDue = false;
      if (this.#timers.has(timer)) run();
    };
    const tick = () => {
      if (isDue) return;
      isDue = true;
      this.tasks.run(fire);
    };
    const timer: Timer = setInterval(tick, this.#slowed(ms));
    return this.#keep(timer);
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  clearInterval(timer: Timer | undefined): void {
    this.clearTimeout(timer);
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #slowed(ms: number): number {
    return this.isHidden() ? Math.max(ms, HIDDEN_MS) : ms;
  }

  #keep(timer: Timer): Timer {
    if (this.tasks.hasEnded) clearTimeout(timer);
    else this.#timers.add(timer);
    return timer;
  }
}
