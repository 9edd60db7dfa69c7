/**
 * Messages from the server, gathered for a frame.
 *
 * The editor paints and parses for each change it is given, so a burst of a
 * thousand remote edits must reach it as one. What nobody would see (the echo
 * of an own edit, a refusal) is not held up, unless something is waiting
 * before it: the order never changes.
 *
 * When a delivery keeps the thread busy, because the text is long or the
 * machine slow, the next one waits as long as that took: at most half of the
 * time goes into what others do, and the rest is there for the user's keys.
 */

/** Deliveries that take less need no rest: a frame has room for them. */
const BUSY_MS = 8;
const LONGEST_REST_MS = 100;

export class Inbox<Message> {
  #waiting: Message[] = [];
  #scheduled = false;
  #restMs = 0;

  constructor(
    private readonly deliver: (messages: Message[]) => void,
    private readonly canWait: (message: Message) => boolean,
    private readonly schedule: (run: () => void, restMs: number) => void = onNextFrame,
    private readonly now: () => number = () => performance.now(),
  ) {}

  push(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length === 1 && !this.canWait(message)) return this.flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.schedule(() => {
      this.#scheduled = false;
      this.flush();
    }, this.#restMs);
  }

  flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    if (messages.length === 0) return;
    const began = this.now();
    this.deliver(messages);
    const took = this.now() - began;
    this.#restMs = took < BUSY_MS ? 0 : Math.min(took, LONGEST_REST_MS);
  }
}

/** A hidden tab has no frames, and one whose window is covered may have few. */
const LONGEST_FRAME_MS = 100;

function onNextFrame(run: () => void, restMs: number): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  const request = () => void requestAnimationFrame(once);
  if (document.hidden) return void setTimeout(once);
  if (restMs > 0) setTimeout(request, restMs);
  else request();
  setTimeout(once, restMs + LONGEST_FRAME_MS);
}
