/**
 * Writes a session's unsent changes down while there are any.
 *
 * An edit is usually acknowledged within milliseconds, so nothing is written
 * before `saveEveryMs`, and then at most that often, and only what is not
 * written yet: a record holds the whole text. But once something is written
 * down, no edit is sent that the record does not have: the next visit
 * must be able to tell what has arrived (docs/decisions/031). Where there is no
 * IndexedDB (a private window, a full disk) nothing is kept, and the page says
 * so; the warning before leaving it remains.
 */

import { log, noteTrouble } from "../browser";
import type { Timer } from "../clock";
import type { SavedState } from "../sync";
import type { Environment } from "./environment";

export class UnsentSaver {
  /** Set while there is something unsent. */
  #timer: Timer | undefined;
  /** True when there will be a record once all that was begun is written. */
  #hasRecord = false;
  /** True when there is a record now, by all that this page knows: it lags behind #hasRecord, and decides
   * whether a record is put as new. */
  #isWritten = false;
  /** The record as it was last begun to be written; null when that failed, or there is none. */
  #record: { kept: SavedState; isLeft: boolean } | null = null;
  /** True from the page's end until it is shown again: the record says so, since no other page needs to ask for
   * this one. Until it is unloaded, a page goes on for a moment. */
  #isPageLeft = false;
  /** True once the record may be another tab's: it is left as it is. */
  #isStopped = false;

  /** The write that runs; null: none. */
  #writing: Promise<void> | null = null;
  /** The write after that one; null: none. It writes what is #newest when its turn comes. */
  #queued: Promise<void> | null = null;
  /** The newest write that was asked for. Those between it and the one that runs are left out. */
  #newest: () => Promise<void> = () => Promise.resolve();
  /** Stands for the last ifOurs() that waits for its answer: the answers of those before it do not count. */
  #pendingCheck: object | null = null;
  #onClaimed: () => void = () => {};

  constructor(
    private readonly token: string,
    private readonly padId: string,
    /** Reads what is unsent; `kept` is null when nothing is. */
    private readonly read: () => { kept: SavedState | null; changes: number },
    private readonly environment: Pick<Environment, "clock" | "storageTrouble" | "timing" | "unsent">,
  ) {}

  /** Calls `onClaimed` when another page has claimed the record; once, before anything changes. */
  listen(onClaimed: () => void): void {
    this.#onClaimed = onClaimed;
  }

  /** There is a record already: that of the earlier tab as which this one goes on. */
  adoptRecord(): void {
    this.#hasRecord = this.#isWritten = true;
  }

  /** So many changes are unsent now: begins to write them down, or removes the record. */
  changed(unsaved: number): void {
    if (this.#isStopped) return;
    const { clock, timing } = this.environment;
    if (unsaved > 0) this.#timer ??= clock.setInterval(() => this.#save(), timing.saveEveryMs);
    else this.#forget();
  }

  /** Begins to write now: the page may go away, and while the user is asked, the browser has time for it. */
  flushNow(): void {
    if (this.#timer !== undefined) this.#save();
  }

  /** The page goes away: whatever is unsent is there for the next visit, and
   * nothing else. Resolves when that is written, or when it seems that it never
   * will be, and says which; a page that is unloaded cannot wait. */
  async onPageHide(): Promise<boolean> {
    this.#isPageLeft = true;
    if (this.#timer !== undefined) this.#save();
    await (this.#unwritten && this.#inTime(this.#unwritten));
    return this.#unwritten === null && (this.#timer === undefined || this.#record !== null);
  }

  /** The page is back from the browser's cache of pages, and goes on. */
  onPageRestored(): void {
    this.#isPageLeft = false;
  }

  /** What is unsent is safe elsewhere: removes the record, and writes none any more. */
  async discard(): Promise<void> {
    this.#forget();
    this.#isStopped = true;
    await this.#unwritten;
  }

  /** Leaves the record as it is from now on: it may be another tab's. */
  stop(): void {
    this.#isStopped = true;
    this.#newest = () => Promise.resolve();
    this.#pendingCheck = null;
    this.environment.clock.clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Brings the record up to date, before an edit is sent. null when there is
   * none, which is the rule; else resolves when it is written, or when it seems
   * that it never will be. */
  catchUp(): Promise<unknown> | null {
    if (!this.#hasRecord && !this.#unwritten) return null;
    this.#save();
    return this.#unwritten && this.#inTime(this.#unwritten);
  }

  /** Runs `say` at once where no other page can have the record; else as soon as
   * it is known that none has. Of several that wait, the last. */
  ifOurs(say: () => void): void {
    const { unsent } = this.environment;
    if (unsent.isExclusive || !this.#isWritten) return say();
    const check = (this.#pendingCheck = {});
    // A browser that gives no answer gives the record to nobody else either.
    void this.#inTime(unsent.isOurs(this.token).catch(() => true)).then((isOurs) => {
      if (this.#pendingCheck !== check) return;
      if (isOurs === false) this.#onClaimed();
      else say();
    });
  }

  #save(): void {
    const { kept, changes } = this.read();
    const isLeft = this.#isPageLeft;
    if (!kept || (kept === this.#record?.kept && isLeft === this.#record.isLeft)) return;
    this.#hasRecord = true;
    this.#record = { kept, isLeft };
    const { token, padId } = this;
    const record = { token, padId, isLeft, claimedAtMs: 0, savedAtMs: this.environment.clock.now(), changes, kept };
    this.#write(async () => {
      if (!(await this.environment.unsent.put(record, !this.#isWritten))) return this.#onClaimed();
      this.#isWritten = true;
    });
  }

  #forget(): void {
    this.environment.clock.clearInterval(this.#timer);
    this.#timer = undefined;
    this.#record = null;
    if (!this.#hasRecord) return;
    this.#hasRecord = false;
    this.#write(async () => {
      await this.environment.unsent.remove(this.token);
      this.#isWritten = false;
    });
  }

  get #unwritten(): Promise<void> | null {
    return this.#queued ?? this.#writing;
  }

  /** Writes one after the other; what still waits gives way to what is newer. */
  #write(write: () => Promise<void>): void {
    if (this.#isStopped) return;
    this.#newest = write;
    this.#queued ??= this.#writeNext();
  }

  async #writeNext(): Promise<void> {
    await this.#writing;
    this.#queued = null;
    const writing = this.#newest().catch((error: unknown) => this.#giveUp(error));
    this.#writing = writing;
    await writing;
    if (this.#writing === writing) this.#writing = null;
  }

  #giveUp(error: unknown): void {
    this.#record = null;
    log.warn("unsent changes cannot be kept in this browser:", error);
    noteTrouble("unsent", this.environment.storageTrouble);
  }

  /** The result of `done`; undefined when it takes too long. */
  #inTime<Result>(done: Promise<Result>): Promise<Result | undefined> {
    const { clock, timing } = this.environment;
    const tooLate = new Promise<undefined>((resolve) => {
      clock.setTimeout(() => resolve(undefined), timing.writeTimeoutMs);
    });
    return Promise.race([done, tooLate]);
  }
}
