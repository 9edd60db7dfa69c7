/**
 * Reads the blocks of a text, one after the other.
 *
 * markdown-it goes through all of a text before it reads its first block. So it is given a
 * window: the lines from a block on, more of them than a block can have. Only where a block of code may be longer is the
 * window widened until it ends within it.
 */

import type { Env } from "markdown-it";
import type { Block } from "./block";
import { dialect, type FootnoteEnv, markCallouts } from "./dialect";
import { headingIn } from "./headings";
import { BLOCK_WEIGHT, weightOf } from "./weight";

/** A block is read in one step, and its elements are made in one: a longer one is shown as several. */
export const LONGEST_BLOCK = { lines: 500, units: 20_000, weight: 40_000 };
/** A window has no more lines and units than that, or is one block. */
const WINDOW = { lines: 4_000, units: 60_000 };
/** How much wider the next one is where a block does not end within one. */
const WIDER = 4;
const FENCE = /^ {0,3}(?:```[^`]*$|~~~)/;
const INDENTED = /^ {0,3}(?:\t| {4})/;

/** Its rules for blocks are for Reader; its core, which looks into their lines, is run on one block at a time. */
export const markdown = dialect();
markdown.core.ruler.enableOnly(["inline", "linkify", "text_join"]);
const rules = markdown.block.ruler.getRules("");
type State = InstanceType<typeof markdown.block.State>;

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

  /** The block that begins at that line, which is not empty. */
  blockAt(line: number): Block {
    if (line - this.#sumsFrom >= this.#sums.length) [this.#sumsFrom, this.#sums] = [line, [{ units: 0, weight: 0 }]];
    const isCode = INDENTED.test(this.lines[line]!) || FENCE.test(this.lines[line]!);
    const end = isCode ? this.lines.length : this.#endOf(line);
    if (line >= this.#to || (!isCode && end > this.#to)) this.#open(line, isCode ? line + 1 : end);
    for (let width = WIDER; ; width *= WIDER) {
      const block = this.#read(line, end);
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

  /** The block from that line on, which does not look beyond `end`. */
  #read(line: number, end: number): Block {
    const state = this.#state;
    const { lineMax } = state;
    const first = (state.line = line - this.#from);
    const last = (state.lineMax = Math.min(lineMax, end - this.#from));
    state.tokens = [];
    const env: Env & FootnoteEnv = (state.env = {});
    rules.some((rule) => rule(state, first, last, false));
    state.lineMax = lineMax;
    for (const { map } of state.tokens) {
      if (map) [map[0], map[1]] = [map[0] - first, map[1] - first];
    }
    markCallouts(state.tokens);
    const lineCount = Math.max(1, state.line - first);
    const source = this.lines.slice(line, line + lineCount).join("\n");
    const weight = BLOCK_WEIGHT + this.#sumOf(line + lineCount).weight - this.#sumOf(line).weight;
    const { tokens } = state;
    const { references = null, footnotes: found } = env;
    const footnotes = found ? [...found.keys()] : null;
    return { line, lineCount, source, weight, tokens, references, footnotes, heading: headingIn(tokens) };
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
