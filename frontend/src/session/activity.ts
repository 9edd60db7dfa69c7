/**
 * Who has typed lately. Others type many times a second, and nothing that shows it need change as often: the signal
 * changes when somebody begins, and after they have rested for a while.
 */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../clock";

/** Whoever typed within this is typing. */
export const TYPING_MS = 4_000;
/** How often it is looked who rests. */
const LOOK_MS = 1_000;

export class Activity {
  readonly #typing = signal<ReadonlySet<number>>(new Set());
  /** When each of them typed last, by user id, on the clock of elapsed(). */
  readonly #typedAtMs = new Map<number, number>();
  /** True while a look is due: as long as somebody is typing, and up to one more. */
  #isLooking = false;
  constructor(private readonly clock: Clock) {}

  /** The user ids of those who are typing. */
  get typing(): ReadonlySignal<ReadonlySet<number>> {
    return this.#typing;
  }

  /** The moment at which that user typed last, larger the later; -Infinity: not since we are here. */
  lastTyped(id: number): number {
    return this.#typedAtMs.get(id) ?? -Infinity;
  }

  /** That user has typed just now. */
  typed(id: number): void {
    this.#typedAtMs.set(id, this.clock.elapsed());
    const typing = this.#typing.peek();
    if (typing.has(id)) return;
    this.#typing.value = new Set(typing).add(id);
    this.#lookLater();
  }

  /** That user has left. */
  gone(id: number): void {
    this.#typedAtMs.delete(id);
    const typing = new Set(this.#typing.peek());
    if (typing.delete(id)) this.#typing.value = typing;
  }

  #lookLater(): void {
    if (this.#isLooking || this.#typing.peek().size === 0) return;
    this.#isLooking = true;
    this.clock.setTimeout(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    const restsSince = this.clock.elapsed() - TYPING_MS;
    const before = this.#typing.peek();
    const typing = new Set([...before].filter((id) => this.lastTyped(id) > restsSince));
    if (typing.size < before.size) this.#typing.value = typing;
    this.#isLooking = false;
    this.#lookLater();
  }
}
