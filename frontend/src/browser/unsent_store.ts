/**
 * Unsent changes, kept in this browser until the server has them, so that a
 * closed tab or a crashed browser loses nothing.
 *
 * A record belongs to the tab whose token it is filed under. When that tab is
 * gone (tabs.ts), the next visit of its pad may claim it and go on in its place,
 * token included. Two tabs must never do that at once.
 *
 * The records are in IndexedDB; each function rejects when the browser has none
 * or cannot write.
 */

import type { SavedState } from "../sync";
import { type Tabs, tabs } from "./tabs";

/** The changes that a tab left unsent. Browsers have such records already, so the names of the fields are fixed. */
export interface UnsentRecord {
  token: string;
  padId: string;
  /** Its page was left in the ordinary way, and did not crash. */
  isLeft: boolean;
  /** The time at which a visit claimed it, as Date.now() gives it; 0: none has since it was last written. */
  claimedAtMs: number;
  /** The time at which it was written. */
  savedAtMs: number;
  /** The number of the user's changes that are unsent. */
  changes: number;
  /** The copy of the document, with what is unsent. */
  kept: SavedState;
  /** The page that wrote or claimed it last. */
  holder?: string;
}

const DATABASE = "kolabpad";
const STORE = "unsent";
/** A claimed record is nobody else's for so long: of two visits that find it abandoned at the same
 * time, the first has it. */
const CLAIMED_MS = 5_000;

/** All of them have defaults: those of the browser that this code runs in. */
export interface UnsentStoreOptions {
  /** Gives the browser's databases; called at each use, since a browser may have none. */
  databases?: () => IDBFactory;
  tabs?: Pick<Tabs, "claim" | "hasLocks" | "isGone">;
  /** See CLAIMED_MS. */
  claimedMs?: number;
  /** Names this page among those of the browser. */
  page?: string;
}

/** The records of a browser, as one page reads and writes them. */
export class UnsentStore {
  readonly #databases: () => IDBFactory;
  readonly #tabs: Pick<Tabs, "claim" | "hasLocks" | "isGone">;
  readonly #claimedMs: number;
  readonly #page: string;
  /** Held open, so that a page that is being left need not wait for it. */
  #held: { factory: IDBFactory; database: Promise<IDBDatabase> } | null = null;

  constructor(options: UnsentStoreOptions = {}) {
    this.#databases = options.databases ?? (() => indexedDB);
    this.#tabs = options.tabs ?? tabs;
    this.#claimedMs = options.claimedMs ?? CLAIMED_MS;
    this.#page = options.page ?? Math.random().toString(36);
  }

  /** True where no other page can claim the record of a tab that lives. */
  get isExclusive(): boolean {
    return this.#tabs.hasLocks;
  }

  /** Resolves to false, with nothing written, when the record is another page's by now. One that is not
   * there, and not new, was sent or thrown away by another page. Where no other page can have it, since
   * it is new or under a lock (tabs.ts), nothing is asked first: a page that is being left is gone before
   * the answer comes. */
  async put(record: UnsentRecord, isNew: boolean): Promise<boolean> {
    const ours = { ...record, holder: this.#page };
    if (isNew || this.isExclusive) {
      await this.#inStore("readwrite", (store) => (store.put(ours), store.transaction.commit()));
      return true;
    }
    let isOurs = false;
    await this.#withRecord("readwrite", record.token, (now, store) => {
      isOurs = now?.holder === this.#page;
      if (isOurs) store.put(ours);
    });
    return isOurs;
  }

  /** Leaves a claimed record as it was found, to whoever comes next. */
  async release(record: UnsentRecord): Promise<void> {
    await this.put({ ...record, isLeft: true, claimedAtMs: 0 }, true);
  }

  /** Removes the record, unless it is another page's by now. */
  async remove(token: string): Promise<void> {
    await this.#withRecord("readwrite", token, (now, store) => now?.holder === this.#page && store.delete(token));
  }

  /** Resolves to true when that record is still this page's. */
  async isOurs(token: string): Promise<boolean> {
    let isOurs = false;
    await this.#withRecord("readonly", token, (now) => (isOurs = now?.holder === this.#page));
    return isOurs;
  }

  /** All records, of any pad and page. */
  async all(): Promise<UnsentRecord[]> {
    let all: IDBRequest<UnsentRecord[]> | undefined;
    await this.#inStore("readonly", (store) => (all = store.getAll()));
    return all!.result;
  }

  /** The oldest abandoned record of that pad, now ours; null when there is none. */
  async claim(padId: string, nowMs: number): Promise<UnsentRecord | null> {
    const here = (await this.all()).filter((record) => record.padId === padId);
    const gone = await Promise.all(here.map(({ token, isLeft }) => this.#tabs.isGone(token, isLeft)));
    const free = here.filter((_, i) => gone[i]).sort((a, b) => a.savedAtMs - b.savedAtMs);
    for (const { token } of free) {
      const claimed = await this.#claim(token, nowMs);
      if (claimed) return claimed;
    }
    return null;
  }

  /** A claim from the future was made before the clock was put right: nobody would
   * be offered that text until the clock is there again. */
  #isClaimed(record: UnsentRecord, nowMs: number): boolean {
    const ageMs = nowMs - record.claimedAtMs;
    return ageMs >= 0 && ageMs < this.#claimedMs;
  }

  /** Claims that record; null when somebody else was quicker. */
  async #claim(token: string, nowMs: number): Promise<UnsentRecord | null> {
    let claimed: UnsentRecord | null = null;
    await this.#withRecord("readwrite", token, (record, store) => {
      if (!record || this.#isClaimed(record, nowMs)) return;
      claimed = record;
      store.put({ ...record, isLeft: false, claimedAtMs: nowMs, holder: this.#page });
      this.#tabs.claim(token);
    });
    return claimed;
  }

  /** Looks at a record and does something about it, with nobody in between. */
  #withRecord(mode: IDBTransactionMode, token: string, use: UseRecord): Promise<void> {
    return this.#inStore(mode, (store, attempt) => {
      const get: IDBRequest<UnsentRecord | undefined> = store.get(token);
      get.addEventListener("success", () => attempt(() => use(get.result, store)));
    });
  }

  /** Runs `use` in a transaction, of which all is done or nothing. What `use` does later than at once it
   * does in an `attempt`: when that fails, so does all. */
  async #inStore(mode: IDBTransactionMode, use: UseStore): Promise<void> {
    const database = await this.#open();
    // on the disk when it is complete: what is sent then may rely on it
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    await new Promise<void>((resolve, reject) => {
      const attempt = (step: () => unknown) => {
        try {
          step();
        } catch (error) {
          reject(error as Error);
          transaction.abort();
        }
      };
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error as Error));
      attempt(() => use(transaction.objectStore(STORE), attempt));
    });
  }

  #open(): Promise<IDBDatabase> {
    const factory = this.#databases();
    if (!this.#held || this.#held.factory !== factory) {
      // Whatever ends the connection, the next use opens another.
      const letGo = () => void (this.#held = null);
      const database = connect(factory, letGo);
      this.#held = { factory, database };
      database.catch(letGo);
    }
    return this.#held.database;
  }
}

type UseRecord = (record: UnsentRecord | undefined, store: IDBObjectStore) => unknown;
type UseStore = (store: IDBObjectStore, attempt: (step: () => unknown) => void) => unknown;

function connect(factory: IDBFactory, onEnd: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(STORE, { keyPath: "token" });
    });
    request.addEventListener("success", () => {
      const database = request.result;
      database.addEventListener("close", onEnd);
      database.addEventListener("versionchange", () => (database.close(), onEnd()));
      resolve(database);
    });
    request.addEventListener("error", () => reject(request.error as Error));
  });
}

/** The records of this browser, for this page. */
export const unsentStore = new UnsentStore();
