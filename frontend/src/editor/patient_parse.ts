/**
 * A parse that reads no token of great length while somebody types.
 *
 * A comment that was opened at the top of a program goes on to the end of it until it is closed, and to read it so far is
 * one step of a parser: 45 ms for 256 KiB, with each key, since a change anywhere within it makes it another token. So a parse that
 * follows a change gives such a step up, and begins anew once there was none for a while. Until then there is no new tree, and
 * the colours stay where they are.
 */

import type { PartialParse, Tree } from "@lezer/common";

/** A step may read so many units of the text while it changes. */
export const MOST_UNITS = 32_000;
/** For so long after a change another one is likely. */
export const CHANGING_MS = 400;

/** A text whose readers can be told to read no more than so many units. Beyond them reading throws ReadTooFar. */
export interface Metered {
  leftUnits: number;
}

/** Ends a step from within. */
export class ReadTooFar extends Error {}

export class PatientParse implements PartialParse {
  #parse: PartialParse;
  #stoppedAt: number | null = null;
  /** True once a step was given up: there are no others until the text is at rest. */
  #isWaiting = false;
  readonly #changingUntilMs: number;

  /** `begin` begins the parse, of that text; `isChange` when it follows a change of a text that was parsed before. */
  constructor(
    private readonly begin: () => PartialParse,
    private readonly input: Metered,
    isChange: boolean,
    private readonly elapsed: () => number,
  ) {
    this.#parse = begin();
    this.#changingUntilMs = isChange ? elapsed() + CHANGING_MS : -Infinity;
  }

  get parsedPos(): number {
    return this.#parse.parsedPos;
  }

  get stoppedAt(): number | null {
    return this.#stoppedAt;
  }

  stopAt(pos: number): void {
    this.#stoppedAt = pos;
    this.#parse.stopAt(pos);
  }

  advance(): Tree | null {
    // Whoever stops a parse where it is takes steps until there is a tree.
    const isFinishing = this.#stoppedAt !== null && this.#stoppedAt <= this.parsedPos;
    const isBounded = !isFinishing && this.elapsed() < this.#changingUntilMs;
    if (this.#isWaiting && isBounded) return null;
    this.input.leftUnits = isBounded ? MOST_UNITS : Infinity;
    try {
      return this.#parse.advance();
    } catch (error) {
      if (!(error instanceof ReadTooFar)) throw error;
      this.#parse = this.begin(); // what was given up in the midst of a step is of no use
      if (this.#stoppedAt !== null) this.#parse.stopAt(this.#stoppedAt);
      this.#isWaiting = true;
      return null;
    }
  }
}
