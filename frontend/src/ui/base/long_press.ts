/** A long press on a button, as another one than the usual press. */

/** As long as on phones. */
const LONG_MS = 500;

export class LongPress {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** True from a long press until the click that ends it. */
  #isLong = false;

  constructor(private readonly act: () => void) {}

  begin(): void {
    this.#isLong = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLong = true;
      this.act();
    }, LONG_MS);
  }

  /** The pointer was lifted, or has left. */
  end(): void {
    clearTimeout(this.#timer);
  }

  /** True when a click is only the end of a long press. */
  takesClick(): boolean {
    const wasLong = this.#isLong;
    this.#isLong = false;
    return wasLong;
  }
}
