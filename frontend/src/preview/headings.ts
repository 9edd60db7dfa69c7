/** The headings of a text, and what links to them. */

import type { Token } from "markdown-it";

/** A heading that stands in no other block. */
export interface Heading {
  readonly level: number;
  /** Its words, without marks. */
  readonly words: string;
  /** They as GitHub has links to them: in small letters, with hyphens in place of spaces. */
  readonly slug: string;
}

/** An entry of the table of contents. */
export interface Entry {
  readonly level: number;
  readonly words: string;
  readonly anchor: string;
}

/** A heading has that many units at most in the table of contents, which has that many entries. */
const LONGEST_UNITS = 300;
const MOST_ENTRIES = 500;
const BLOCKS_PER_STEP = 1_024;

/** The heading that those tokens of a block are; null: they are none. */
export function headingIn([open, text]: readonly Token[]): Heading | null {
  if (open?.type !== "heading_open" || !text) return null;
  const source = text.content.slice(0, LONGEST_UNITS).toWellFormed();
  const words = source.replace(/!?\[([^[\]]*)\]\([^()]*\)/g, "$1").replace(/[`*~^\\]|==|__|\[\^?|\]/g, "");
  return { level: Number(open.tag.slice(1)), words: words.trim(), slug: slugOf(words.trim()) };
}

/** The anchors of those blocks that are headings, each another one, and their table of contents: made in steps. */
export function* tableOf<B extends { readonly heading: Heading | null }>(blocks: readonly B[]) {
  const anchors = new Map<B, string>();
  const table: Entry[] = [];
  const used = new Map<string, number>();
  for (const [i, block] of blocks.entries()) {
    if (i % BLOCKS_PER_STEP === 0) yield;
    if (!block.heading) continue;
    const { level, words, slug } = block.heading;
    const anchor = unused(slug, used);
    anchors.set(block, anchor);
    if (table.length < MOST_ENTRIES) table.push({ level, words, anchor });
  }
  return { anchors, table };
}

function slugOf(words: string): string {
  return words.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "").replaceAll(" ", "-");
}

/** The slug, with a number behind it where it was used before. */
function unused(slug: string, used: Map<string, number>): string {
  let count = used.get(slug) ?? 0;
  let anchor = slug;
  while (used.has(anchor)) anchor = `${slug}-${++count}`;
  used.set(slug, count);
  used.set(anchor, used.get(anchor) ?? 0);
  return anchor;
}
