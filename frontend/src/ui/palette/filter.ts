/** Finds what somebody means by a few letters of it. */

/** What can be found. */
export interface Findable {
  /** What it is called. */
  readonly name: string;
  /** Other words by which it is found. */
  readonly also?: string;
}

/** Letters that are two letters to some, or one with a stroke: taking the marks off them does nothing. */
const PLAIN: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", ł: "l", þ: "th", ı: "i" };

/** Text as it is compared: small, and without accents. */
export function plain(text: string): string {
  const bare = text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().normalize("NFC");
  return bare.replaceAll(/[ßæœøđðłþı]/g, (letter) => PLAIN[letter]!);
}

/** The ways in which something is found, the best first. */
const [EXACT, BEGINNING, WORDS, WITHIN, ALSO] = [0, 1, 2, 3, 4];

/** Those that hold all words of the query, in any order: the best first, equally good ones as they stood. All of them where
 * there is no query. */
export function found<T extends Findable>(all: readonly T[], query: string): readonly T[] {
  const sought = plain(query).trim();
  if (sought === "") return all;
  const words = sought.split(/\s+/);
  const ranked = all.flatMap((item) => {
    const rank = rankOf(item, sought, words);
    return rank === null ? [] : [{ item, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

/** null: it is not found. */
function rankOf({ name, also = "" }: Findable, sought: string, words: readonly string[]): number | null {
  const here = plain(name);
  if (here === sought) return EXACT!;
  if (here.startsWith(sought)) return BEGINNING!;
  if (words.every((word) => beginsIn(here, word))) return WORDS!;
  if (words.every((word) => here.includes(word))) return WITHIN!;
  const all = `${here} ${plain(also)}`;
  return words.every((word) => beginsIn(all, word) || here.includes(word)) ? ALSO! : null;
}

/** True when one of the words in that text begins so. */
function beginsIn(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1]!)) return true;
  }
  return false;
}
