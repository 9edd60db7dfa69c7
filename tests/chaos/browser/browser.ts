// browser.ts - a browser without a screen: what outlives the pages in it, and what
// they share. Each person of a run has one of his own.
import type { UnsentRecord } from '../../../frontend/src/browser/index.ts';
import type { SavedState } from '../../../frontend/src/sync/index.ts';
import type { Random } from '../../../frontend/src/testing/random.ts';
import { Channels } from './channels.ts';
import { Disk } from './database.ts';
import { LockTable } from './locks.ts';
import type { Page } from './page.ts';
import { MemoryStorage } from './storage.ts';

export type BrowserKind = {
  /** Were the pages loaded over https? Without it there are no locks. */
  isSecure: boolean;
  /** False in a private window that has no database. */
  hasDatabase: boolean;
  /** Its pages are told that the server takes no larger messages, so that they send edits in parts. */
  messageBytes?: number | undefined;
};

/** How long a write takes at most, from the moment it is asked for. */
const WRITE_MS = 30;

export class Browser {
  readonly localStorage = new MemoryStorage();
  readonly locks = new LockTable();
  readonly channels = new Channels();
  readonly disk: Disk;
  readonly pages = new Set<Page>();
  pagesOpened = 0;
  /** What each token's record said when it was last claimed, and by which page. */
  readonly claims = new Map<string, { kept: SavedState; by: object }>();
  /** When the server's database last went back to an earlier state, as Date.now(). */
  wentBackAtMs = -Infinity;
  #writeMs = WRITE_MS;

  constructor(
    readonly kind: BrowserKind,
    readonly random: Random,
  ) {
    this.disk = new Disk(kind.hasDatabase, () => random.below(this.#writeMs));
  }

  /** What is unsent according to the disk. */
  get records(): UnsentRecord[] {
    return this.disk.contents('kolabpad', 'unsent');
  }

  /** All of it at once. What was not on the disk is not on the disk. */
  crash(): void {
    this.disk.crash();
    for (const page of [...this.pages]) page.kill();
  }

  /** Is something on its way to the disk? */
  get isWriting(): boolean {
    return [...this.pages].some(({ databases }) => databases.isBusy);
  }

  /** Every write takes up to that long. */
  slowDown(writeMs: number): void {
    this.#writeMs = writeMs;
  }

  heal(): void {
    this.#writeMs = WRITE_MS;
  }
}
