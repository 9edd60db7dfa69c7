/** A part of a Markdown text, such as a paragraph or a list. */

import type { Env, Token } from "markdown-it";
import type { Heading } from "./headings";

/** What the definitions of links say, by their labels. */
export type References = NonNullable<Env["references"]>;

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
