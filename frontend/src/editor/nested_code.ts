/**
 * Code in Markdown, in the colours of its own language: blocks of code, and HTML.
 *
 * It does what parseCode() of @lezer/markdown does, within bounds. Where such a block stands in a quote or in a list, each of its
 * lines is a range of its own, and parsers take the square of their number, some of it in one step.
 */

import { type LanguageDescription, ParseContext } from "@codemirror/language";
import { type Parser, parseMixed, type SyntaxNode } from "@lezer/common";
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
        return overlay ? { parser, overlay, bracketed: true } : null;
      }
      if (name !== "HTMLBlock" && name !== "HTMLTag" && name !== "CommentBlock") return null;
      const overlay = node.to - node.from > MOST_HTML_UNITS ? null : rangesBetween(node);
      return overlay ? { parser: html, overlay } : null;
    }),
  };
}

type Range = { from: number; to: number };

/** Where children of that kind are; null: nowhere, or at too many places. */
function rangesOf(node: SyntaxNode, isMeant: (child: SyntaxNode) => boolean): readonly Range[] | null {
  const ranges: Range[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (isMeant(child)) ranges.push({ from: child.from, to: child.to });
    if (ranges.length > MOST_RANGES) return null;
  }
  return ranges.length > 0 ? ranges : null;
}

/** What is between the children, which are marks of quotes; null: nothing is, or at too many places. */
function rangesBetween(node: SyntaxNode): readonly Range[] | null {
  const ranges: Range[] = [];
  let { from } = node;
  for (let child = node.firstChild; ; child = child.nextSibling) {
    const to = child?.from ?? node.to;
    if (from < to) ranges.push({ from, to });
    if (ranges.length > MOST_RANGES) return null;
    if (!child) return ranges.length > 0 ? ranges : null;
    from = child.to;
  }
}
