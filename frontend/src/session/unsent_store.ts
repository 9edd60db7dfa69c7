/**
 * Unsent changes, kept in this browser until the server has them, so that a
 * closed tab or a crashed browser loses nothing.
 *
 * A record belongs to the tab whose token it is filed under. When that tab is
 * gone, the next visit of its pad may claim it and go on in its place, token
 * included. Two tabs must never do that at once: a living tab holds a lock of
 * its token's name. Where there are no locks (plain HTTP) it renews the record,
 * at least once a minute however much the browser slows it down.
 */

import type { Kept } from "../sync";

export interface UnsentRecord {
  token: string;
  padId: string;
  /** When it was last kept alive; 0: its tab has said goodbye. */
  aliveAtMs: number;
  /** When a visit claimed it; 0: none has since it was last written. */
  claimedAtMs: number;
  savedAtMs: number;
  changes: number;
  kept: Kept;
}

const DATABASE = "kolabpad";
const STORE = "unsent";
const ABANDONED_MS = 90_000;
/** A claim needs this long at most until its lock is held. */
const CLAIMED_MS = 2_000;
/** A page that was left or reloaded may live on a little beside the next one. */
const LEAVING_MS = 2_000;
const LOCK_PREFIX = "kolabpad.tab.";

/** Holds this tab's lock for as long as the page lives. */
export function holdTab(token: string): void {
  void navigator.locks?.request(LOCK_PREFIX + token, () => new Promise(() => {}));
}

export async function putUnsent(record: UnsentRecord): Promise<void> {
  await inStore("readwrite", (store) => store.put(record));
}

export async function removeUnsent(token: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(token));
}

/** The oldest abandoned record of that pad, now ours; null when there is none. */
export async function claimUnsent(padId: string, nowMs: number): Promise<UnsentRecord | null> {
  await farewell(padId);
  const living = await livingTabs();
  const isAbandoned = ({ token, aliveAtMs, claimedAtMs }: UnsentRecord) => {
    if (nowMs - claimedAtMs < CLAIMED_MS) return false;
    return living ? !living.has(LOCK_PREFIX + token) : nowMs - aliveAtMs > ABANDONED_MS;
  };
  let claimed: UnsentRecord | null = null;
  await inStore("readwrite", (store) => {
    const all: IDBRequest<UnsentRecord[]> = store.getAll();
    all.addEventListener("success", () => {
      const free = all.result.filter((record) => record.padId === padId && isAbandoned(record));
      claimed = free.sort((a, b) => a.savedAtMs - b.savedAtMs)[0] ?? null;
      if (!claimed) return;
      store.put({ ...claimed, aliveAtMs: nowMs, claimedAtMs: nowMs });
      holdTab(claimed.token);
    });
    return all;
  });
  return claimed;
}

/** Waits for those of that pad's tabs that are just going to be gone. */
async function farewell(padId: string): Promise<void> {
  const living = await livingTabs();
  if (!living) return;
  const names = (await allUnsent()).flatMap((record) => (record.padId === padId ? [LOCK_PREFIX + record.token] : []));
  await Promise.all(names.filter((name) => living.has(name)).map(released));
}

/** Resolves when nobody holds that lock, or when it seems that somebody means to. */
async function released(name: string): Promise<void> {
  const giveUp = AbortSignal.timeout(LEAVING_MS);
  await navigator.locks.request(name, { mode: "shared", signal: giveUp }, () => {}).catch(() => {});
}

/** The names of the locks that tabs hold; null where there are no locks. */
async function livingTabs(): Promise<Set<string> | null> {
  if (!navigator.locks) return null;
  const { held } = await navigator.locks.query();
  return new Set(held?.flatMap(({ name }) => (name === undefined ? [] : [name])));
}

async function allUnsent(): Promise<UnsentRecord[]> {
  let all: IDBRequest<UnsentRecord[]> | undefined;
  await inStore("readonly", (store) => (all = store.getAll()));
  return all!.result;
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
