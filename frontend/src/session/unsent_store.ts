/**
 * Unsent changes, kept in this browser until the server has them, so that a
 * closed tab or a crashed browser loses nothing.
 *
 * A record belongs to the tab whose token it is filed under. When that tab is
 * gone (tabs.ts), the next visit of its pad may claim it and go on in its place,
 * token included. Two tabs must never do that at once.
 */

import type { Kept } from "../sync";
import { isTabGone, tookTab } from "./tabs";

export interface UnsentRecord {
  token: string;
  padId: string;
  /** Its tab has said goodbye. */
  isLeft: boolean;
  /** When a visit claimed it; 0: none has since it was last written. */
  claimedAtMs: number;
  savedAtMs: number;
  changes: number;
  kept: Kept;
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
 * new and not there has been sent, or thrown away, by another page. */
export async function putUnsent(record: UnsentRecord, isNew: boolean): Promise<boolean> {
  let isOurs = true;
  await withRecord("readwrite", record.token, (now, store) => {
    isOurs = now ? now.holder === PAGE : isNew;
    if (isOurs) store.put({ ...record, holder: PAGE });
  });
  return isOurs;
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
    tookTab(token);
  });
  return claimed;
}

type UseRecord = (record: UnsentRecord | undefined, store: IDBObjectStore) => unknown;

/** Looks at a record and does something about it, with nobody in between. */
function withRecord(mode: IDBTransactionMode, token: string, use: UseRecord): Promise<void> {
  return inStore(mode, (store) => {
    const get: IDBRequest<UnsentRecord | undefined> = store.get(token);
    get.addEventListener("success", () => use(get.result, store));
    return get;
  });
}

async function inStore(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await open();
  try {
    // on the disk when it is complete: what is sent then may rely on it
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    use(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(STORE, { keyPath: "token" });
    });
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
