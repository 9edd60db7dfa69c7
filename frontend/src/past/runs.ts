/** Who wrote which part of a text: lengths with an author each, together the whole text. */

import type { Change } from "../kernel";

/** So many UTF-16 units in a row are somebody's; null: nobody knows whose. */
export interface Run {
  readonly units: number;
  readonly author: number | null;
}

/** The runs after changes that the author made. Neighbours have different authors, where they had before. */
export function changedRuns(runs: readonly Run[], changes: readonly Change[], author: number | null): Run[] {
  const result: Run[] = [];
  let [next, taken, at] = [0, 0, 0];
  const take = (to: number, isKept: boolean) => {
    while (at < to && next < runs.length) {
      const run = runs[next]!;
      const units = Math.min(to - at, run.units - taken);
      if (isKept) put(result, units === run.units ? run : { units, author: run.author });
      [at, taken] = [at + units, taken + units];
      if (taken === run.units) [next, taken] = [next + 1, 0];
    }
  };
  for (const { from, to, insert } of changes) {
    take(from, true);
    if (insert !== "") put(result, { units: insert.length, author });
    take(to, false);
  }
  take(Infinity, true);
  return result;
}

function put(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last?.author === run.author) runs[runs.length - 1] = { units: last.units + run.units, author: run.author };
  else runs.push(run);
}

/** The length of the text. */
export function unitsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { units }) => sum + units, 0);
}
