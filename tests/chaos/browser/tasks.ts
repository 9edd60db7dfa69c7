// tasks.ts - the event loop of one page. Whatever reaches a page from outside (a
// timer, a socket, the disk, another tab) enters it as a task, so that a page
// can stand still for a while, and end at any moment, without a word.

export class Tasks {
  /** Those that came while the page stood still, and those behind them. */
  #waiting: (() => void)[] = [];
  #state: 'running' | 'frozen' | 'ended' = 'running';
  /** What waits is run, one task in a turn of the loop. */
  #isCatchingUp = false;
  #whenCaughtUp: (() => void)[] = [];

  constructor(
    /** The page threw where no caller hears it. */
    private readonly onError: (error: unknown) => void,
  ) {}

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Now, or in its turn as soon as the page goes on; never once it has ended. */
  run(task: () => void): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'running' && this.#waiting.length === 0) this.#try(task);
    else this.#waiting.push(task);
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    if (!this.#isCatchingUp) this.#catchUp();
  }

  /** Resolves when nothing waits any more, or nothing ever will. */
  caughtUp(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenCaughtUp.push(resolve));
  }

  end(): void {
    this.#state = 'ended';
    this.#waiting = [];
    this.#tellCaughtUp();
  }

  /** As a loop does it: what follows from a task in promises comes before the next. */
  #catchUp(): void {
    const task = this.#state === 'running' ? this.#waiting.at(0) : undefined;
    this.#isCatchingUp = task !== undefined;
    if (this.#waiting.length === 0) this.#tellCaughtUp();
    if (!task) return;
    this.#try(task);
    setImmediate(() => {
      this.#waiting.shift(); // until now it stood before those that came meanwhile
      this.#catchUp();
    });
  }

  #tellCaughtUp(): void {
    for (const tell of this.#whenCaughtUp.splice(0)) tell();
  }

  #try(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.onError(error);
    }
  }
}
