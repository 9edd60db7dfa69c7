/**
 * Messages from the server, gathered for a frame.
 *
 * The editor paints and parses for each change it is given, so a burst of a
 * thousand remote edits must reach it as one. What nobody would see (the echo
 * of an own edit, a refusal) is not held up, unless something is waiting
 * before it: the order never changes.
 *
 * When a delivery keeps the thread busy, because the text is long or the
 * machine slow, the next one waits as long as that took with its layout and
 * painting: at most half of the time goes into what others do, and the rest is
 * there for the user's keys.
 * And when many changes came at once, more of them are on their way: they are
 * gathered, for less time than it takes to read one. What is more than one
 * batch (batch_size.ts) is left for the next frame, so that a key that is pressed
 * meanwhile waits for one batch and not for all.
 */

import type { Page } from "../browser";
import type { Clock } from "../clock";
import { BatchSize } from "./batch_size";

/** A delivery that takes less until it is painted needs no rest: a frame has room for it. */
const BUSY_MS = 12;
const LONGEST_REST_MS = 100;
/** A delivery of so many changes is a flood: more of them are on their way. */
const FLOOD_CHANGES = 8;
const FLOOD_REST_MS = 30;

/** Asks for the next message until there is none for now. */
export type Deliver<Message> = (next: () => Message | undefined) => void;

/** All that an inbox knows of messages, frames and time. */
export interface InboxOptions<Message> {
  /** False for a message that nobody would see, and that is not held up. */
  canWait: (message: Message) => boolean;
  /** The number of changes that a message may bring to the screen. */
  changesIn: (message: Message) => number;
  /** Runs a delivery in a frame after that rest. */
  schedule: (run: () => void, restMs: number) => void;
  /** Runs it when that frame has been painted. */
  painted: (run: () => void) => void;
  /** True while nobody can see the page. */
  isHidden: () => boolean;
  /** A clock for durations, in milliseconds. */
  elapsed: () => number;
}

export class Inbox<Message> {
  #waiting: Message[] = [];
  /** True while a delivery is planned, or is being painted. */
  #scheduled = false;
  /** The rest before the next delivery, after what the last one took. */
  #restMs = 0;
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

  /** Forgets everything: it is of a connection that is given up. */
  clear(): void {
    this.#waiting = [];
  }

  #plan(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.options.schedule(() => {
      const began = this.options.elapsed();
      const isHidden = this.options.isHidden();
      // Nobody types in a hidden tab, and its timers may come once a minute.
      const changes = this.#give(isHidden ? Infinity : this.#batchSize.changes);
      if (changes === 0 || isHidden || this.#waiting.length > 0) return this.#planAfter(0);
      this.options.painted(() => this.#planAfter(restMsAfter(this.options.elapsed() - began, changes)));
    }, this.#restMs);
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
  const restMs = tookMs < BUSY_MS ? 0 : Math.min(tookMs, LONGEST_REST_MS);
  return changes < FLOOD_CHANGES ? restMs : Math.max(restMs, FLOOD_REST_MS);
}

/** The longest wait for a frame: a hidden tab has none, and one whose window is covered may have few. */
const LONGEST_FRAME_MS = 100;

/** Runs `run` once: before the first paint after `restMs`, or when the next frame is long in coming. */
export function onNextFrame(run: () => void, restMs: number, page: Page, clock: Clock): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  const request = () => page.nextFrame(once);
  if (page.isHidden()) return void clock.setTimeout(once, 0);
  if (restMs > 0) clock.setTimeout(request, restMs);
  else request();
  clock.setTimeout(once, restMs + LONGEST_FRAME_MS);
}
