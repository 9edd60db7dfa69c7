/**
 * Code in Markdown, in the colours of its own language: blocks of code, and HTML.
 *
 * It does what parseCode() of @lezer/markdown does, within bounds. Where such a block stands in a quote or in a list, each of its
 * lines is a range of its own, and parsers take the square of their number, some of it in one step.
 */

import { type LanguageDescription, ParseContext } from "@codemirror/language";
import { type Input, type NestedParse, NodeType, Parser, type PartialParse, parseMixed, type SyntaxNode, Tree, type TreeFragment } from "@lezer/common";
import type { MarkdownConfig } from "@lezer/markdown";

/** Ranges of a block that are parsed in its own language; with more of them, it has no colours. */
export const MOST_RANGES = 200;

/** A larger block of HTML has no colours either: what it opens is open to its end, which the parser closes in one step. */
export const MOST_HTML_UNITS = 30_000;

/** Has code parsed in the language that `languageOf` knows by the words behind its fence, and HTML with that parser. */
export function nestedCode(languageOf: (words: string) => LanguageDescription | null, html: Parser): MarkdownConfig {
  const parserOf = (words: string): Parser | null => {
    const found = languageOf(words);
    if (!found) return null;
    return found.support?.language.parser ?? ParseContext.getSkippingParser(found.load());
  };
  return {
    wrap: parseMixed(({ name, node }, input) => {
      if (name === "FencedCode") {
        const info = node.getChild("CodeInfo");
        const parser = info && parserOf(input.read(info.from, info.to));
        const overlay = parser && rangesOf(node, ({ name }) => name === "CodeText");
        return overlay && nested(parser, overlay, true);
      }
      if (name !== "HTMLBlock" && name !== "HTMLTag" && name !== "CommentBlock") return null;
      return node.to - node.from > MOST_HTML_UNITS ? { parser: unread } : nested(html, rangesBetween(node));
    }),
  };
}

type Range = { from: number; to: number };

function nested(parser: Parser, overlay: readonly Range[], bracketed = false): NestedParse | null {
  if (overlay.length > MOST_RANGES) return { parser: unread };
  return overlay.length > 0 ? { parser, overlay, bracketed } : null;
}

/** Takes a block for one without anything in it: whoever looks for parts in other languages need not go through its lines. */
const unread = new (class extends Parser {
  createParse(_input: Input, _fragments: readonly TreeFragment[], ranges: readonly Range[]): PartialParse {
    const [from, to] = [ranges[0]!.from, ranges.at(-1)!.to];
    return { parsedPos: to, stoppedAt: null, stopAt() {}, advance: () => new Tree(NodeType.none, [], [], to - from) };
  }
})();

/** Where children of that kind are, the first ones beyond what is allowed at most. */
function rangesOf(node: SyntaxNode, isMeant: (child: SyntaxNode) => boolean): readonly Range[] {
  const ranges: Range[] = [];
  for (let child = node.firstChild; child && ranges.length <= MOST_RANGES; child = child.nextSibling) {
    if (isMeant(child)) ranges.push({ from: child.from, to: child.to });
  }
  return ranges;
}

/** What is between the children, which are marks of quotes, the first ones beyond what is allowed at most. */
function rangesBetween(node: SyntaxNode): readonly Range[] {
  const ranges: Range[] = [];
  let { from } = node;
  for (let child = node.firstChild; ranges.length <= MOST_RANGES; child = child.nextSibling) {
    const to = child?.from ?? node.to;
    if (from < to) ranges.push({ from, to });
    if (!child) break;
    from = child.to;
  }
  return ranges;
}
