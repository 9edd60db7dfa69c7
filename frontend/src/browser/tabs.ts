/**
 * Which tabs of this browser live. What a tab leaves unsent is filed under its
 * token, and another may go on with it only when that tab is gone.
 *
 * Where there are locks (https), a tab holds one of its token's name for as long
 * as its page lives. Everywhere, a living tab answers when it is asked; a page
 * that is being left does not. On plain HTTP the answers are all there is, and a
 * tab that the browser has frozen gives none: it is taken for gone. When it wakes
 * it is told, if the browser tells it; in any case it looks whose its record is
 * before it speaks (UnsentSaver.ifOurs).
 */

import { type Clock, systemClock } from "../clock";
import { type Page, page } from "./page";

const LOCK_PREFIX = "kolabpad.tab.";
const CHANNEL = "kolabpad.tabs";

/** The waits for other tabs, in milliseconds. */
export interface TabsTiming {
  /** A living tab answers within this, however busy it is. */
  answerMs: number;
  /** A page that was left or reloaded may live on for so long beside the next one. */
  leavingMs: number;
}

export const TABS_TIMING: TabsTiming = { answerMs: 1_000, leavingMs: 2_000 };

/** A message on the channel. Tabs of older versions of the page send the same, so the values are fixed.
 * ask: asks whether the tab of that token lives. here: it does. taken: another tab has claimed the token. */
interface TabMessage {
  kind: "ask" | "here" | "taken";
  token: string;
}

/** The browser, as far as tabs find one another through it. */
export interface TabsEnvironment {
  /** Throws in a browser that has no channels. */
  openChannel(name: string): BroadcastChannel;
  /** undefined on plain HTTP, where browsers have none. */
  locks(): LockManager | undefined;
  page: Page;
  clock: Clock;
  timing: TabsTiming;
}

const BROWSER: TabsEnvironment = {
  openChannel: (name) => new BroadcastChannel(name),
  locks: () => globalThis.navigator?.locks,
  page,
  clock: systemClock,
  timing: TABS_TIMING,
};

/** The tabs as one page sees them. A page has a token for each session that it runs. */
export class Tabs {
  /** The tokens of this page, and what to do when another tab claims one of them. */
  readonly #mine = new Map<string, () => void>();
  /** The tokens that were asked about, and what to do when their tab answers. */
  readonly #asked = new Map<string, () => void>();
  /** null until it is needed, and in a browser that has none. */
  #channel: BroadcastChannel | null = null;
  /** True while the page is being left: it does not answer for its tokens any more. */
  #isLeaving = false;

  constructor(private readonly environment: TabsEnvironment = BROWSER) {}

  /** True where a lock tells for sure whether a tab lives. */
  get hasLocks(): boolean {
    return Boolean(this.environment.locks());
  }

  /** Holds that token for as long as the page lives. `onClaimed` is called when another tab goes on under it. */
  hold(token: string, onClaimed: () => void = () => {}): void {
    if (!this.#mine.has(token)) {
      const forever = () => new Promise<void>(() => {});
      void this.environment.locks()?.request(LOCK_PREFIX + token, forever).catch(() => {});
    }
    this.#mine.set(token, onClaimed);
    this.#open();
  }

  /** Holds a token that another tab had, and tells that tab, should it still wake up. */
  claim(token: string): void {
    this.hold(token);
    this.#say("taken", token);
  }

  /** Resolves to true when the tab of that token is gone for good; waits for one that is just leaving.
   * `isLeft`: its page said that it was left, which is good enough where there are no locks. */
  async isGone(token: string, isLeft: boolean): Promise<boolean> {
    if (this.#mine.has(token)) return false;
    const { answerMs, leavingMs } = this.environment.timing;
    const locks = this.environment.locks();
    if (!locks) return isLeft || !(await this.#answers(token, answerMs));
    if (!(await isLocked(locks, token))) return true;
    await Promise.race([this.#answers(token, leavingMs), released(locks, token, leavingMs)]);
    return !(await isLocked(locks, token));
  }

  /** Ends the listening to other tabs; for pages that a test runs side by side. */
  close(): void {
    this.#channel?.close();
    this.#channel = null;
  }

  /* ---- by asking ---- */

  #open(): void {
    if (this.#channel) return;
    try {
      this.#channel = this.environment.openChannel(CHANNEL);
    } catch {
      return; // a browser that keeps nothing has no channels either
    }
    this.#channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => this.#hear(data));
    this.environment.page.addEventListener("pagehide", () => (this.#isLeaving = true));
    this.environment.page.addEventListener("pageshow", () => (this.#isLeaving = false));
  }

  #say(kind: TabMessage["kind"], token: string): void {
    this.#open();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    this.#channel?.postMessage({ kind, token } satisfies TabMessage);
  }

  #hear({ kind, token }: TabMessage): void {
    if (kind === "here") this.#asked.get(token)?.();
    else if (kind === "taken") this.#mine.get(token)?.();
    else if (this.#mine.has(token) && !this.#isLeaving) this.#say("here", token);
  }

  /** Asks for the tab of that token; resolves to false when none answers in time. */
  #answers(token: string, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isHere: boolean) => (this.#asked.delete(token), resolve(isHere));
      this.#asked.set(token, () => end(true));
      this.environment.clock.setTimeout(() => end(false), ms);
      this.#say("ask", token);
    });
  }
}

/* ---- by locks ---- */

async function isLocked(locks: LockManager, token: string): Promise<boolean> {
  const { held } = await locks.query();
  return held?.some(({ name }) => name === LOCK_PREFIX + token) ?? false;
}

/** Resolves when nobody holds that lock, or when it seems that somebody means to. */
async function released(locks: LockManager, token: string, ms: number): Promise<void> {
  const signal = AbortSignal.timeout(ms);
  await locks.request(LOCK_PREFIX + token, { mode: "shared", signal }, () => {}).catch(() => {});
}

/** The tabs as this page sees them. */
export const tabs = new Tabs();
