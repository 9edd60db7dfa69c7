/**
 * Messages from the server, gathered for a frame.
 *
 * The editor paints and parses for each change it is given, so a burst of a
 * thousand remote edits must reach it as one. What nobody would see (the echo
 * of an own edit, a refusal) is not held up, unless something is waiting
 * before it: the order never changes.
 */

export class Inbox<Message> {
  #waiting: Message[] = [];
  #scheduled = false;

  constructor(
    private readonly deliver: (messages: Message[]) => void,
    private readonly canWait: (message: Message) => boolean,
    private readonly schedule: (run: () => void) => void = onNextFrame,
  ) {}

  push(message: Message): void {
    this.#waiting.push(message);
    if (this.#waiting.length === 1 && !this.canWait(message)) return this.flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.schedule(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    if (messages.length > 0) this.deliver(messages);
  }
}

/** A hidden tab has no frames, and one whose window is covered may have few. */
const LONGEST_FRAME_MS = 100;

function onNextFrame(run: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  if (!document.hidden) requestAnimationFrame(once);
  setTimeout(once, document.hidden ? 0 : LONGEST_FRAME_MS);
}
