/**
 * A Markdown text taken apart into its blocks, such as a paragraph or a list, and kept
 * so while the text changes.
 *
 * Where a block ends depends on itself and on the beginning of the next one, and on
 * nothing before it. So the blocks before a change are as they were, save the last two,
 * and so are those from the first one on that begins behind it. An update costs what has
 * changed; and since a text can change as a whole, it is done in steps, each of which
 * is bounded whatever the text is.
 */

import type { Env, Token } from "markdown-it";
import type { Block } from "./block";
import { Definitions, type Told } from "./definitions";
import { type LineEnv, metaOf } from "./dialect";
import { endOfFrontMatter } from "./front_matter";
import { Lines } from "./lines";
import { markdown, Reader } from "./reader";
import { BLOCK_WEIGHT, unitsWithin } from "./weight";

/** The browser lays out a paragraph as a whole: what goes beyond this is left out. */
export const LONGEST_INLINE = { units: 20_000, weight: 40_000 };
/** Code, which cannot be cut into several blocks, is left out from here on. */
export const LONGEST_CODE = { units: 100_000, weight: 300_000 };
/** So many empty lines are skipped in one step. */
const EMPTY_LINES_PER_STEP = 4_096;

export class Blocks {
  readonly #lines = new Lines();
  #list: readonly Block[] = [];
  /** The line behind the front matter, which is a block whose end may be far from its beginning. */
  #body = 0;
  readonly #definitions = new Definitions();

  /** The blocks of the text that was read last, in order. */
  get list(): readonly Block[] {
    return this.#list;
  }

  /** True when the elements of a block would be the same as when it was told that. */
  isAsTold(block: Block, told: Told): boolean {
    return this.#definitions.isAsTold(block, told);
  }

  /** Reads a text, in steps; a block that is as it was stays the same object. To be
   * run to its end before the next text is read. */
  *read(text: string): Generator<void> {
    const countBefore = this.#lines.list.length;
    const { start, end } = yield* this.#lines.become(text);
    const lines = this.#lines.list;
    const body = endOfFrontMatter(lines);
    const isAlike = body === this.#body;
    const before = isAlike ? this.#list : [];
    const grown = lines.length - countBefore;
    const kept = isAlike ? Math.max(0, firstFrom(before, ({ line, lineCount }) => line + lineCount > start) - 2) : 0;
    let next = firstFrom(before, ({ line }) => line >= countBefore - end);
    const added: Block[] = [];
    let at = kept > 0 ? before[kept - 1]!.line + before[kept - 1]!.lineCount : 0;
    if (at < body) {
      added.push(frontMatter(lines.slice(0, body)));
      at = body;
    }
    const reader = new Reader(lines);
    for (;;) {
      for (let skipped = 1; at < lines.length && reader.isEmpty(at); skipped++) {
        at += 1;
        if (skipped % EMPTY_LINES_PER_STEP === 0) yield;
      }
      while (next < before.length && before[next]!.line + grown < at) next += 1;
      if (at >= lines.length) next = before.length;
      if (at >= lines.length || (next < before.length && before[next]!.line + grown === at)) break;
      const block = reader.blockAt(at, next < before.length ? before[next]!.line + grown : lines.length);
      added.push(block);
      at += block.lineCount;
      yield;
    }
    const behind = before.slice(next);
    for (const block of behind) block.line += grown;
    const removed = isAlike ? before.slice(kept, next) : this.#list;
    this.#list = before.slice(0, kept).concat(added, behind);
    this.#body = body;
    yield* this.#definitions.read(this.#list, removed, added);
  }

  /** See Lines. */
  lineIn(text: string, line: number): number | null {
    return this.#lines.lineIn(text, line);
  }

  /** The tokens of a block with what stands in its lines, and what it was told of the other blocks. */
  parsed(block: Block): { tokens: readonly Token[]; told: Told } {
    const { references, footnotes, answers } = this.#definitions.asked();
    const env: Env & LineEnv = { references, footnotes };
    const state = new markdown.core.State("", markdown, env);
    state.tokens = block.tokens.map((token) => cut(Object.assign(new state.Token(token.type, token.tag, token.nesting), token)));
    markdown.core.process(state);
    for (const token of state.tokens) {
      if (token.type === "toc") token.meta = { headings: this.#definitions.table };
      if (token.type === "heading_open" && block.heading) token.meta = { anchor: this.#definitions.anchorOf(block) };
      if (token.type === "footnote_open") token.meta = { number: footnotes.get(metaOf(token).label!) };
    }
    return { tokens: state.tokens, told: this.#definitions.told(block, answers) };
  }
}

/** The place of the first of those blocks for which that is true, as it is for all behind it; how many they are: it
 * is for none. */
function firstFrom(blocks: readonly Block[], isTrue: (block: Block) => boolean): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(blocks[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Front matter as a block that shows nothing. */
function frontMatter(lines: readonly string[]): Block {
  const source = lines.join("\n");
  const nothing = { tokens: [], references: null, footnotes: null, heading: null };
  return { line: 0, lineCount: lines.length, source, weight: BLOCK_WEIGHT, ...nothing };
}

const WIDTHLESS = "[\\p{M}\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff]";
/** Marks, joiners and the like, so many of them that nobody can have meant each. A browser takes seconds for them. Looked for
 * from where they begin: from each of them on, it would take the square of how many there are. */
const FLOOD = new RegExp(`(?<!${WIDTHLESS})(${WIDTHLESS}{64})${WIDTHLESS}{200,}`, "gu");

/** The token without what it holds too much, and without what was made of it before. */
function cut(token: Token): Token {
  if (token.type === "inline") {
    token.children = [];
    token.content = token.content.replace(FLOOD, "$1…");
  }
  const { units, weight } = token.type === "inline" ? LONGEST_INLINE : LONGEST_CODE;
  const longest = Math.min(units, unitsWithin(token.content, weight));
  if (token.content.length > longest) token.content = `${token.content.slice(0, longest).toWellFormed()}…`;
  return token;
}
