/** Code in the editor's colours, for what shows code elsewhere. */

import { loadChunk, log } from "../browser";
import { loadLanguages } from "./languages";

/** Longer code, or code with a longer line, is not coloured: it would hold up the typing. */
const LONGEST_UNITS = 20_000;
const LONGEST_LINE = /[^\n]{2000}/;

/** Gives `put` the code in colours, when its language has been loaded; never when there is none of that
 * name, or the code takes too long. */
export function colour(code: string, language: string, put: (coloured: DocumentFragment) => void): void {
  if (code.length > LONGEST_UNITS || LONGEST_LINE.test(code)) return;
  paint(code, language, put).catch((error: unknown) => log.warn("not coloured:", language, error));
}

/** The style sheet of that code. */
export async function codeStyles(): Promise<string> {
  return (await import("./highlight")).highlight.module?.getRules() ?? "";
}

async function paint(code: string, language: string, put: (coloured: DocumentFragment) => void): Promise<void> {
  const description = (await loadLanguages())?.codeLanguage(language);
  if (!description) return;
  const loaded = await loadChunk(language, () => Promise.all([description.load(), import("./painted_code")]));
  loaded?.[1].paint(code, loaded[0], put);
}
