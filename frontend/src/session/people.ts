/** The people in the pad, as a signal that the list and the carets watch. */

import { computed, signal } from "@preact/signals";
import type { Clock } from "../clock";
import { SYSTEM_USER, type UserInfo } from "../wire";
import { Activity } from "./activity";

/** Somebody in the pad. */
export interface Person extends UserInfo {
  id: number;
}

export class People {
  readonly byId = signal<ReadonlyMap<number, Person>>(new Map());
  /** All of them in the order of arrival, so that nobody jumps about in the list. */
  readonly list = computed(() => [...this.byId.value.values()].sort((a, b) => a.id - b.id));

  /** Which of them are typing. */
  readonly activity: Activity;

  constructor(clock: Clock) {
    this.activity = new Activity(clock);
  }

  /** These are all who are there. */
  replace(people: Iterable<Person>): void {
    this.byId.value = new Map([...people].map(({ id, name, hue }) => [id, { id, name, hue }]));
  }

  /** Someone came or changed; null: they left. */
  set(id: number, info: UserInfo | null): void {
    const people = new Map(this.byId.value);
    if (info) people.set(id, { id, name: info.name, hue: info.hue });
    else people.delete(id);
    this.byId.value = people;
  }

  /** The name of that person; null for one who is not there, and for the server itself. */
  nameOf(id: number): string | null {
    return id === SYSTEM_USER ? null : (this.byId.value.get(id)?.name ?? null);
  }
}
