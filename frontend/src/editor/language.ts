/** A language of a text, by its id. */

/** A language, to be chosen from a list. */
export interface Language {
  id: string;
  label: string;
  /** Other words by which people look for it. */
  words: readonly string[];
}

/** The id of no language. */
export const PLAIN_TEXT = "plaintext";
