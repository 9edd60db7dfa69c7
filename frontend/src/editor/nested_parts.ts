/**
 * What of a Markdown text is in other languages: how much, and how far a parser has come with it.
 *
 * The parser (MixedParse of @lezer/common 1.5.5) reads the text first. Then it begins a parse of each part in another
 * language, all in one step that nobody can interrupt: 200 ms for fifteen thousand blocks of code, most of it to collect
 * garbage. Whoever counts them while the text is read can stop it before they are too many, and go on from there. What an earlier
 * parse has read is not counted: it is used again with all that is in it.
 */

import type { PartialParse } from "@lezer/common";
import type { MarkdownParser } from "@lezer/markdown";

const [GRAVE, TILDE, LESS_THAN] = ["`", "~", "<"].map((mark) => mark.charCodeAt(0));

/** A parser that counts. */
export class NestedParts {
  readonly parser: MarkdownParser;
  /** How many parts it came by that may be in another language, since countFrom(). */
  count = 0;
  /** The end of a block that holds the last one of them, or of its first mark. */
  end = 0;
  #from = 0;

  constructor(parser: MarkdownParser) {
    this.parser = parser.configure({
      parseBlock: [
        {
          name: "CountBlocks",
          before: "IndentedCode",
          parse: ({ lineStart }, { next, pos }) => {
            if (next === GRAVE || next === TILDE || next === LESS_THAN) this.#note(lineStart, lineStart + pos + 1);
            return false;
          },
        },
      ],
      parseInline: [
        {
          name: "CountTags",
          before: "Escape",
          parse: ({ end }, next, at) => {
            if (next === LESS_THAN) this.#note(at, end);
            return -1;
          },
        },
      ],
    });
  }

  /** Begins to count, those that begin at that place or behind it. */
  countFrom(from: number): void {
    this.count = 0;
    this.#from = from;
  }

  #note(at: number, end: number): void {
    if (at < this.#from) return;
    this.count += 1;
    this.end = end;
  }
}

/** What MixedParse has; its types leave it out. */
interface Mixed extends PartialParse {
  /** The parse of the text; null: it is over; undefined: that parser has no parts. */
  baseParse?: PartialParse | null;
  /** Those of its parts; the first `innerDone` are over. */
  inner: { from: number; parse: PartialParse }[];
  innerDone: number;
}

/** Up to where a parse of that parser has come. The parse itself says that it is at the beginning until it has read all
 * of the text, and again as soon as one of the parts has parts of its own. Who stops it there loses what it has done. */
export function reached(parse: PartialParse): number {
  const { baseParse, inner, innerDone } = parse as Mixed;
  if (baseParse !== null) return (baseParse ?? parse).parsedPos;
  return inner.slice(innerDone).reduce((least, part) => Math.min(least, Math.max(part.from, part.parse.parsedPos)), Infinity);
}

/** True once a parse of that parser has read the text, and goes on with its parts. */
export function isInParts(parse: PartialParse): boolean {
  return (parse as Mixed).baseParse === null;
}
