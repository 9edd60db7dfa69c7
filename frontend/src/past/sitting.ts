/** A stretch of time in which somebody typed, as the server tells it. */

/** Whoever typed. `name` and `hue` are those of that time; null: nobody knows them. */
export interface Author {
  readonly id: number | null;
  readonly name: string | null;
  readonly hue: number | null;
}

/** It leads from the text at the revision `first` to that at `end`. Times are in seconds since 1970, amounts in
 * code points. */
export interface Sitting {
  readonly first: number;
  readonly end: number;
  readonly began_at: number;
  readonly ended_at: number;
  readonly authors: readonly Author[];
  readonly inserted: number;
  readonly deleted: number;
}

/** Sittings, newest first, with those that the server told just now in place of what was known of their time: a sitting
 * that goes on has another end, and what was deleted of the history is not there any more. `asked` is how many were asked
 * for: where fewer came, there are no others. */
export function renewed(known: readonly Sitting[], told: readonly Sitting[], asked: number): readonly Sitting[] {
  const oldest = told.at(-1);
  if (!oldest || told.length < asked) return told;
  return [...told, ...known.filter(({ first }) => first < oldest.first)];
}
