/**
 * Trees of which a key costs little.
 *
 * A parser keeps the small nodes of a stretch of text together in a buffer, which saves memory, and reads the whole stretch again when
 * something in it or beside it changes: with the 1,024 entries of @lezer/lr 1.4 that is a thousand units of a program on either side,
 * for each letter. With a quarter of the entries a letter takes a third to two thirds of the time, the first parse takes the same, and the
 * tree 2.0 instead of 1.3 MiB for 256 KiB of JavaScript. With an eighth it would be 3.4 MiB, for little.
 *
 * Nodes in buffers say nothing of the context in which they were read, and nodes outside of them say it as contexts.ts tells, so languages
 * in which that matters keep their buffers.
 */

import { LanguageSupport, LRLanguage } from "@codemirror/language";
import type { Parser } from "@lezer/common";
import { goesByContext } from "./contexts";

/** So many entries, of which a node takes four. */
const ENTRIES = 256;

/** The same language, whose trees have small buffers if its parser can do with them. */
export function withSmallBuffers({ language, support }: LanguageSupport): LanguageSupport {
  const isMade = language instanceof LRLanguage && !goesByContext(language.parser);
  return new LanguageSupport(isMade ? language.configure({ bufferLength: ENTRIES }) : language, support);
}

/** True for a parser each of whose steps is a token: one of @lezer/lr. */
export function readsTokens(parser: Parser): boolean {
  return "bufferLength" in parser;
}
