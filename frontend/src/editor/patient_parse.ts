/**
 * A parse that takes no long step while somebody types.
 *
 * A comment that was opened at the top of a program goes on to the end of it until it is closed, and to read it so far is
 * one step of a parser: 45 ms for 256 KiB, with each key, since a change anywhere within it makes it another token. Some parsers that
 * go line by line take the square of a line. So a parse that follows a change gives such a step up, and ends before it. The rest is
 * parsed once there was no change for a while; until then the colours stay where they are.
 */

import { ParseContext } from "@codemirror/language";
import type { Input, PartialParse, Tree } from "@lezer/common";
import { endable, StepOver } from "./step_end";

/** A step may read so many units of the text while it changes. */
export const MOST_UNITS = 32_000;
/** It may take so long, where it can be ended. It is counted in time since nothing else says how much a function does for a token. */
export const MOST_MS = 12;
/** The clock is read once for so many steps of a parser whose steps are tokens, since that takes as long as some of them, or once for
 * so many units that they read: a token may be long. */
export const STEPS_PER_LOOK = 16;
const UNITS_PER_LOOK = 4_000;
/** For so long after a change another one is likely. */
export const CHANGING_MS = 400;

/** A text that knows how far a step reads. */
export interface Metered extends Input {
  /** Begins a step, which may read so far from where it begins to read, in units, and any part of that as often as it likes. Beyond
   * that reading throws ReadTooFar. */
  beginStep(mostUnits: number): void;
  /** What the step has read until now. */
  readonly stepUnits: number;
  /** Another change is likely until then, by the clock in milliseconds. */
  readonly changingUntilMs: number;
}

/** Ends a step from within. */
export class ReadTooFar extends Error {}

export class PatientParse implements PartialParse {
  #parse: PartialParse;
  #stoppedAt: number | null = null;
  /** True once a step was given up: the parse ends before what that would have read. */
  #isCut = false;

  /** `begin` begins the parse, of that text; so many of its steps are taken at once. */
  constructor(
    private readonly begin: () => PartialParse,
    private readonly input: Metered,
    private readonly elapsed: () => number,
    private readonly stepsAtOnce = 1,
  ) {
    this.#parse = begin();
  }

  get parsedPos(): number {
    return this.#parse.parsedPos;
  }

  get stoppedAt(): number | null {
    return this.#stoppedAt;
  }

  stopAt(pos: number): void {
    if (this.#isCut && pos >= this.#stoppedAt!) return;
    this.#stoppedAt = pos;
    this.#parse.stopAt(pos);
  }

  advance(): Tree | null {
    // Whoever stops a parse where it is takes steps until there is a tree.
    const isBounded = !this.#isCut && !this.#isFinishing() && this.elapsed() < this.input.changingUntilMs;
    const endMs = this.elapsed() + MOST_MS;
    let from = 0;
    const step = () => {
      from = this.parsedPos;
      this.input.beginStep(isBounded ? MOST_UNITS : Infinity);
      return this.#parse.advance();
    };
    try {
      return endable(() => isBounded && this.elapsed() > endMs, () => {
        let tree = step();
        let units = this.input.stepUnits;
        for (let i = 1; i < this.stepsAtOnce && units < UNITS_PER_LOOK && !tree && !this.#isFinishing(); i++) {
          tree = step();
          units += this.input.stepUnits;
        }
        return tree;
      });
    } catch (error) {
      if (!isBounded || !(error instanceof ReadTooFar || error instanceof StepOver)) throw error;
      this.#cutAt(from);
      return null;
    }
  }

  /** True when it has come to where it was stopped. */
  #isFinishing(): boolean {
    return this.#stoppedAt !== null && this.#stoppedAt <= this.parsedPos;
  }

  /** Has what begins there parsed once the text is at rest: until then, the context takes it for skipped. */
  #cutAt(pos: number): void {
    const over = new Promise((resolve) => setTimeout(resolve, this.input.changingUntilMs - this.elapsed()));
    ParseContext.getSkippingParser(over).startParse(this.input, [], [{ from: pos, to: this.input.length }]);
    this.input.beginStep(Infinity);
    this.#parse = this.begin(); // what was given up in the midst of a step is of no use
    this.stopAt(pos - 1);
    this.#isCut = true;
  }
}
