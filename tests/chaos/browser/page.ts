// page.ts - one page in a browser without a screen: everything that the client
// finds there, and the ways in which a page ends or stands still.
import type { PageEvent } from '../../../frontend/src/browser/index.ts';
import type { Browser } from './browser.ts';
import type { PageChannel } from './channels.ts';
import { PageClock } from './clock.ts';
import { PageDatabases } from './database.ts';
import type { Listener } from './listeners.ts';
import { Listeners } from './listeners.ts';
import { PageLocks } from './locks.ts';
import type { SocketWatcher } from './socket.ts';
import { PageSocket } from './socket.ts';
import type { MemoryStorage } from './storage.ts';
import { Tasks } from './tasks.ts';

/** The longest time between two frames of a page that is looked at. */
const FRAME_MS = 16;

/** What the test hears of a page. */
export interface PageWatcher extends SocketWatcher {
  /** The client has asked for the page to be loaded anew. */
  onReload(): void;
  /** The client threw where nobody caught it. */
  onError(error: unknown): void;
}

/** As a process that is stopped, or in the cache of pages. */
type Stillness = 'stopped' | 'cached';

export class Page {
  readonly tasks: Tasks;
  readonly clock: PageClock;
  readonly databases: PageDatabases;
  readonly locks: PageLocks | undefined;
  readonly #events = new Listeners();
  readonly #sockets = new Set<PageSocket>();
  readonly #channels: PageChannel[] = [];
  /** Why it stands still. */
  readonly #still = new Set<Stillness>();
  #isHidden = false;

  constructor(
    readonly browser: Browser,
    readonly sessionStorage: MemoryStorage,
    private readonly watcher: PageWatcher,
  ) {
    this.tasks = new Tasks((error) => watcher.onError(error));
    this.clock = new PageClock(this.tasks, () => this.#isHidden);
    this.databases = new PageDatabases(browser.disk, this.tasks);
    this.locks = browser.kind.isSecure ? new PageLocks(browser.locks, this.tasks) : undefined;
    browser.pages.add(this);
    browser.pagesOpened += 1;
  }

  get isFrozen(): boolean {
    return this.tasks.isFrozen;
  }

  get hasEnded(): boolean {
    return this.tasks.hasEnded;
  }

  /* ---- for the client ---- */

  isHidden = (): boolean => this.#isHidden;

  /** A hidden page is not painted. */
  nextFrame(run: () => void): void {
    if (!this.#isHidden) this.clock.setTimeout(run, this.browser.random.between(1, FRAME_MS));
  }

  reload(): void {
    this.watcher.onReload();
  }

  addEventListener(type: PageEvent, listener: Listener): void {
    this.#events.addEventListener(type, listener);
  }

  openSocket(url: string, protocol: string): PageSocket {
    const socket = new PageSocket(url, protocol, this.tasks, this.watcher, this.browser.kind.messageBytes);
    this.#sockets.add(socket);
    return socket;
  }

  openChannel(name: string): PageChannel {
    // what is said while the page stands still, browsers keep for it or do not
    const channel = this.browser.channels.open(name, this.tasks, () => this.browser.random.chance(50));
    this.#channels.push(channel);
    return channel;
  }

  fetch(url: URL, init: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      fetch(url, init).then(
        (response) => this.tasks.run(() => resolve(response)),
        (error: unknown) => this.tasks.run(() => reject(error as Error)),
      );
    });
  }

  /* ---- what happens to it ---- */

  happens(type: PageEvent, details: { persisted?: boolean } = {}): void {
    this.tasks.run(() => this.#events.tell(type, details));
  }

  /** Stands still, its process too, as soon as no other page would have to wait for it: what comes in meanwhile waits. */
  freeze(why: Stillness = 'stopped'): void {
    this.#still.add(why);
    this.databases.whenIdle(() => {
      this.tasks.freeze();
      for (const socket of this.#sockets) socket.pause();
    });
  }

  /** Resolves when it has heard of everything that came meanwhile. */
  thaw(why: Stillness = 'stopped'): Promise<void> {
    this.#still.delete(why);
    if (this.#still.size > 0) return Promise.resolve();
    this.databases.stayAwake();
    this.tasks.thaw();
    for (const socket of this.#sockets) socket.resume();
    return this.tasks.caughtUp();
  }

  /** Another tab is looked at, or this one again. */
  look(isHidden: boolean): void {
    if (this.#isHidden === isHidden) return;
    this.#isHidden = isHidden;
    this.happens('visibilitychange');
  }

  /** Left for another page, and kept for the way back: no connections, and it stands still. */
  async enterCache(): Promise<void> {
    this.happens('pagehide', { persisted: true });
    await new Promise(setImmediate); // what it does at once, as in unload()
    for (const socket of this.#sockets) socket.end();
    this.freeze('cached');
  }

  get isCached(): boolean {
    return this.#still.has('cached');
  }

  leaveCache(): void {
    if (!this.isCached) return;
    void this.thaw('cached');
    this.happens('pageshow', { persisted: true });
  }

  /** A page that does not stand still is left, for another or for good: it is told, and then it is gone. Not every
   * browser asks before. */
  async unload(): Promise<void> {
    if (this.browser.random.chance(50)) this.happens('beforeunload');
    this.happens('pagehide', { persisted: false });
    await new Promise(setImmediate); // what it does at once, and the promises that follow from it
    this.kill();
  }

  /** It ends without a word. */
  kill(): void {
    if (this.hasEnded) return;
    this.tasks.end();
    this.clock.end();
    this.databases.end();
    this.locks?.end();
    for (const channel of this.#channels) channel.close();
    for (const socket of this.#sockets) socket.end();
    this.browser.pages.delete(this);
  }
}
