/**
 * Time, for everything that waits or measures: what runs in a browser gets
 * `systemClock`, a test or a simulated tab gives its own and so can freeze a tab
 * as browsers do.
 */

export type Timer = ReturnType<typeof setTimeout>;

export interface Clock {
  /** Milliseconds since 1970, by the clock on the wall: it goes on while the machine sleeps. */
  now(): number;
  /** Milliseconds since some moment, for durations: nobody sets this clock. */
  elapsed(): number;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  setInterval(run: () => void, ms: number): Timer;
  clearInterval(timer: Timer | undefined): void;
}

/** The platform's own. Each function is looked up when it is called, so that a test's fake timers count. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  setInterval: (run, ms) => setInterval(run, ms),
  clearInterval: (timer) => clearInterval(timer),
};
