/**
 * Unsent changes, kept in this browser until the server has them, so that a
 * closed tab or a crashed browser loses nothing.
 *
 * A record belongs to the tab whose token it is filed under. When that tab is
 * gone (tabs.ts), the next visit of its pad may claim it and go on in its place,
 * token included. Two tabs must never do that at once.
 */

import type { SavedState } from "../sync";
import { isTabGone, announceClaim } from "./tabs";

export interface UnsentRecord {
  token: string;
  padId: string;
  /** Its page was left in the ordinary way, and did not crash. */
  isLeft: boolean;
  /** When a visit claimed it; 0: none has since it was last written. */
  claimedAtMs: number;
  savedAtMs: number;
  changes: number;
  kept: SavedState;
  /** The page that wrote or claimed it last. */
  holder?: string;
}

const DATABASE = "kolabpad";
const STORE = "unsent";
/** Of two that find it abandoned at the same time, the first to claim it has it. */
const CLAIMED_MS = 5_000;
/** This page. */
const PAGE = Math.random().toString(36);

/** False, and nothing written, when it is another page's by now. One that is not
 * there, and not new, was sent or thrown away by another page. Where no other page
 * can have it, since it is new or under a lock (tabs.ts), nothing is asked first:
 * a page that is being left is gone before the answer comes. */
export async function putUnsent(record: UnsentRecord, isNew: boolean): Promise<boolean> {
  const ours = { ...record, holder: PAGE };
  if (isNew || navigator.locks) {
    await inStore("readwrite", (store) => (store.put(ours), store.transaction.commit()));
    return true;
  }
  let isOurs = false;
  await withRecord("readwrite", record.token, (now, store) => {
    isOurs = now?.holder === PAGE;
    if (isOurs) store.put(ours);
  });
  return isOurs;
}

/** A claimed record, left to whoever comes next as it was found. */
export async function releaseUnsent(record: UnsentRecord): Promise<void> {
  await putUnsent({ ...record, isLeft: true, claimedAtMs: 0 }, true);
}

/** Unless it is another page's by now. */
export async function removeUnsent(token: string): Promise<void> {
  await withRecord("readwrite", token, (now, store) => now?.holder === PAGE && store.delete(token));
}

/** Is that record still this page's? */
export async function isUnsentOurs(token: string): Promise<boolean> {
  let isOurs = false;
  await withRecord("readonly", token, (now) => (isOurs = now?.holder === PAGE));
  return isOurs;
}

export async function allUnsent(): Promise<UnsentRecord[]> {
  let all: IDBRequest<UnsentRecord[]> | undefined;
  await inStore("readonly", (store) => (all = store.getAll()));
  return all!.result;
}

/** The oldest abandoned record of that pad, now ours; null when there is none. */
export async function claimUnsent(padId: string, nowMs: number): Promise<UnsentRecord | null> {
  const here = (await allUnsent()).filter((record) => record.padId === padId);
  const gone = await Promise.all(here.map(({ token, isLeft }) => isTabGone(token, isLeft)));
  const free = here.filter((_, i) => gone[i]).sort((a, b) => a.savedAtMs - b.savedAtMs);
  for (const { token } of free) {
    const claimed = await claim(token, nowMs);
    if (claimed) return claimed;
  }
  return null;
}

/** Null when somebody else was quicker. */
async function claim(token: string, nowMs: number): Promise<UnsentRecord | null> {
  let claimed: UnsentRecord | null = null;
  await withRecord("readwrite", token, (record, store) => {
    if (!record || nowMs - record.claimedAtMs < CLAIMED_MS) return;
    claimed = record;
    store.put({ ...record, isLeft: false, claimedAtMs: nowMs, holder: PAGE });
    announceClaim(token);
  });
  return claimed;
}

type UseRecord = (record: UnsentRecord | undefined, store: IDBObjectStore) => unknown;

/** Looks at a record and does something about it, with nobody in between. */
function withRecord(mode: IDBTransactionMode, token: string, use: UseRecord): Promise<void> {
  return inStore(mode, (store, attempt) => {
    const get: IDBRequest<UnsentRecord | undefined> = store.get(token);
    get.addEventListener("success", () => attempt(() => use(get.result, store)));
  });
}

type UseStore = (store: IDBObjectStore, attempt: (step: () => unknown) => void) => unknown;

/** All of it or nothing. What is done later than at once is done in an `attempt`:
 * when that fails, so does all. */
async function inStore(mode: IDBTransactionMode, use: UseStore): Promise<void> {
  const database = await open();
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

/** Held open, so that a page that is being left need not wait for it. */
let held: { factory: IDBFactory; database: Promise<IDBDatabase> } | null = null;

function open(): Promise<IDBDatabase> {
  if (!held || held.factory !== indexedDB) {
    held = { factory: indexedDB, database: connect() };
    held.database.catch(letGo);
  }
  return held.database;
}

/** Whatever ends the connection, the next one who wants it tries anew. */
function letGo(): void {
  held = null;
}

function connect(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(STORE, { keyPath: "token" });
    });
    request.addEventListener("success", () => {
      const database = request.result;
      database.addEventListener("close", letGo);
      database.addEventListener("versionchange", () => (database.close(), letGo()));
      resolve(database);
    });
    request.addEventListener("error", () => reject(request.error as Error));
  });
}
