/**
 * Reads the blocks of a text, one after the other.
 *
 * markdown-it goes through all of a text before it reads its first block. So it is given a
 * window: the lines from a block on, more of them than a block can have. Only where a block of code may be longer is the
 * window widened until it ends within it.
 */

import type { Env, Token } from "markdown-it";
import type { Block } from "./block";
import { dialect, type FootnoteEnv, markCallouts } from "./dialect";
import { headingIn } from "./headings";
import { BLOCK_WEIGHT, weightOf } from "./weight";

/** A block is read in one step, and its elements are made in one: a longer one is shown as several. */
export const LONGEST_BLOCK = { lines: 500, units: 20_000, weight: 40_000 };
/** A window has no more lines and units than that, or is one block. */
const WINDOW = { lines: 4_000, units: 60_000 };
/** So many lines of nothing but definitions are one block at most. */
const LONGEST_UNSHOWN_LINES = 100;
/** How much wider the next one is where a block does not end within one. */
const WIDER = 4;
const FENCE = /^ {0,3}(?:```[^`]*$|~~~)/;
const INDENTED = /^ {0,3}(?:\t| {4})/;

/** Its rules for blocks are for Reader; its core, which looks into their lines, is run on one block at a time. */
export const markdown = dialect();
markdown.core.ruler.enableOnly(["inline", "linkify", "text_join"]);
const rules = markdown.block.ruler.getRules("");
type State = InstanceType<typeof markdown.block.State>;

/** What the rules have made of some lines. */
interface Made {
  tokens: Token[];
  env: Env & FootnoteEnv;
  lineCount: number;
  isShown: boolean;
}

export class Reader {
  /** What markdown-it knows of the window, and the lines where that begins and ends. */
  #state!: State;
  #from = 0;
  #to = 0;
  /** The units and the weight of the lines from that one on, up to each line up to where it was needed. */
  #sumsFrom = 0;
  #sums = [{ units: 0, weight: 0 }];

  constructor(private readonly lines: readonly string[]) {}

  /** True when nothing is shown of that line. */
  isEmpty(line: number): boolean {
    const text = this.lines[line]!;
    for (let i = 0; i < text.length; i++) if (text[i] !== " " && text[i] !== "\t") return false;
    return true;
  }

  /** The block that begins at that line, which is not empty. Where nothing is shown of it, it does not go beyond the line
   * `seam`: a block that is known begins there. */
  blockAt(line: number, seam: number): Block {
    if (line - this.#sumsFrom >= this.#sums.length) [this.#sumsFrom, this.#sums] = [line, [{ units: 0, weight: 0 }]];
    const isCode = INDENTED.test(this.lines[line]!) || FENCE.test(this.lines[line]!);
    const end = isCode ? this.lines.length : this.#endOf(line);
    if (line >= this.#to || (!isCode && end > this.#to)) this.#open(line, isCode ? line + 1 : end);
    for (let width = WIDER; ; width *= WIDER) {
      const block = this.#read(line, end, seam);
      if (!isCode || this.#isWhole(block)) return block;
      this.#open(line, line + 1, width);
    }
  }

  /** True when what follows a block of code is in the window, too: without it, more may belong to the block. */
  #isWhole({ line, lineCount }: Block): boolean {
    let next = line + lineCount;
    while (next < this.#to && this.isEmpty(next)) next += 1;
    return next < this.#to || this.#to === this.lines.length;
  }

  /** Opens a window at that line, up to `least` at least, and so many times as wide as usual. */
  #open(line: number, least: number, width = 1): void {
    const { lines } = this;
    let [to, units] = [line, 0];
    while (to < lines.length && (to < least || (to - line < WINDOW.lines * width && units < WINDOW.units * width))) {
      units += lines[to++]!.length + 1;
    }
    const source = lines.slice(line, to).join("\n");
    this.#state = new markdown.block.State(to < lines.length ? `${source}\n` : source, markdown, {}, []);
    this.#from = line;
    this.#to = to;
  }

  /** The block from that line on, which does not look beyond `end`. Definitions that follow each other are one: what has
   * no height is all in view to a browser, however much it is, and costs it time in every frame. */
  #read(line: number, end: number, seam: number): Block {
    const made = this.#apply(line, end);
    if (!made.isShown) this.#append(made, line, Math.min(end, seam, line + LONGEST_UNSHOWN_LINES));
    markCallouts(made.tokens);
    const { tokens, lineCount } = made;
    const source = this.lines.slice(line, line + lineCount).join("\n");
    const shown = made.isShown ? this.#sumOf(line + lineCount).weight - this.#sumOf(line).weight : 0;
    const { references = null, footnotes: found } = made.env;
    const footnotes = found ? [...found.keys()] : null;
    return { line, lineCount, source, weight: BLOCK_WEIGHT + shown, tokens, references, footnotes, heading: headingIn(tokens) };
  }

  /** What the rules make of the lines from that one on, without a look beyond `end`. */
  #apply(line: number, end: number): Made {
    const state = this.#state;
    const { lineMax } = state;
    const first = (state.line = line - this.#from);
    const last = (state.lineMax = Math.min(lineMax, end - this.#from));
    state.tokens = [];
    const env = (state.env = {});
    rules.some((rule) => rule(state, first, last, false));
    state.lineMax = lineMax;
    for (const { map } of state.tokens) {
      if (map) [map[0], map[1]] = [map[0] - first, map[1] - first];
    }
    return { tokens: state.tokens, env, lineCount: Math.max(1, state.line - first), isShown: state.tokens.some(({ hidden }) => !hidden) };
  }

  /** Adds to what was made from that line on, of which nothing is shown, what follows and is not shown either, up to the
   * line `end`. */
  #append(made: Made, line: number, end: number): void {
    for (let next = line + made.lineCount; next < end; next = line + made.lineCount) {
      while (next < end && this.isEmpty(next)) next += 1;
      if (next >= end) return;
      const { env, lineCount, isShown } = this.#apply(next, end);
      if (isShown) return;
      const references = (made.env.references ??= {});
      for (const [label, reference] of Object.entries(env.references ?? {})) references[label] ??= reference; // the first one counts
      made.lineCount = next + lineCount - line;
    }
  }

  /** The line before which a block from that line on, which is no code, ends at the latest. */
  #endOf(first: number): number {
    const start = this.#sumOf(first);
    const isShort = ({ units, weight }: typeof start) =>
      units - start.units <= LONGEST_BLOCK.units && weight - start.weight <= LONGEST_BLOCK.weight;
    let [low, high] = [first + 1, Math.min(this.lines.length, first + LONGEST_BLOCK.lines)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (isShort(this.#sumOf(middle))) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** What the lines up to that one have, from one on that is the same until a later line is asked for. */
  #sumOf(line: number): { units: number; weight: number } {
    const sums = this.#sums;
    while (sums.length <= line - this.#sumsFrom) {
      const text = this.lines[this.#sumsFrom + sums.length - 1]!;
      const { units, weight } = sums.at(-1)!;
      sums.push({ units: units + text.length + 1, weight: weight + weightOf(`${text}\n`) });
    }
    return sums[line - this.#sumsFrom]!;
  }
}
