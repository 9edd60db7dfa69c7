/** Code in the editor's colours, for what shows code elsewhere. */

import type { LanguageSupport } from "@codemirror/language";
import { highlightCode } from "@lezer/highlight";
import { loadChunk } from "../browser";
import { codeLanguage } from "./languages";
import { highlight } from "./theme";

/** Longer code is not coloured: it would hold up the typing. */
const LONGEST_UNITS = 50_000;

/** Gives `put` the code in colours: at once when the language is there already,
 * else when it has been loaded; never when there is none of that name. */
export function colour(code: string, language: string, put: (coloured: DocumentFragment) => void): void {
  const description = codeLanguage(language);
  if (!description || code.length > LONGEST_UNITS) return;
  if (description.support) return put(painted(code, description.support));
  void loadChunk(language, () => description.load()).then((support) => support && put(painted(code, support)));
}

function painted(code: string, { language }: LanguageSupport): DocumentFragment {
  const root = document.createDocumentFragment();
  const text = (part: string, classes: string) => {
    if (classes === "") return root.append(part);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = part;
    root.append(span);
  };
  highlightCode(code, language.parser.parse(code), highlight, text, () => root.append("\n"));
  return root;
}
