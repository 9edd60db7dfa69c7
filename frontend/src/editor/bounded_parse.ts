/** One parse of a text, whose steps are short, or the last ones. */

import { type PartialParse, type Tree, TreeFragment } from "@lezer/common";
import { log } from "../browser";
import type { BlankingInput } from "./blanking_input";
import type { LineRange } from "./long_lines";
import { isInParts, type NestedParts, reached } from "./nested_parts";
import { endable, StepOver } from "./step_end";

/** A step that takes longer is too long. Not less: a machine may be busy with something else. */
const LONGEST_STEP_MS = 150;
/** So many parts in other languages are begun at once, first and later. Where blocks are within a list, each stop costs what the list
 * has until then. */
const FIRST_NESTED = 100;
const MOST_NESTED = 1_600;
/** Parts in other languages are mostly short: they go on by so many steps at once. */
const STEPS_IN_PARTS = 300;

export type Ranges = readonly { from: number; to: number }[];

/** The parser that a parse is of. */
export interface Bounds {
  /** A clock in milliseconds. */
  elapsed(): number;
  /** Of Markdown: what is in other languages. */
  readonly nested: NestedParts | null;
  /** Begins a parse without bounds, which uses again what it can of those fragments. */
  begin(input: BlankingInput, fragments: readonly TreeFragment[], ranges: Ranges): PartialParse;
  /** A parse is over; `isInTime` when each of its steps was, `isStopped` when it did not see the end of the text. */
  done(tree: Tree, blank: readonly LineRange[], isInTime: boolean, isStopped: boolean): void;
  /** A step was over late. True when the parser has to rest for it. */
  isTooSlow(): boolean;
  /** Sends the parser to rest, after a step that took that long. What is parsed instead says that nothing is known of the text. */
  rest(tookMs: number, input: BlankingInput, ranges: Ranges): PartialParse;
}

/** Parses a text, in as many stretches one after the other as its parts in other languages ask for. */
export class BoundedParse implements PartialParse {
  /** Of the stretch that is being parsed; null: it has not begun. */
  #parse: PartialParse | null = null;
  /** Of all stretches before that. */
  #before: Tree | null = null;
  /** Where that stretch ends; null: with the text, as far as is known. */
  #end: number | null = null;
  /** How many parts in other languages were read in that stretch, and how many it may have. */
  #nested = 0;
  #mostNested = FIRST_NESTED;
  /** Where the text ends for whoever asked for the parse; null: where it does. */
  #stoppedAt: number | null = null;
  /** True once the parser rests instead. */
  #isOver = false;
  /** False once a step was over late. */
  #isInTime = true;

  constructor(
    private readonly bounds: Bounds,
    private readonly input: BlankingInput,
    private fragments: readonly TreeFragment[],
    private readonly ranges: Ranges,
  ) {}

  get parsedPos(): number {
    if (!this.#parse) return Math.max(this.#doneTo, this.ranges[0]!.from);
    if (this.#isOver || !this.bounds.nested) return this.#parse.parsedPos;
    return Math.max(this.#doneTo, Math.min(reached(this.#parse), this.#end ?? Infinity, this.#stoppedAt ?? this.input.length));
  }

  get stoppedAt(): number | null {
    return this.#stoppedAt;
  }

  stopAt(pos: number): void {
    this.#stoppedAt = pos;
    if (pos < (this.#end ?? Infinity)) this.#parse?.stopAt(pos);
  }

  advance(): Tree | null {
    if (this.#isOver) return this.#parse!.advance();
    if (this.#before && this.#doneTo >= (this.#stoppedAt ?? Infinity)) return this.#before;
    const beganMs = this.bounds.elapsed();
    this.input.lateAtMs = beganMs + LONGEST_STEP_MS;
    let tree: Tree | null | undefined;
    let leastMs = 0;
    try {
      tree = endable(() => this.bounds.elapsed() > this.input.lateAtMs, () => this.#step());
    } catch (error) {
      // For some parsers a letter is enough, and parsing is a part of typing it.
      if (!(error instanceof StepOver)) log.error("a parser failed:", error);
      leastMs = LONGEST_STEP_MS;
    }
    const tookMs = Math.max(this.bounds.elapsed() - beganMs, leastMs);
    const isLate = tookMs > LONGEST_STEP_MS;
    if (tree === undefined || (isLate && this.bounds.isTooSlow())) return this.#giveUp(tookMs);
    this.#isInTime &&= !isLate;
    return tree && this.#finish(tree);
  }

  /** The end of all stretches before the one that is being parsed. */
  get #doneTo(): number {
    return this.#before?.length ?? 0;
  }

  #step(): Tree | null {
    const { nested } = this.bounds;
    const parse = (this.#parse ??= this.#begin());
    if (!nested) return parse.advance();
    nested.countFrom(this.#doneTo);
    let tree = parse.advance();
    for (let i = 1; i < STEPS_IN_PARTS && !tree && isInParts(parse); i++) tree = parse.advance();
    this.#nested += nested.count;
    const isTooMany = this.#nested >= this.#mostNested && !isInParts(parse);
    if (isTooMany && this.#end === null && nested.end < (this.#stoppedAt ?? this.input.length)) parse.stopAt((this.#end = nested.end));
    return tree;
  }

  #begin(): PartialParse {
    const parse = this.bounds.begin(this.input, this.fragments, this.ranges);
    if (this.#stoppedAt !== null) parse.stopAt(this.#stoppedAt);
    return parse;
  }

  /** That is the tree up to the end of the stretch. */
  #finish(tree: Tree): Tree | null {
    const isStopped = (this.#parse!.stoppedAt ?? Infinity) < this.input.length;
    this.bounds.done(tree, this.input.blank, this.#isInTime, isStopped);
    if (this.#end === null || this.#end > (this.#stoppedAt ?? Infinity)) return tree;
    // When a block holds more of them than a stretch may have, it is read as a whole.
    this.#mostNested = tree.length > this.#doneTo ? Math.min(2 * this.#mostNested, MOST_NESTED) : Infinity;
    this.#before = tree;
    this.#end = null;
    this.#nested = 0;
    this.fragments = TreeFragment.addTree(tree, this.fragments, true);
    this.#parse = null;
    return null;
  }

  #giveUp(tookMs: number): Tree | null {
    this.#isOver = true;
    this.#parse = this.bounds.rest(tookMs, this.input, this.ranges);
    return this.#parse.advance();
  }
}
