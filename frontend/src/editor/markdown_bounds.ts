/**
 * Bounds what a paragraph of Markdown costs. Whatever might open or close something is
 * looked for among all that is open, which in a paragraph of thousands of marks takes
 * minutes: `[](` over and over. Nobody writes so many; behind them, a paragraph is text.
 * For each line, all quotes and lists are gone through that it may go on with: they are bounded, too.
 */

import type { InlineContext, MarkdownExtension } from "@lezer/markdown";

/** Marks that a paragraph, a heading or a cell may have, and units in which they may stand. */
export const MOST_MARKS = 1_000;
export const MOST_UNITS = 8_000;

/** Quotes and lists within each other. */
export const DEEPEST = 25;

const MARKS = new Set(Array.from("\\`*_[]!<>&~:@^", (mark) => mark.charCodeAt(0)));

/** For the parser of Markdown. */
export function boundedInline(): MarkdownExtension {
  let section: InlineContext | null = null;
  let marks = 0;
  return {
    // A paragraph or a table is parsed in one step, and again as a whole when a letter of it changes.
    parseBlock: [
      { name: "BoundLeaf", endLeaf: (_context, _line, leaf) => leaf.content.length > MOST_UNITS },
      {
        name: "BoundDepth",
        before: "IndentedCode",
        parse(context, line) {
          if (context.depth <= DEEPEST) return false;
          context.addElement(context.elt("Paragraph", context.lineStart + line.pos, context.lineStart + line.text.length));
          context.nextLine();
          return true;
        },
      },
    ],
    parseInline: [
      {
        name: "Bound",
        before: "Escape",
        parse(context, next, at) {
          if (section !== context) {
            section = context;
            marks = 0;
          }
          if (MARKS.has(next)) marks += 1;
          return marks > MOST_MARKS || at - context.offset > MOST_UNITS ? context.end : -1;
        },
      },
    ],
  };
}
