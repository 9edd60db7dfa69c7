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
/** A burst: when so many changes wait, which came more quickly than fifty people type, they are held for no key, and not for longer
 * than a flood rests. */
const BURST_CHANGES = 64;
const BURST_PER_MS = 0.5;
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

/** A delivery that is to come at that time, or earlier. */
interface Planned {
  readonly atMs: number;
  /** It is held: it comes when a key is painted, if that is before. */
  readonly isHeld: boolean;
  /** It is a burst's: no key holds it. */
  isBurst: boolean;
}

export class Inbox<Message> {
  #waiting: Message[] = [];
  /** The number of changes that those bring, and since when they have waited. */
  #changes = 0;
  #sinceMs = 0;
  /** The delivery that is to come; null: none is, or it has begun. */
  #next: Planned | null = null;
  /** True from the begin of a delivery until it is painted. */
  #isPainting = false;
  /** When the last delivery was painted, and when the rest after it is over. */
  #paintedAtMs = -Infinity;
  #restedAtMs = -Infinity;
  /** True when the last delivery took so long that a key would have felt it, and no flood goes on. */
  #isSlow = false;
  /** When the user last pressed a key. */
  #typedAtMs = -Infinity;
  readonly #batchSize = new BatchSize();
  #deliver: Deliver<Message> = () => {};

  constructor(private readonly options: InboxOptions<Message>) {}

  /** Gives the messages to `deliver`; once, before the first push(). */
  listen(deliver: Deliver<Message>): void {
    this.#deliver = deliver;
  }

  /** Takes a message in: it is delivered now, or with others in a frame. */
  push(message: Message): void {
    if (this.#waiting.length === 0) this.#sinceMs = this.options.elapsed();
    this.#waiting.push(message);
    this.#changes += this.options.changesIn(message);
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
    const next = this.#next;
    if (next?.isHeld) this.options.painted(() => this.#begin(next));
  }

  /** Forgets everything: it is of a connection that is given up. */
  clear(): void {
    this.#waiting = [];
    this.#changes = 0;
  }

  /** Plans a delivery of what waits, or brings the planned one forward, for a burst. */
  #plan(): void {
    if (this.#isPainting || this.#waiting.length === 0) return;
    if (!this.#isBurst()) return void (this.#next ?? this.#planAt(this.#restedAtMs));
    const atMs = Math.min(this.#restedAtMs, this.#paintedAtMs + FLOOD_REST_MS);
    if (!this.#next || atMs < this.#next.atMs) this.#planAt(atMs);
    this.#next!.isBurst = true;
  }

  /** Begins a delivery at that time, unless another one was planned or begun by then. */
  #planAt(atMs: number, isHeld = false): void {
    const next = (this.#next = { atMs, isHeld, isBurst: false });
    this.options.schedule(() => this.#due(next), Math.max(0, atMs - this.options.elapsed()));
  }

  /** Delivers, or waits for a key to be painted, if one is about to be pressed, or was just now. */
  #due(next: Planned): void {
    if (this.#next !== next) return;
    const isTyping = this.options.elapsed() < this.#typedAtMs + TYPING_MS;
    const mustWait = this.#isSlow && isTyping && !next.isHeld && !next.isBurst && !this.options.isHidden();
    if (mustWait) this.#planAt(this.#typedAtMs + TYPING_MS, true);
    else this.#begin(next);
  }

  /** True when so much waits that it would be long in coming: a burst of edits, not people who type. */
  #isBurst(): boolean {
    const waitedMs = this.options.elapsed() - this.#sinceMs;
    return this.#changes >= Math.max(BURST_CHANGES, BURST_PER_MS * waitedMs);
  }

  #begin(next: Planned): void {
    if (this.#next !== next) return;
    this.#next = null;
    // Nobody types in a hidden tab, and its timers may come once a minute.
    if (this.options.isHidden()) return this.flush();
    if (this.#waiting.length === 0) return;
    this.#isPainting = true;
    let [tookMs, changes, isCut] = [0, 0, false];
    // Asked for before the delivery, so that what the delivery asks of that frame counts.
    this.options.painted((frameMs) => {
      this.#isPainting = false;
      this.#isSlow = !isCut && tookMs + frameMs >= BUSY_MS;
      this.#paintedAtMs = this.options.elapsed();
      this.#restedAtMs = this.#paintedAtMs + (isCut ? 0 : restMsAfter(tookMs + frameMs, changes));
      this.#plan();
    });
    const began = this.options.elapsed();
    changes = this.#give(this.#batchSize.changes);
    tookMs = this.options.elapsed() - began;
    isCut = this.#waiting.length > 0;
  }

  /** Delivers messages until they bring so many changes, and gives the number of those. */
  #give(limit: number): number {
    if (this.#waiting.length === 0) return 0;
    const beganMs = this.options.elapsed();
    let changes = 0;
    this.#deliver(() => {
      const message = changes < limit ? this.#waiting.shift() : undefined;
      if (message === undefined) return undefined;
      changes += this.options.changesIn(message);
      this.#changes -= this.options.changesIn(message);
      return message;
    });
    const endedMs = this.options.elapsed();
    this.#sinceMs = endedMs;
    this.#batchSize.learn(changes, endedMs - beganMs);
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
