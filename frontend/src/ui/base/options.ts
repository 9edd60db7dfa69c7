/** Searches a list of choices. */

/** A choice. */
export interface Option {
  id: string;
  label: string;
  /** Other words by which it is found, when they begin with what is looked for. */
  words?: readonly string[];
}

/** The options that a search finds, all of them when nothing is looked for. Those that
 * begin with the query come first, then those with another word that does, then those
 * that hold it anywhere. */
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
