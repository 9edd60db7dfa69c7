/**
 * Writes a session's unsent changes down while there are any.
 *
 * An edit is usually acknowledged within milliseconds, so nothing is written
 * before KEEP_EVERY_MS, and then at most that often. But once something is
 * written down, no edit is sent that the record does not have: the next visit
 * must be able to tell what has arrived (docs/decisions/031). Where there is no
 * IndexedDB (a private window, a full disk) nothing is kept, and the page says
 * so; the warning before leaving it remains.
 */

import type { Kept } from "../sync";
import { log } from "./log";
import { noteTrouble } from "./storage";
import { holdTab, putUnsent, removeUnsent } from "./unsent_store";

const KEEP_EVERY_MS = 500;
/** A browser that takes longer to write must not keep an edit from the server. */
const WRITE_MS = 2_000;

export class Keeper {
  #timer: ReturnType<typeof setInterval> | undefined;
  /** There is a record, once all that was begun is written. */
  #isKept = false;
  /** What was begun last and is not written yet. */
  #writing: Promise<void> | null = null;

  constructor(
    private readonly token: string,
    private readonly padId: string,
    private readonly read: () => { kept: Kept | null; changes: number },
  ) {
    holdTab(token);
  }

  /** A record of an earlier tab whose part this one plays. */
  tookOver(): void {
    this.#isKept = true;
  }

  changed(unsaved: number): void {
    if (unsaved > 0) this.#timer ??= setInterval(() => this.#keep(Date.now()), KEEP_EVERY_MS);
    else this.#forget();
  }

  /** The page goes away: whatever is unsent is there for the next visit, and
   * nothing else. Resolves when that is written; pages in a hurry do not wait. */
  goodbye(): Promise<void> {
    if (this.#timer !== undefined) this.#keep(0);
    return this.#writing ?? Promise.resolve();
  }

  /** Brings the record up to date, before an edit is sent. null when there is
   * none, which is the rule; else resolves when it is written, or when it seems
   * that it never will be. */
  catchUp(): Promise<void> | null {
    if (!this.#isKept && !this.#writing) return null;
    this.#keep(Date.now());
    return Promise.race([this.#writing!, new Promise<void>((resolve) => setTimeout(resolve, WRITE_MS))]);
  }

  #keep(aliveAtMs: number): void {
    const { kept, changes } = this.read();
    if (!kept) return;
    this.#isKept = true;
    const { token, padId } = this;
    const record = { token, padId, aliveAtMs, claimedAtMs: 0, savedAtMs: Date.now(), changes, kept };
    this.#write(() => putUnsent(record));
  }

  #forget(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#isKept) return;
    this.#isKept = false;
    this.#write(() => removeUnsent(this.token));
  }

  /** One after the other, so that the last to begin is what stays. */
  #write(write: () => Promise<void>): void {
    const writing = (this.#writing ?? Promise.resolve())
      .then(write)
      .catch((error: unknown) => this.#giveUp(error))
      .then(() => {
        if (this.#writing === writing) this.#writing = null;
      });
    this.#writing = writing;
  }

  #giveUp(error: unknown): void {
    log.warn("unsent changes cannot be kept in this browser:", error);
    noteTrouble("unsent");
  }
}
