/**
 * The texts of recent pads as the server had them last, kept in this browser so that a visit without a connection has
 * something to show. What is unsent is not in them: that is kept by unsent_store.ts, in a database of its own, which tabs
 * of an older page have open.
 *
 * Of the pads that were looked at last so many are kept, up to so many units in all, and none beyond the day on which the
 * server deletes it. Each function rejects where the browser has no IndexedDB or cannot write.
 */

/** A text, and where the history of the pad was then. */
export interface SavedText {
  padId: string;
  epoch: string;
  revision: number;
  text: string;
  language: string | null;
  /** The time at which the server had it, as Date.now() gives it. */
  savedAtMs: number;
  /** The time at which the pad is deleted if nobody uses it any more; Infinity: it never is. */
  expiresAtMs: number;
}

/** As they are written down; the names of the fields are fixed. */
type Kept = SavedText & { units: number };

const DATABASE = "kolabpad-texts";
const STORE = "texts";
/** Has all that decides what stays, so that no text is read for it. */
const INDEX = "age";
const INDEX_OF = ["savedAtMs", "units", "expiresAtMs"];
const BOUNDS = { pads: 20, units: 5 << 20 };

export class SavedTexts {
  constructor(
    private readonly databases: () => IDBFactory = () => indexedDB,
    private readonly bounds: Readonly<typeof BOUNDS> = BOUNDS,
  ) {}

  /** Keeps a text, in place of the one before of that pad, and lets others go as far as the bounds want it. */
  async put(saved: SavedText): Promise<void> {
    const kept: Kept = { ...saved, units: saved.text.length };
    await this.#inStore("readwrite", (store) => {
      store.put(kept);
      this.#shorten(store, saved.savedAtMs);
    });
  }

  /** The text of that pad; null: none is kept, or only one of a pad that is deleted by now. */
  async get(padId: string, nowMs: number): Promise<SavedText | null> {
    let request: IDBRequest<Kept | undefined> | undefined;
    await this.#inStore("readonly", (store) => (request = store.get(padId)));
    const kept = request?.result;
    return kept && kept.expiresAtMs > nowMs ? kept : null;
  }

  /** Lets go of all but those pads. */
  async keepOnly(padIds: readonly string[]): Promise<void> {
    await this.#inStore("readwrite", (store) => {
      const request = store.getAllKeys();
      request.addEventListener("success", () => {
        for (const padId of request.result) if (!padIds.includes(padId as string)) store.delete(padId);
      });
    });
  }

  /** The newest come first, so what does not fit any more is the oldest. */
  #shorten(store: IDBObjectStore, nowMs: number): void {
    const left = { ...this.bounds };
    const request = store.index(INDEX).openKeyCursor(null, "prev");
    request.addEventListener("success", () => {
      const cursor = request.result;
      if (!cursor) return;
      const [, units, expiresAtMs] = cursor.key as [number, number, number];
      left.pads -= 1;
      left.units -= units;
      if (left.pads < 0 || left.units < 0 || expiresAtMs <= nowMs) store.delete(cursor.primaryKey);
      cursor.continue();
    });
  }

  /** Runs `use` in a transaction, of which all is done or nothing. */
  async #inStore(mode: IDBTransactionMode, use: (store: IDBObjectStore) => unknown): Promise<void> {
    const database = await connect(this.databases());
    try {
      const transaction = database.transaction(STORE, mode);
      const done = new Promise<void>((resolve, reject) => {
        transaction.addEventListener("complete", () => resolve());
        transaction.addEventListener("abort", () => reject(transaction.error as Error));
      });
      use(transaction.objectStore(STORE));
      await done;
    } finally {
      database.close();
    }
  }
}

function connect(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(STORE, { keyPath: "padId" }).createIndex(INDEX, INDEX_OF);
    });
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error as Error));
  });
}

/** Those of this browser. */
export const savedTexts = new SavedTexts();
