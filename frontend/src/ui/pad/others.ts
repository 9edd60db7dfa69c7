/** Who else is in a pad. */

import type { Person, Session } from "../../session";

/** Those besides the user who may write in the pad; the user's own tabs are nobody else. */
export function othersIn({ people, userId, identity }: Session): Person[] {
  return people.list.value.filter((person) => person.id !== userId.value && !isSame(person, identity.value));
}

/** The user's other tabs in the pad. */
export function otherTabsIn({ people, userId, identity }: Session): Person[] {
  return people.list.value.filter((person) => person.id !== userId.value && isSame(person, identity.value));
}

/** How many may write in the pad, of whom the user may be one. */
export function writersIn(session: Session): number {
  return othersIn(session).length + (session.access.isReader.value ? 0 : 1);
}

function isSame(a: { name: string; hue: number }, b: { name: string; hue: number }): boolean {
  return a.name === b.name && a.hue === b.hue;
}
