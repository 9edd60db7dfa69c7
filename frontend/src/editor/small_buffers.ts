/**
 * Trees of which a key costs little.
 *
 * A parser keeps the small nodes of a stretch of text together in a buffer, which saves memory, and reads the whole stretch again when
 * something in it or beside it changes: with the 1,024 entries of @lezer/lr 1.4 that is a thousand units of a program on either side,
 * for each letter. With a quarter of the entries a letter takes a third to two thirds of the time, the first parse takes the same, and the
 * tree 2.0 instead of 1.3 MiB for 256 KiB of JavaScript. With an eighth it would be 3.4 MiB, for little.
 *
 * What is in a buffer is not used again by itself, what is outside of one is, and not every grammar can do with that: after some editing a tree
 * may then differ from a fresh one. So only those languages have small buffers for which trees were compared by the hundred
 * (partial_trees.test.ts); C++, Rust, Go and HTML did not stand it.
 */

import { type Language, LRLanguage } from "@codemirror/language";
import type { Parser } from "@lezer/common";

/** So many entries, of which a node takes four. */
const ENTRIES = 256;
/** By the names that their packages give them. */
const STEADY = new Set(["javascript", "jsx", "typescript", "tsx", "json", "css", "sql"]);

/** The same language, whose trees have small buffers if it can do with them. */
export function withSmallBuffers(language: Language): Language {
  const isSteady = language instanceof LRLanguage && STEADY.has(language.name);
  return isSteady ? language.configure({ bufferLength: ENTRIES }) : language;
}

/** True for a parser each of whose steps is a token: one of @lezer/lr. */
export function readsTokens(parser: Parser): boolean {
  return "bufferLength" in parser;
}
