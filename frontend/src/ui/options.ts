/** What a search in a list of choices finds. */

export interface Option {
  id: string;
  label: string;
  /** Found by these as well, when they begin with what is looked for. */
  words?: readonly string[];
}

/** All when nothing is looked for. What begins with the query comes first, then
 * what goes by another word that does, then what holds it anywhere. */
export function found(options: readonly Option[], query: string): readonly Option[] {
  const sought = query.trim().toLowerCase();
  if (sought === "") return options;
  const ranked = options.map((option) => ({ option, rank: rankOf(option, sought) }));
  return ranked
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((a, b) => a.rank - b.rank)
    .map(({ option }) => option);
}

const NOT_FOUND = 4;

function rankOf({ label, words = [] }: Option, sought: string): number {
  const name = label.toLowerCase();
  if (name === sought || words.includes(sought)) return 0;
  if (name.startsWith(sought)) return 1;
  if (words.some((word) => word.toLowerCase().startsWith(sought))) return 2;
  return name.includes(sought) ? 3 : NOT_FOUND;
}
