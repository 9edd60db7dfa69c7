/**
 * Markdown as it is written here: CommonMark and what GitHub adds, with footnotes, callouts, a table of contents,
 * definition lists, ==marks==, subscript and superscript. Each rule for blocks looks ahead and never back, which
 * blocks.ts relies on.
 */

import MarkdownIt, { type StateBlock, type StateInline, type Token } from "markdown-it";
import definitionLists from "markdown-it-deflist";
import marks from "markdown-it-mark";
import subscript from "markdown-it-sub";
import superscript from "markdown-it-sup";
import type { Entry } from "./headings";

/** What tokens of the dialect have besides what markdown-it gives them. */
export interface Meta {
  /** Of a quote. */
  callout?: Callout;
  /** Of a heading: what links to it say. */
  anchor?: string;
  /** Of a footnote, and of a reference to one. */
  number?: number;
  /** Of a footnote. */
  label?: string;
  /** Of a table of contents. */
  headings?: readonly Entry[];
}

export function metaOf({ meta }: Token): Meta {
  return meta ?? {};
}

/** The numbers of the footnotes by their labels: that of the definition that comes first is 1. */
type FootnoteNumbers = Map<string, number>;

/** What blocks say of footnotes. */
export interface FootnoteEnv {
  footnotes?: FootnoteNumbers;
}

/** What lines are told of them. */
export interface LineEnv {
  footnotes?: Pick<FootnoteNumbers, "get">;
}

/** GitHub's kinds of callouts. */
export const CALLOUTS = ["note", "tip", "important", "warning", "caution"] as const;
export type Callout = (typeof CALLOUTS)[number];

export function dialect() {
  const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false });
  // A link has a scheme or is an address of mail: README.md is no address of a site in Moldova.
  markdown.linkify.set({ fuzzyLink: false, fuzzyIP: false });
  markdown.use(marks).use(subscript).use(superscript).use(definitionLists);
  markdown.block.ruler.before("reference", "footnote", footnote, { alt: ["paragraph", "reference"] });
  markdown.block.ruler.before("paragraph", "toc", tableOfContents);
  markdown.block.ruler.before("fence", "formula_block", formulaBlock, { alt: ["paragraph", "reference", "blockquote", "list"] });
  markdown.inline.ruler.before("link", "footnote_reference", footnoteReference);
  markdown.inline.ruler.after("escape", "formula", formula);
  return markdown;
}

/** A longer formula in a line is text. */
const LONGEST_FORMULA_UNITS = 500;
const FOOTNOTE = /^\[\^([^\s\]^]{1,100})\]:[ \t]*/;
const REFERENCE = /\[\^([^\s\]^]{1,100})\]/y;

/** "[^1]: text": a footnote is one paragraph, which stands in no other block. */
function footnote(state: StateBlock, first: number, end: number, silent: boolean): boolean {
  if (state.level > 0 || state.sCount[first]! >= 4) return false;
  const start = state.bMarks[first]! + state.tShift[first]!;
  const [mark, label] = FOOTNOTE.exec(state.src.slice(start, Math.min(state.eMarks[first]!, start + 200))) ?? [];
  if (mark === undefined) return false;
  if (silent) return true;
  const behind = endOfParagraph(state, first, end);
  const env = state.env as FootnoteEnv;
  env.footnotes ??= new Map();
  if (!env.footnotes.has(label!)) env.footnotes.set(label!, env.footnotes.size + 1);
  const open = state.push("footnote_open", "div", 1);
  open.map = [first, behind];
  open.meta = { label };
  const text = state.push("inline", "", 0);
  text.content = state.getLines(first, behind, state.blkIndent, false).trim().slice(mark.trimEnd().length).trim();
  text.map = [first, behind];
  text.children = [];
  state.push("footnote_close", "div", -1);
  state.line = behind;
  return true;
}

/** The line behind a paragraph that begins at that one. */
function endOfParagraph(state: StateBlock, first: number, end: number): number {
  const rules = state.md.block.ruler.getRules("paragraph");
  let line = first + 1;
  while (line < end && !state.isEmpty(line) && !rules.some((rule) => rule(state, line, end, true))) line++;
  return line;
}

/** "[^1]", where there is a footnote of that label. */
function footnoteReference(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos + 1) !== 0x5e /* ^ */) return false;
  REFERENCE.lastIndex = state.pos;
  const [mark, label] = REFERENCE.exec(state.src) ?? [];
  const number = (state.env as LineEnv).footnotes?.get(label!);
  if (mark === undefined || number === undefined) return false;
  if (!silent) state.push("footnote_reference", "", 0).meta = { number };
  state.pos += mark.length;
  return true;
}

/** "[TOC]" in a line of its own. */
function tableOfContents(state: StateBlock, line: number, end: number, silent: boolean): boolean {
  if (silent || state.level > 0) return false;
  const start = state.bMarks[line]! + state.tShift[line]!;
  if (!/^\[(?:toc|\[_toc_\])\][ \t]*$/i.test(state.src.slice(start, Math.min(state.eMarks[line]!, start + 20)))) return false;
  if (line + 1 < end && !state.isEmpty(line + 1)) return false;
  state.push("toc", "", 0).map = [line, line + 1];
  state.line = line + 1;
  return true;
}

/** "$$" and what follows up to the next one at the end of a line, or up to an empty line. Were it all up to a "$$" that
 * may come far behind, that one would change what is far above it. */
function formulaBlock(state: StateBlock, first: number, end: number, silent: boolean): boolean {
  const lineOf = (line: number) => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!).trimEnd();
  const head = lineOf(first);
  if (!head.startsWith("$$") || state.sCount[first]! - state.blkIndent >= 4) return false;
  const inLine = head.indexOf("$$", 2);
  if (inLine >= 0 && inLine !== head.length - 2) return false; // a part of a paragraph
  if (silent) return true;
  let line = first;
  const isLast = () => lineOf(line).endsWith("$$") && (line > first || inLine >= 0);
  while (!isLast() && line + 1 < end && !state.isEmpty(line + 1) && state.sCount[line + 1]! >= state.blkIndent) line++;
  const token = state.push("formula_block", "", 0);
  token.content = state.getLines(first, line + 1, state.blkIndent, false).trim().replace(/^\$\$|\$\$$/g, "").trim();
  token.map = [first, line + 1];
  state.line = line + 1;
  return true;
}

/** "$a$" and "$$a$$" in a line, but not "from $5 to $6". */
function formula(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  if (src[pos] !== "$") return false;
  const mark = src[pos + 1] === "$" ? "$$" : "$";
  const start = pos + mark.length;
  const window = src.slice(start, Math.min(posMax, start + LONGEST_FORMULA_UNITS + mark.length));
  const length = window.indexOf(mark);
  const content = window.slice(0, length);
  if (length <= 0 || /^\s|\s$|\\$|\n\s*\n/.test(content) || /\d/.test(src[start + length + mark.length] ?? "")) return false;
  if (!silent) {
    const token = state.push(mark === "$$" ? "formula_block" : "formula", "", 0);
    token.content = content;
  }
  state.pos = start + length + mark.length;
  return true;
}

const CALLOUT = new RegExp(`^\\[!(${CALLOUTS.join("|")})\\][ \\t]*(?:\\n|$)`, "i");

/** Marks the quotes among those tokens that begin with "[!NOTE]" or another kind, and leaves that line out. */
export function markCallouts(tokens: readonly Token[]): void {
  tokens.forEach((open, i) => {
    const text = tokens[i + 2];
    if (open.type !== "blockquote_open" || tokens[i + 1]?.type !== "paragraph_open" || text?.type !== "inline") return;
    const [line, kind] = CALLOUT.exec(text.content) ?? [];
    if (line === undefined) return;
    open.meta = { callout: kind!.toLowerCase() };
    text.content = text.content.slice(line.length);
  });
}
