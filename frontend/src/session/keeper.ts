/**
 * Writes a session's unsent changes down while there are any.
 *
 * An edit is usually acknowledged within milliseconds, so nothing is written
 * before KEEP_EVERY_MS, and then at most that often. Where there is no
 * IndexedDB (a private window, a full disk) nothing is kept, and the page says
 * so; the warning before leaving it remains.
 */

import type { Kept } from "../sync";
import { log } from "./log";
import { noteTrouble } from "./storage";
import { holdTab, putUnsent, removeUnsent } from "./unsent_store";

const KEEP_EVERY_MS = 500;

export class Keeper {
  #timer: ReturnType<typeof setInterval> | undefined;
  #isKept = false;

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

  /** The page goes away: whatever is unsent is there for the next visit. */
  goodbye(): void {
    if (this.#timer !== undefined) this.#keep(0);
  }

  #keep(aliveAtMs: number): void {
    const { kept, changes } = this.read();
    if (!kept) return;
    this.#isKept = true;
    const { token, padId } = this;
    const record = { token, padId, aliveAtMs, claimedAtMs: 0, savedAtMs: Date.now(), changes, kept };
    putUnsent(record).catch((error: unknown) => this.#giveUp(error));
  }

  #forget(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (!this.#isKept) return;
    this.#isKept = false;
    removeUnsent(this.token).catch((error: unknown) => this.#giveUp(error));
  }

  #giveUp(error: unknown): void {
    log.warn("unsent changes cannot be kept in this browser:", error);
    noteTrouble("unsent");
  }
}
