/** The order in which people are shown. */

import type { Activity, Person } from "../../session";

type Typing = Pick<Activity, "lastTyped"> & { typing: { value: ReadonlySet<number> } };

/** Those who are typing, then those who have typed, the last one first, then the others as they came. Those who
 * type side by side stay where they are. */
export function byRecency(people: readonly Person[], activity: Typing): Person[] {
  const typing = activity.typing.value;
  const last = ({ id }: Person) => (typing.has(id) ? Infinity : activity.lastTyped(id));
  return people.toSorted((a, b) => descending(last(a), last(b)) || a.id - b.id);
}

/** The people for so many places: those who type are among them, and nobody else goes who was `shown`. Each stays in
 * place, since they stand as they came. */
export function chosen(people: readonly Person[], shown: ReadonlySet<number>, activity: Typing, places: number): Person[] {
  const typing = activity.typing.value;
  const rank = ({ id }: Person) => (typing.has(id) ? 2 : 0) + (shown.has(id) ? 1 : 0);
  return byRecency(people, activity)
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, places)
    .sort((a, b) => a.id - b.id);
}

function descending(a: number, b: number): number {
  return a === b ? 0 : b - a;
}
