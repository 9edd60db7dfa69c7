/** Code in the editor's colours, for what shows code elsewhere. */

import { loadChunk, log } from "../browser";
import { loadLanguages } from "./languages";

/** Longer code, or code with a longer line, is not coloured: it would hold up the typing. */
const LONGEST_UNITS = 20_000;
const LONGEST_LINE = /[^\n]{2000}/;
/** What waited for a language is painted for so long at a time, and then keys have their turn. */
const SLICE_MS = 8;
const REST_MS = 50;
/** Whatever stands behind a fence is a name; of so many it begins anew. */
const MOST_NAMES = 500;

type Put = (coloured: DocumentFragment) => void;
type Paint = (code: string, put: Put) => void;

/** How code is painted in the languages that have been asked for, by what they were called; null: there is none of that name. */
const known = new Map<string, Paint | null>();
/** What waits for the code of those languages. */
const waiting = new Map<string, { code: string; put: Put }[]>();

/** Gives `put` the code in colours: at once when its language has been loaded and the code is short, so that it counts as a part of
 * what the caller does; never when there is none of that name, or the code takes too long. */
export function colour(code: string, language: string, put: Put): void {
  if (code.length > LONGEST_UNITS || LONGEST_LINE.test(code)) return;
  const paint = known.get(language);
  if (paint !== undefined) return paint?.(code, put);
  const others = waiting.get(language);
  if (others) return void others.push({ code, put });
  waiting.set(language, [{ code, put }]);
  load(language).catch((error: unknown) => log.warn("not coloured:", language, error));
}

/** The style sheet of that code. */
export async function codeStyles(): Promise<string> {
  return (await import("./highlight")).highlight.module?.getRules() ?? "";
}

async function load(language: string): Promise<void> {
  try {
    const paint = await paintIn(language);
    if (known.size >= MOST_NAMES) known.clear();
    if (paint !== undefined) known.set(language, paint);
    if (paint) paintAll(paint, waiting.get(language)!);
  } finally {
    waiting.delete(language);
  }
}

/** null: there is no language of that name; undefined: its code could not be loaded. */
async function paintIn(language: string): Promise<Paint | null | undefined> {
  const languages = await loadLanguages();
  const description = languages?.codeLanguage(language);
  if (!description) return languages ? null : undefined;
  const loaded = await loadChunk(language, () => Promise.all([description.load(), import("./painted_code")]));
  if (!loaded) return undefined;
  const [support, { paint }] = loaded;
  return (code, put) => {
    try {
      paint(code, support, put);
    } catch (error) {
      log.warn("not coloured:", language, error);
    }
  };
}

function paintAll(paint: Paint, blocks: { code: string; put: Put }[]): void {
  const beganMs = performance.now();
  let done = 0;
  while (done < blocks.length && performance.now() - beganMs < SLICE_MS) {
    const { code, put } = blocks[done++]!;
    paint(code, put);
  }
  if (done < blocks.length) setTimeout(() => paintAll(paint, blocks.slice(done)), REST_MS);
}
