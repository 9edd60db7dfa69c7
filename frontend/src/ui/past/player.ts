/** Plays what was typed, from the moment that is shown: a frame at a time, into the view of the text of before. */

import { effect, signal } from "@preact/signals";
import { type PastOperation, type PastTexts, type Played, Replay, type Sitting } from "../../past";

/** So much of a frame may go to what has been typed in it. */
const FRAME_MS = 8;
/** After a longer pause, of a tab that nobody looked at, it goes on where it was. */
const FRAME_MOST_MS = 250;
/** What is said of the moment changes so often at most. */
const SAID_EVERY_MS = 250;

export const SPEEDS = [1, 2, 5, 20] as const;

/** What shows it. */
export interface Stage {
  /** It begins with that text. */
  begin(text: string): void;
  /** So much has happened. `nowMs` is on the clock of performance.now(). */
  play(played: Played, nowMs: number): void;
}

export class Player {
  readonly isPlaying = signal(false);
  readonly speed = signal<(typeof SPEEDS)[number]>(1);
  /** What was typed last, a moment ago; null: nothing yet. */
  readonly at = signal<PastOperation | null>(null);
  /** True while the server does not give what comes next. */
  readonly isStuck = signal(false);
  #replay: Replay | null = null;
  #last: PastOperation | null = null;
  #frame = 0;
  /** What was shown when it began; null: it is not playing. */
  #from: Sitting | null = null;

  constructor(
    private readonly past: PastTexts,
    private readonly stage: () => Stage,
  ) {}

  /** Another moment that somebody chooses ends it. The function that this returns ends that, and it. */
  follow(): () => void {
    const stop = effect(() => {
      if (this.past.shown.value?.sitting !== this.#from) this.#end();
    });
    return () => {
      stop();
      this.#end();
    };
  }

  /** Plays the sitting that is shown and what came after it; where a single change is shown, what came after that. Rejects
   * with a RightsError. */
  async play(): Promise<void> {
    const shown = this.past.shown.peek();
    if (!shown || this.isPlaying.peek()) return;
    this.isPlaying.value = true;
    this.#from = shown.sitting;
    const isWanted = () => this.#from === shown.sitting;
    try {
      const revision = await this.#beginning();
      const text = await this.past.textAt(revision);
      if (!isWanted()) return;
      this.#replay = new Replay(text, revision, (from) => this.past.operations.from(from));
      this.stage().begin(text);
      this.#begin();
    } catch (error) {
      if (isWanted()) this.#end();
      throw error;
    }
  }

  /** Stays where it is: that is the moment which is shown then. */
  pause(): void {
    const text = this.#last && this.#replay!.text();
    if (text !== null) this.past.showKnown(this.#last!, text);
    this.#end();
  }

  /** At the very end it begins with the oldest that is known. */
  async #beginning(): Promise<number> {
    const { sitting, isOperation } = this.past.shown.peek()!;
    if (!isOperation) return sitting.first;
    const isEnd = (await this.past.operations.after(sitting.end)) === null;
    return isEnd ? (this.past.sittings.peek()?.at(-1)?.first ?? sitting.end) : sitting.end;
  }

  #begin(): void {
    let [before, said] = [performance.now(), 0];
    const frame = (now: number) => {
      this.#frame = requestAnimationFrame(frame);
      const ms = Math.min(Math.max(now - before, 0), FRAME_MOST_MS);
      before = now;
      this.#goOn(ms, performance.now() + FRAME_MS);
      if (!this.#replay || now - said < SAID_EVERY_MS) return;
      said = now;
      this.at.value = this.#last;
      this.isStuck.value = this.#replay.isStuck;
    };
    this.#frame = requestAnimationFrame(frame);
  }

  #goOn(ms: number, untilMs: number): void {
    const replay = this.#replay!;
    const played = replay.advance(ms, this.speed.peek(), () => performance.now() > untilMs);
    if (played) {
      this.#last = played.last;
      this.stage().play(played, performance.now());
    }
    if (replay.isOver) this.pause();
  }

  #end(): void {
    cancelAnimationFrame(this.#frame);
    this.#replay?.free();
    [this.#replay, this.#last, this.#from] = [null, null, null];
    [this.isPlaying.value, this.isStuck.value, this.at.value] = [false, false, null];
  }
}
