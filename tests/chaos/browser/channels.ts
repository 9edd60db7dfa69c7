// channels.ts - BroadcastChannel among the pages of one browser.
import { Listeners } from './listeners.ts';
import type { Tasks } from './tasks.ts';

/** All open channels of a browser. */
export class Channels {
  readonly #open = new Set<PageChannel>();

  /** The channel of that name in a page. `misses`: is what is said while the page stands still lost to it? */
  open(name: string, tasks: Tasks, misses: () => boolean): PageChannel {
    const channel = new PageChannel(name, tasks, this.#open, misses);
    this.#open.add(channel);
    return channel;
  }
}

export class PageChannel extends Listeners {
  constructor(
    readonly name: string,
    private readonly tasks: Tasks,
    private readonly open: Set<PageChannel>,
    private readonly misses: () => boolean,
  ) {
    super();
  }

  postMessage(data: unknown): void {
    for (const other of this.open) if (other !== this && other.name === this.name) other.#hear(structuredClone(data));
  }

  close(): void {
    this.open.delete(this);
  }

  #hear(data: unknown): void {
    setImmediate(() => {
      if (this.tasks.isFrozen && this.misses()) return;
      this.tasks.run(() => this.tell('message', { data }));
    });
  }
}
