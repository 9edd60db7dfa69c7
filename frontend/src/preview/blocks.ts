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
import { dialect, type FootnoteEnv, markCallouts, metaOf } from "./dialect";
import { endOfFrontMatter } from "./front_matter";
import { type Entry, type Heading, headingIn, tableOf } from "./headings";
import { BLOCK_WEIGHT, unitsWithin, weightOf } from "./weight";

/** What the definitions of links say, by their labels. */
type References = NonNullable<Env["references"]>;

/** A block that stands in no other. */
export interface Block {
  /** Its first line, counted from 0. */
  line: number;
  readonly lineCount: number;
  /** Its lines, as they stand in the text. */
  readonly source: string;
  /** What its elements give the browser to do. */
  readonly weight: number;
  /** What markdown-it makes of it, without what stands in its lines. Their lines are counted from the block's first. */
  readonly tokens: readonly Token[];
  /** The definitions that stand in it; null: none. */
  readonly references: References | null;
  /** The labels of the footnotes that stand in it; null: none do. */
  readonly footnotes: readonly string[] | null;
  /** The heading that it is; null: it is none. */
  readonly heading: Heading | null;
}

/** A block is read in one step, and its elements are made in one: a longer one is shown as several. */
export const LONGEST_BLOCK = { lines: 500, units: 20_000, weight: 40_000 };
/** The browser lays out a paragraph as a whole: what goes beyond this is left out. */
export const LONGEST_INLINE = { units: 20_000, weight: 40_000 };
/** Code, which cannot be cut into several blocks, is left out from here on. */
export const LONGEST_CODE = { units: 100_000, weight: 300_000 };

const markdown = dialect();
// The core is run on one block at a time, after its lines are known.
markdown.core.ruler.enableOnly(["inline", "linkify", "text_join"]);
const rules = markdown.block.ruler.getRules("");

export class Blocks {
  #lines: readonly string[] = [];
  #list: readonly Block[] = [];
  /** The line behind the front matter, which is a block whose end may be far from its beginning. */
  #body = 0;
  #references: References = Object.create(null);
  #footnotes = new Map<string, number>();
  readonly #definitions = new Versions();
  #anchors: ReadonlyMap<Block, string> = new Map();
  #table: readonly Entry[] = [];
  readonly #tables = new Versions();

  /** The blocks of the text that was read last, in order. */
  get list(): readonly Block[] {
    return this.#list;
  }

  /** Stands for all that the elements of a block depend on besides its source: another text when that has changed. */
  contextOf(block: Block): string {
    const anchor = this.#anchors.get(block) ?? "";
    if (!block.source.includes("[")) return anchor;
    return `${this.#definitions.newest}/${isTable(block) ? this.#tables.newest : ""}/${anchor}`;
  }

  /** Reads a text, in steps; a block that is as it was stays the same object. To be
   * run to its end before the next text is read. */
  *read(text: string): Generator<void> {
    const lines = linesOf(text);
    const body = endOfFrontMatter(lines);
    const isAlike = body === this.#body;
    const [linesBefore, before] = isAlike ? [this.#lines, this.#list] : [[], []];
    const start = commonStart(linesBefore, lines);
    const end = commonEnd(linesBefore, lines, start);
    const grown = lines.length - linesBefore.length;
    const isBehind = ({ line }: Block) => line >= linesBefore.length - end;

    const firstChanged = before.findIndex((block) => block.line + block.lineCount > start);
    const list = before.slice(0, Math.max(0, (firstChanged < 0 ? before.length : firstChanged) - 2));
    let at = list.length > 0 ? list.at(-1)!.line + list.at(-1)!.lineCount : 0;
    let next = before.findIndex(isBehind);
    if (at < body) {
      list.push(frontMatter(lines.slice(0, body)));
      at = body;
    }
    const reader = new Reader(lines, at);
    for (;;) {
      at = reader.skipEmptyLines(at);
      while (next >= 0 && next < before.length && before[next]!.line + grown < at) next += 1;
      const known = next < 0 ? undefined : before[next];
      if (at >= reader.end || (known && known.line + grown === at)) break;
      const block = reader.blockAt(at);
      list.push(block);
      at += block.lineCount;
      yield;
    }
    if (at < reader.end) {
      for (const block of before.slice(next)) {
        block.line += grown;
        list.push(block);
      }
    }
    this.#body = body;
    this.#lines = lines;
    this.#list = list;
    this.#gather();
  }

  /** Where in another text that line of this one is, when it is as it was; null: it is not, or is among lines that
   * have changed. */
  lineIn(text: string, line: number): number | null {
    const lines = linesOf(text);
    const start = commonStart(this.#lines, lines);
    if (line < start) return line;
    const isBehind = line >= this.#lines.length - commonEnd(this.#lines, lines, start);
    return isBehind ? line + lines.length - this.#lines.length : null;
  }

  /** The tokens of a block with what stands in its lines. */
  parsed(block: Block): readonly Token[] {
    const { tokens } = block;
    const env: Env & FootnoteEnv = { references: this.#references, footnotes: this.#footnotes };
    const state = new markdown.core.State("", markdown, env);
    state.tokens = tokens.map((token) => cut(Object.assign(new state.Token(token.type, token.tag, token.nesting), token)));
    markdown.core.process(state);
    for (const token of state.tokens) this.#tell(token, block);
    return state.tokens;
  }

  /** Adds to a token what is known of the other blocks. */
  #tell(token: Token, block: Block): void {
    if (token.type === "toc") token.meta = { headings: this.#table };
    if (token.type === "heading_open" && block.heading) token.meta = { anchor: this.#anchors.get(block) };
    if (token.type === "footnote_open") token.meta = { number: this.#footnotes.get(metaOf(token).label!) };
  }

  #gather(): void {
    const all: References = Object.create(null);
    const footnotes = new Map<string, number>();
    for (const block of this.#list) {
      for (const label in block.references) all[label] ??= block.references[label]!; // the first one counts
      for (const label of block.footnotes ?? []) if (!footnotes.has(label)) footnotes.set(label, footnotes.size + 1);
    }
    this.#references = all;
    this.#footnotes = footnotes;
    this.#definitions.note(JSON.stringify([all, [...footnotes.keys()]]));
    const { anchors, table } = tableOf(this.#list);
    this.#anchors = anchors;
    this.#table = table;
    this.#tables.note(JSON.stringify(table));
  }
}

/** Numbers the texts that follow each other, each that differs from the one before with another number. */
class Versions {
  newest = 0;
  #text = "";

  note(text: string): void {
    if (text !== this.#text) this.newest += 1;
    this.#text = text;
  }
}

function isTable({ tokens }: Block): boolean {
  return tokens[0]?.type === "toc";
}

/** Front matter as a block that shows nothing. */
function frontMatter(lines: readonly string[]): Block {
  const source = lines.join("\n");
  const nothing = { tokens: [], references: null, footnotes: null, heading: null };
  return { line: 0, lineCount: lines.length, source, weight: BLOCK_WEIGHT, ...nothing };
}

const FENCE = /^ {0,3}(?:```[^`]*$|~~~)/;

/** Reads the blocks of a text from a line on. */
class Reader {
  readonly #state;
  readonly #lineCount: number;
  /** For each line up to where it was needed. */
  readonly #weightsBefore = [0];

  constructor(
    private readonly lines: readonly string[],
    private readonly from: number,
  ) {
    this.#state = new markdown.block.State(lines.slice(from).join("\n"), markdown, {}, []);
    this.#lineCount = this.#state.lineMax;
  }

  /** The line behind the last one. */
  get end(): number {
    return this.from + this.#lineCount;
  }

  skipEmptyLines(line: number): number {
    return this.from + this.#state.skipEmptyLines(line - this.from);
  }

  /** The block that begins at that line, which is not empty. */
  blockAt(line: number): Block {
    const state = this.#state;
    const first = (state.line = line - this.from);
    const end = (state.lineMax = this.#endOf(first));
    state.tokens = [];
    const env: Env & FootnoteEnv = (state.env = {});
    rules.some((rule) => rule(state, first, end, false));
    state.lineMax = this.#lineCount;
    for (const { map } of state.tokens) {
      if (map) [map[0], map[1]] = [map[0] - first, map[1] - first];
    }
    markCallouts(state.tokens);
    const lineCount = Math.max(1, state.line - first);
    const source = this.lines.slice(line, line + lineCount).join("\n");
    const weight = BLOCK_WEIGHT + this.#weightBefore(first + lineCount) - this.#weightBefore(first);
    const { tokens } = state;
    const { references = null, footnotes: found } = env;
    const footnotes = found ? [...found.keys()] : null;
    return { line, lineCount, source, weight, tokens, references, footnotes, heading: headingIn(tokens) };
  }

  /** The line before which a block from that line on ends at the latest. */
  #endOf(first: number): number {
    const { bMarks, sCount } = this.#state;
    const isCode = sCount[first]! >= 4 || FENCE.test(this.lines[this.from + first]!);
    if (isCode) return this.#lineCount;
    let end = Math.min(this.#lineCount, first + LONGEST_BLOCK.lines);
    const isTooLong = () =>
      bMarks[end]! - bMarks[first]! > LONGEST_BLOCK.units || this.#weightBefore(end) - this.#weightBefore(first) > LONGEST_BLOCK.weight;
    while (end > first + 1 && isTooLong()) end = Math.max(first + 1, end - 16);
    return end;
  }

  /** The weight of the lines before that one, which is counted from where the reader began. */
  #weightBefore(line: number): number {
    const weights = this.#weightsBefore;
    while (weights.length <= line) weights.push(weights.at(-1)! + weightOf(`${this.lines[this.from + weights.length - 1]}\n`));
    return weights[line]!;
  }
}

/** Marks, joiners and the like, so many of them that nobody can have meant each. A browser takes seconds for them. */
const FLOOD = /([\p{M}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]{64})[\p{M}\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]{200,}/gu;

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

function linesOf(text: string): string[] {
  return text.replace(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD").split("\n");
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a[n] === b[n]) n++;
  return n;
}

/** Lines that both end with, none of them counted by commonStart. */
function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let n = 0;
  while (n < most && a[a.length - 1 - n] === b[b.length - 1 - n]) n++;
  return n;
}
