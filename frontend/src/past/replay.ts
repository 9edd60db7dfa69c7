/**
 * What was typed, once more, as it was typed: the text and the places at which people were, moved on by so much time at
 * once. No clock and no screen: whoever shows it says how much time has gone by, and paints what comes of it.
 *
 * Operations are fetched ahead, a piece at a time. Where they come too late it waits, and goes on when they are there.
 */

import { type Change, changesOf, composeAll, Operation, Rope } from "../kernel";
import type { PastOperation } from "./operations";

/** Pauses are not longer than that. */
const PAUSE_MOST_MS = 2_000;
/** The next piece is asked for where fewer are left of those that are here. */
const AHEAD = 10_000;
/** Where it could not be had, it is asked for again after so long. */
const AGAIN_MS = 2_000;
/** So many people at most have a caret: those who typed last. */
const CARETS_MOST = 16;
/** Between so many operations it is looked whether the time for a frame is over. */
const AT_ONCE = 32;

/** Where somebody typed last, in UTF-16 units. */
export interface PastCaret {
  readonly author: number;
  readonly at: number;
}

/** What has happened in a frame. */
export interface Played {
  readonly changes: readonly Change[];
  readonly carets: readonly PastCaret[];
  /** The last thing that was done. */
  readonly last: PastOperation;
}

export class Replay {
  readonly #text: Rope;
  /** Those that are here, in order; what is before #next has been played. */
  #here: PastOperation[] = [];
  #next = 0;
  /** The revision that follows those that are here. */
  #end: number;
  #last: PastOperation | null = null;
  /** The time that has gone by since the last one. */
  #owedMs = 0;
  /** In code points; who typed last stands last. */
  readonly #carets = new Map<number, number>();
  #isAsking = false;
  #hasMore = true;
  /** How long ago a piece could not be had; null: the last one could. */
  #failedMs: number | null = null;

  /** Begins with that text, the one at `revision`. `load` gives the operations from a revision on, and none behind the last. */
  constructor(
    text: string,
    revision: number,
    private readonly load: (revision: number) => Promise<readonly PastOperation[]>,
  ) {
    this.#text = new Rope(text);
    this.#end = revision;
    void this.#fill();
  }

  /** True when there is nothing more to come. */
  get isOver(): boolean {
    return this.#next === this.#here.length && !this.#hasMore;
  }

  /** True while what comes next is not here. */
  get isWaiting(): boolean {
    return this.#next === this.#here.length && this.#hasMore;
  }

  /** True where the server did not give what comes next, the last time. */
  get isStuck(): boolean {
    return this.isWaiting && this.#failedMs !== null;
  }

  text(): string {
    return this.#text.read();
  }

  /** Moves on by that time, `speed` times as fast as it was; null: nothing happened in it. Ends early when `isLate`: what
   * is left is for the next frame. */
  advance(ms: number, speed: number, isLate: () => boolean = () => false): Played | null {
    this.#askAgain(ms);
    this.#owedMs = Math.min(this.#owedMs + ms * speed, PAUSE_MOST_MS);
    const played: Operation[] = [];
    for (let next = this.#due(); next; next = this.#due()) {
      const operation = this.#fitting(next, played);
      if (!operation) {
        this.#stop();
        break;
      }
      played.push(operation);
      this.#owedMs -= this.#pauseBefore(next);
      this.#last = next;
      this.#next++;
      this.#moveCarets(operation, next);
      if (played.length % AT_ONCE === 0 && isLate()) break;
    }
    if (this.#next === this.#here.length) this.#owedMs = 0;
    void this.#fill();
    return this.#apply(played);
  }

  /** Gives the memory of the kernel back. */
  free(): void {
    this.#text.free();
    this.#hasMore = false;
  }

  /** The next one, if its time has come. */
  #due(): PastOperation | null {
    const next = this.#here[this.#next];
    return next && this.#pauseBefore(next) <= this.#owedMs ? next : null;
  }

  #pauseBefore({ time }: PastOperation): number {
    if (!this.#last) return 0;
    return Math.min(Math.max(time - this.#last.time, 0), PAUSE_MOST_MS);
  }

  /** The operation, for the text after those; null: it is one for another text, and something is missing in between. */
  #fitting({ operation }: PastOperation, played: readonly Operation[]): Operation | null {
    const made = Operation.of(operation);
    if (made.basePoints === (played.at(-1)?.targetPoints ?? this.#text.points)) return made;
    made.free();
    return null;
  }

  /** There is nothing to go on with. */
  #stop(): void {
    this.#here.length = this.#next;
    this.#hasMore = false;
  }

  #moveCarets(operation: Operation, { author, operation: components }: PastOperation): void {
    for (const [id, at] of this.#carets) this.#carets.set(id, operation.moveCaret(at));
    if (author === null) return;
    this.#carets.delete(author);
    this.#carets.set(author, endOf(components));
    const [oldest] = this.#carets.keys();
    if (this.#carets.size > CARETS_MOST) this.#carets.delete(oldest!);
  }

  #apply(played: Operation[]): Played | null {
    const all = composeAll(played);
    if (!all) return null;
    const changes = changesOf(all, this.#text);
    all.applyTo(this.#text);
    all.free();
    const carets = [...this.#carets].map(([author, at]) => ({ author, at: this.#text.u16OfPoints(at) }));
    return { changes, carets, last: this.#last! };
  }

  async #fill(): Promise<void> {
    if (this.#isAsking || !this.#hasMore || this.#failedMs !== null || this.#here.length - this.#next > AHEAD) return;
    this.#isAsking = true;
    try {
      const more = await this.load(this.#end);
      const isNext = more[0]?.revision === this.#end;
      this.#hasMore &&= isNext; // unless it has been given up meanwhile
      if (!this.#hasMore) return;
      this.#here = [...this.#here.slice(this.#next), ...more];
      this.#next = 0;
      this.#end = more.at(-1)!.end;
    } catch {
      this.#failedMs = 0;
    } finally {
      this.#isAsking = false;
    }
  }

  #askAgain(ms: number): void {
    if (this.#failedMs === null) return;
    this.#failedMs += ms;
    if (this.#failedMs >= AGAIN_MS) this.#failedMs = null;
  }
}

/** Where its author is after it: at the end of the last change, in code points. */
function endOf(components: PastOperation["operation"]): number {
  let [at, end] = [0, 0];
  for (const part of components) {
    if (typeof part === "string") at += [...part].length;
    else if (part > 0) at += part;
    if (typeof part === "string" || part < 0) end = at;
  }
  return end;
}
