/**
 * What was done to the text in the last ten minutes, and by whom, so that all of one person's can be taken back. Kept by
 * a tab whose pad it is, from when it became that; nothing is reckoned before somebody asks.
 */

import { Operation, Rope } from "../kernel";
import type { Session, Witness } from "../session";
import { type Deed, textWithout } from "./take_back";

/** What is older is not taken back. */
const SPAN_MS = 600_000;
/** Beyond so many, or so many components and letters of them, the oldest half is let go of. */
const BOUNDS = { deeds: 10_000, size: 4 << 20 };
/** The author of nothing. */
const NOBODY = -1;

interface Noted extends Deed {
  readonly atMs: number;
  /** What the author was called; null: it was not known. */
  readonly name: string | null;
}

/** Somebody who has done something. */
export interface Doer {
  readonly id: number;
  readonly name: string;
}

export class Deeds implements Witness {
  /** The text before the oldest deed; null: it is not known. */
  #before: string | null;
  #noted: Noted[] = [];
  #size = 0;
  #sinceMs: number;

  constructor(
    private readonly session: Pick<Session, "kept" | "people" | "userId">,
    private readonly now: () => number = () => Date.now(),
    private readonly bounds: Readonly<typeof BOUNDS> = BOUNDS,
  ) {
    this.#sinceMs = now();
    this.#before = session.kept.watch(this);
  }

  entry({ id, operation }: Parameters<Witness["entry"]>[0]): void {
    if (this.#before === null) return;
    this.#noted.push({ author: id, operation, atMs: this.now(), name: this.session.people.nameOf(id) });
    this.#size += sizeOf(operation);
    if (this.#noted.length > this.bounds.deeds || this.#size > this.bounds.size) this.#letGo(Math.ceil(this.#noted.length / 2));
  }

  snapshot(text: string): void {
    [this.#before, this.#noted, this.#size, this.#sinceMs] = [text, [], 0, this.now()];
  }

  /** The time from which on it is known who did what, as Date.now() gives it. */
  get sinceMs(): number {
    return Math.max(this.#sinceMs, this.now() - SPAN_MS);
  }

  /** Those who have done something, besides us. */
  doers(): Doer[] {
    this.#letGoOfOld();
    const names = new Map<number, string>();
    for (const { author, name } of this.#noted) if (name !== null && author !== this.session.userId.peek()) names.set(author, name);
    return [...names].map(([id, name]) => ({ id, name }));
  }

  /** The text without what that user did; null: `text`, which is the present one, is not what was noted. */
  without(id: number, text: string): string | null {
    this.#letGoOfOld();
    if (this.#before === null || textWithout(this.#before, this.#noted, NOBODY) !== text) return null;
    return textWithout(this.#before, this.#noted, id);
  }

  #letGoOfOld(): void {
    const oldest = this.now() - SPAN_MS;
    const young = this.#noted.findIndex(({ atMs }) => atMs >= oldest);
    this.#letGo(young < 0 ? this.#noted.length : young);
  }

  /** The oldest so many cannot be taken back any more. */
  #letGo(count: number): void {
    if (count === 0 || this.#before === null) return;
    const gone = this.#noted.splice(0, count);
    const text = new Rope(this.#before);
    for (const { operation } of gone) {
      const done = Operation.of(operation);
      done.applyTo(text);
      done.free();
      this.#size -= sizeOf(operation);
    }
    this.#before = text.read();
    this.#sinceMs = Math.max(this.#sinceMs, gone.at(-1)!.atMs);
    text.free();
  }
}

function sizeOf(operation: Deed["operation"]): number {
  return operation.reduce<number>((sum, it) => sum + (typeof it === "string" ? it.length : 1), 0);
}
