/** The people in the pad, as a signal that the list and the carets watch. */

import { computed, signal } from "@preact/signals";
import type { Clock } from "../clock";
import { type ShownUser, SYSTEM_USER } from "../wire";
import { Activity } from "./activity";

/** Somebody in the pad. */
export interface Person extends ShownUser {
  id: number;
}

export class People {
  readonly byId = signal<ReadonlyMap<number, Person>>(new Map());
  /** Those who may write, in the order of arrival, so that nobody jumps about in the list. */
  readonly list = computed(() => [...this.byId.value.values()].filter(({ view }) => !view).sort((a, b) => a.id - b.id));
  /** Those besides them who may only read, likewise. */
  readonly readers = computed(() => [...this.byId.value.values()].filter(({ view }) => view).sort((a, b) => a.id - b.id));

  /** Which of them are typing. */
  readonly activity: Activity;

  constructor(clock: Clock) {
    this.activity = new Activity(clock);
  }

  /** These are all who are there. */
  replace(people: Iterable<Person>): void {
    this.byId.value = new Map([...people].map((person) => [person.id, personOf(person.id, person)]));
  }

  /** Someone came or changed; null: they left. */
  set(id: number, info: ShownUser | null): void {
    const people = new Map(this.byId.value);
    if (info) people.set(id, personOf(id, info));
    else people.delete(id);
    this.byId.value = people;
  }

  /** The name of that person; null for one who is not there, and for the server itself. */
  nameOf(id: number): string | null {
    return id === SYSTEM_USER ? null : (this.byId.value.get(id)?.name ?? null);
  }
}

/** Without what else there may be to them, their carets for example. */
function personOf(id: number, { name, hue, view }: ShownUser): Person {
  return { id, name, hue, ...(view && { view }) };
}
