/** The headings of a text, and what links to them. */

import type { Token } from "markdown-it";

/** A heading that stands in no other block. */
export interface Heading {
  readonly level: number;
  /** Its words, without marks. */
  readonly words: string;
}

/** An entry of the table of contents. */
export interface Entry extends Heading {
  readonly anchor: string;
}

/** A heading has that many units at most in the table of contents, which has that many entries. */
const LONGEST_UNITS = 300;
const MOST_ENTRIES = 500;

/** The heading that those tokens of a block are; null: they are none. */
export function headingIn([open, text]: readonly Token[]): Heading | null {
  if (open?.type !== "heading_open" || !text) return null;
  const source = text.content.slice(0, LONGEST_UNITS).toWellFormed();
  const words = source.replace(/!?\[([^[\]]*)\]\([^()]*\)/g, "$1").replace(/[`*~^\\]|==|__|\[\^?|\]/g, "");
  return { level: Number(open.tag.slice(1)), words: words.trim() };
}

/** The anchors of those blocks that are headings, each another one, and their table of contents. */
export function tableOf<B extends { readonly heading: Heading | null }>(blocks: readonly B[]) {
  const anchors = new Map<B, string>();
  const table: Entry[] = [];
  const used = new Map<string, number>();
  for (const block of blocks) {
    if (!block.heading) continue;
    const anchor = unused(slugOf(block.heading.words), used);
    anchors.set(block, anchor);
    if (table.length < MOST_ENTRIES) table.push({ ...block.heading, anchor });
  }
  return { anchors, table };
}

/** As GitHub writes them: small letters, and hyphens in place of spaces. */
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
