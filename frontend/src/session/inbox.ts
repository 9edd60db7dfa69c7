/**
 * Messages from the server, gathered for a frame.
 *
 * The editor paints and parses for each change it is given, so a burst of a
 * thousand remote edits must reach it as one. What nobody would see (the echo
 * of an own edit, a refusal) is not held up, unless something is waiting
 * before it: the order never changes.
 *
 * A delivery has a turn of its own, before a frame and not in it: what the editor
 * measures after a change is then measured in the frame that shows the change, and
 * not in one more. The next delivery comes when that frame is painted, and after a
 * rest: a pause in which the user's keys have the thread, and which grows with what
 * the delivery and its frame took, because the text is long or the machine slow.
 * What is more than one batch (batch_size.ts) does not rest, and lets a frame pass,
 * so that a key that is pressed meanwhile waits for one batch and not for all.
 *
 * On a slow machine a delivery that comes between a key and its frame would be
 * felt. While the user types there, deliveries follow the keys: one begins when a
 * key has just been painted, which is when the next key is farthest away.
 */

import type { Page } from "../browser";
import type { Clock } from "../clock";
import { BatchSize } from "./batch_size";

/** A delivery that takes less until it is painted is not felt. */
const BUSY_MS = 12;
/** After such a one: what others type is shown thirty times in a second. */
const REST_MS = 16;
/** After a longer one, that many times what it took, up to a limit: a quarter of the time goes into what others do. */
const REST_FACTOR = 3;
const LONGEST_REST_MS = 300;
/** A delivery of so many changes is a flood: more of them are on their way. */
const FLOOD_CHANGES = 8;
const FLOOD_REST_MS = 30;
/** So many changes are not held until a key is painted. */
const HELD_CHANGES = 64;
/** Who pressed a key so short a time ago is about to press another. */
const TYPING_MS = 300;

/** Asks for the next message until there is none for now. */
export type Deliver<Message> = (next: () => Message | undefined) => void;

/** All that an inbox knows of messages, frames and time. */
export interface InboxOptions<Message> {
  /** False for a message that nobody would see, and that is not held up. */
  canWait: (message: Message) => boolean;
  /** The number of changes that a message may bring to the screen. */
  changesIn: (message: Message) => number;
  /** Runs it in a turn of its own after so long a time. */
  schedule: (run: () => void, afterMs: number) => void;
  /** Runs it when the next frame has been painted, and says how long that frame took. */
  painted: (run: (frameMs: number) => void) => void;
  /** True while nobody can see the page. */
  isHidden: () => boolean;
  /** A clock for durations, in milliseconds. */
  elapsed: () => number;
}

export class Inbox<Message> {
  #waiting: Message[] = [];
  /** True while a delivery is planned, is held until a key is painted, or is being painted itself. */
  #scheduled = false;
  /** The rest before the next delivery, after what the last one took. */
  #restMs = 0;
  /** True when the last delivery took so long that a key would have felt it, and no flood goes on. */
  #isSlow = false;
  /** When the user last pressed a key. */
  #typedAtMs = -Infinity;
  /** Stands for the delivery that is due and waits for a key; null: none does. */
  #held: object | null = null;
  readonly #batchSize = new BatchSize();
  #deliver: Deliver<Message> = () => {};

  constructor(private readonly options: InboxOptions<Message>) {}

  /** Gives the messages to `deliver`; once, before the first push(). */
  listen(deliver: Deliver<Message>): void {
    this.#deliver = deliver;
  }

  /** Takes a message in: it is delivered now, or with others in a frame. */
  push(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length === 1 && !this.options.canWait(message)) this.flush();
    else this.#plan();
  }

  /** Delivers everything now. */
  flush(): void {
    this.#give(Infinity);
  }

  /** The user has typed: that is shown first, and then what is held. */
  typed(): void {
    this.#typedAtMs = this.options.elapsed();
    const held = this.#held;
    if (held) this.options.painted(() => this.#release(held));
  }

  /** Forgets everything: it is of a connection that is given up. */
  clear(): void {
    this.#waiting = [];
  }

  #plan(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.options.schedule(() => this.#due(), this.#restMs);
  }

  /** Delivers, or waits for a key to be painted, if one is about to be pressed, or was just now. */
  #due(): void {
    const sinceKeyMs = this.options.elapsed() - this.#typedAtMs;
    if (!this.#isSlow || sinceKeyMs >= TYPING_MS || this.options.isHidden() || this.#isFlooded()) return this.#begin();
    const held = (this.#held = {});
    this.options.schedule(() => this.#release(held), TYPING_MS - sinceKeyMs);
  }

  /** True when so much waits that it would be long in coming: a burst of edits, not people who type. */
  #isFlooded(): boolean {
    return this.#waiting.reduce((sum, message) => sum + this.options.changesIn(message), 0) >= HELD_CHANGES;
  }

  #release(held: object): void {
    if (this.#held !== held) return;
    this.#held = null;
    this.#begin();
  }

  #begin(): void {
    // Nobody types in a hidden tab, and its timers may come once a minute.
    if (this.options.isHidden()) return this.#give(Infinity), this.#planAfter(0);
    if (this.#waiting.length === 0) return this.#planAfter(0);
    let [tookMs, changes, isCut] = [0, 0, false];
    // Asked for before the delivery, so that what the delivery asks of that frame counts.
    this.options.painted((frameMs) => {
      this.#isSlow = !isCut && tookMs + frameMs >= BUSY_MS;
      this.#planAfter(isCut ? 0 : restMsAfter(tookMs + frameMs, changes));
    });
    const began = this.options.elapsed();
    changes = this.#give(this.#batchSize.changes);
    tookMs = this.options.elapsed() - began;
    isCut = this.#waiting.length > 0;
  }

  #planAfter(restMs: number): void {
    this.#scheduled = false;
    this.#restMs = restMs;
    this.#plan();
  }

  /** Delivers messages until they bring so many changes, and gives the number of those. */
  #give(limit: number): number {
    if (this.#waiting.length === 0) return 0;
    const began = this.options.elapsed();
    let changes = 0;
    this.#deliver(() => {
      const message = changes < limit ? this.#waiting.shift() : undefined;
      if (message !== undefined) changes += this.options.changesIn(message);
      return message;
    });
    this.#batchSize.learn(changes, this.options.elapsed() - began);
    return changes;
  }
}

function restMsAfter(tookMs: number, changes: number): number {
  const restMs = tookMs < BUSY_MS ? REST_MS : Math.min(tookMs * REST_FACTOR, LONGEST_REST_MS);
  return changes < FLOOD_CHANGES ? restMs : Math.max(restMs, FLOOD_REST_MS);
}

/** The longest wait for a frame: a hidden tab has none, and one whose window is covered may have few. */
const LONGEST_FRAME_MS = 100;

/** Runs `run` once: when the next frame has been painted, or when that is long in coming. It says how long the frame took. */
export function onPainted(run: (frameMs: number) => void, page: Page, clock: Clock): void {
  let done = false;
  const once = (frameMs: number) => {
    if (done) return;
    done = true;
    run(frameMs);
  };
  if (page.isHidden()) return void clock.setTimeout(() => once(0), 0);
  page.nextFrame(() => {
    const began = clock.elapsed();
    clock.setTimeout(() => once(clock.elapsed() - began), 0);
  });
  clock.setTimeout(() => once(0), LONGEST_FRAME_MS);
}
