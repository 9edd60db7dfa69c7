/** The editor's own words are said in the page's language, all of them. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { de } from "./de";
import { en } from "./en";

const PACKAGES = ["autocomplete", "commands", "language", "search", "view"];

/** The words in quotes where a phrase is asked for, as in
 * `phrase(view, fold ? "Folded lines" : "Unfolded lines")`. */
function phrasesOf(name: string): string[] {
  const code = readFileSync(new URL(`../../node_modules/@codemirror/${name}/dist/index.js`, import.meta.url), "utf8");
  const calls = code.match(/\bphrase\((?:view, )?[^),]*"[^),]*/g) ?? [];
  return calls.flatMap((call) => [...call.matchAll(/"([^"]+)"/g)].map(([, phrase]) => phrase!));
}

const used = new Set(PACKAGES.flatMap(phrasesOf));

test("the phrases are found", () => {
  for (const phrase of ["Find", "Unfolded lines", "Selection deleted", "Control character", "Completions"]) {
    expect(used).toContain(phrase);
  }
});

test("in German each has its word, and no word is for nothing", () => {
  expect(Object.keys(de.phrases).sort()).toEqual([...used].sort());
});

test("in English some are said in another way, and no word is for nothing", () => {
  for (const phrase of Object.keys(en.phrases)) expect(used).toContain(phrase);
});
