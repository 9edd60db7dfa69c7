/** Who else is in a pad. */

import type { Person, Session } from "../../session";

/** The people in the pad besides the user; the user's own tabs are nobody else. */
export function othersIn({ people, userId, identity }: Session): Person[] {
  return people.list.value.filter((person) => person.id !== userId.value && !isSame(person, identity.value));
}

/** The user's other tabs in the pad. */
export function otherTabsIn({ people, userId, identity }: Session): Person[] {
  return people.list.value.filter((person) => person.id !== userId.value && isSame(person, identity.value));
}

function isSame(a: { name: string; hue: number }, b: { name: string; hue: number }): boolean {
  return a.name === b.name && a.hue === b.hue;
}
