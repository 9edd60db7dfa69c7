// database.ts - as much of IndexedDB as the client uses, with a disk below it that
// takes its time, can lose power, and outlives the pages.
//
// One transaction at a time. What a transaction changes is on the disk when it is
// complete and not a moment before. A page that ends takes those of its
// transactions with it that wait for more requests; one that was told to commit
// is the browser's business and completes. A browser that crashes loses every
// transaction that is not complete.
import { Listeners } from './listeners.ts';
import type { Tasks } from './tasks.ts';

type Records = Map<string, unknown>;
type Store = { keyPath: string; records: Records };

/** The disk of one browser. */
export class Disk {
  readonly #databases = new Map<string, Map<string, Store>>();
  #turn: Promise<void> = Promise.resolve();
  /** Counts crashes: a transaction of an earlier life is lost. */
  #life = 0;

  constructor(
    /** False: everything fails, as in some private windows. */
    readonly isThere: boolean,
    /** How long it takes to write something down. */
    readonly writeMs: () => number,
  ) {}

  /** The stores of that database; made anew when it does not exist. */
  database(name: string): { stores: Map<string, Store>; isNew: boolean } {
    const isNew = !this.#databases.has(name);
    if (isNew) this.#databases.set(name, new Map());
    return { stores: this.#databases.get(name)!, isNew };
  }

  /** Everything in one store, for the test. */
  contents<Record>(database: string, store: string): Record[] {
    return [...(this.#databases.get(database)?.get(store)?.records.values() ?? [])] as Record[];
  }

  get life(): number {
    return this.#life;
  }

  crash(): void {
    this.#life += 1;
    this.#turn = Promise.resolve();
  }

  /** Resolves when everything that was begun is written, or lost. */
  idle(): Promise<void> {
    return this.#turn;
  }

  /** Runs `use` when all before it are done. */
  inTurn(use: () => Promise<void>): void {
    this.#turn = this.#turn.then(use);
  }
}

class Request extends Listeners {
  result: unknown;
  error: Error | null = null;
}

/** indexedDB of one page. */
export class PageDatabases {
  /** Those that are not complete. */
  readonly #unfinished = new Set<Transaction>();
  /** Those of which the page has not heard that they are: what it wants to write next waits for that. A page that has
   * ended hears nothing, and writes nothing. */
  readonly #unheard = new Set<Transaction>();
  /** Those that wait for something that the page has to do. */
  readonly #open = new Set<Transaction>();
  #whenIdle: (() => void)[] = [];

  constructor(
    private readonly disk: Disk,
    private readonly tasks: Tasks,
  ) {}

  open(name: string): Request {
    const request = new Request();
    setImmediate(() => this.tasks.run(() => this.#answer(request, name)));
    return request;
  }

  /** Is there something that was begun and is not on the disk, or of which the page does not know yet that it is? */
  get isBusy(): boolean {
    return this.#unfinished.size > 0 || (this.#unheard.size > 0 && !this.tasks.hasEnded);
  }

  /** Calls `run` when no transaction waits for this page: a browser puts no page
   * to sleep that the others would have to wait for. */
  whenIdle(run: () => void): void {
    if (this.#open.size === 0) run();
    else this.#whenIdle.push(run);
  }

  /** Whoever waits for whenIdle() need not wait any more. */
  stayAwake(): void {
    this.#whenIdle = [];
  }

  end(): void {
    this.stayAwake();
    for (const transaction of this.#open) transaction.pageEnded();
  }

  #answer(request: Request, name: string): void {
    if (!this.disk.isThere) {
      request.error = new DOMException('this browser keeps nothing', 'InvalidStateError');
      return request.tell('error');
    }
    const { stores, isNew } = this.disk.database(name);
    request.result = new Database(stores, (scope) => this.#begin(scope));
    if (isNew) request.tell('upgradeneeded');
    request.tell('success');
  }

  #begin(store: Store): Transaction {
    const transaction = new Transaction(store, this.disk, this.tasks, {
      onClosed: () => this.#closed(transaction),
      onFinished: () => this.#finished(transaction),
    });
    this.#open.add(transaction);
    this.#unfinished.add(transaction);
    if (this.tasks.hasEnded) transaction.pageEnded();
    return transaction;
  }

  #finished(transaction: Transaction): void {
    this.#unfinished.delete(transaction);
    this.#unheard.add(transaction);
    this.tasks.run(() => setImmediate(() => this.#unheard.delete(transaction)));
  }

  #closed(transaction: Transaction): void {
    this.#open.delete(transaction);
    if (this.#open.size === 0) for (const run of this.#whenIdle.splice(0)) run();
  }
}

class Database extends Listeners {
  constructor(
    private readonly stores: Map<string, Store>,
    private readonly begin: (store: Store) => Transaction,
  ) {
    super();
  }

  createObjectStore(name: string, { keyPath }: { keyPath: string }): void {
    this.stores.set(name, { keyPath, records: new Map() });
  }

  transaction(store: string): Transaction {
    return this.begin(this.stores.get(store)!);
  }

  close(): void {}
}

type TransactionEvents = {
  /** From here on it does not wait for its page. */
  onClosed(): void;
  /** It is complete, or never will be. */
  onFinished(): void;
};

type Step = { request: Request; run: () => unknown };

class Transaction extends Listeners {
  error: Error | null = null;
  #steps: Step[] = [];
  /** What it has written: a value, or undefined for a record that is gone. */
  readonly #written = new Map<string, unknown>();
  /** No more requests: the page has said so, or has made none when it could. */
  #isCommitted = false;
  /** Nothing of it will be written. */
  #isAborted = false;
  /** Committed or aborted, and its page has been told that it need not wait. */
  #isClosed = false;
  /** The page has heard of the request that was done last, or never will. */
  #heard = (): void => undefined;
  readonly #life: number;

  constructor(
    private readonly store: Store,
    private readonly disk: Disk,
    private readonly tasks: Tasks,
    private readonly events: TransactionEvents,
  ) {
    super();
    this.#life = disk.life;
    disk.inTurn(() => this.#run().finally(() => this.events.onFinished()));
  }

  objectStore(): ObjectStore {
    return new ObjectStore(this, this.store.keyPath);
  }

  commit(): void {
    this.#isCommitted = true;
    this.#close();
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#close();
    setImmediate(() => this.tasks.run(() => this.tell('abort')));
  }

  pageEnded(): void {
    this.#isAborted = true;
    this.#heard();
    this.#close();
  }

  /* ---- for ObjectStore ---- */

  ask(run: () => unknown): Request {
    if (this.#isCommitted || this.#isAborted) throw new DOMException('no more requests', 'TransactionInactiveError');
    const request = new Request();
    this.#steps.push({ request, run });
    return request;
  }

  read(key: string): unknown {
    return this.#written.has(key) ? this.#written.get(key) : this.store.records.get(key);
  }

  readAll(): unknown[] {
    const keys = new Set([...this.store.records.keys(), ...this.#written.keys()]);
    return [...keys].map((key) => this.read(key)).filter((value) => value !== undefined);
  }

  write(key: string, value: unknown): void {
    this.#written.set(key, value);
  }

  /* ---- within ---- */

  async #run(): Promise<void> {
    await new Promise(setImmediate);
    for (let step = this.#steps.shift(); step && !this.#isOver; step = this.#steps.shift()) await this.#do(step);
    if (this.#isOver) return this.#close();
    this.#isCommitted = true;
    this.#close();
    if (this.#written.size > 0) await new Promise((resolve) => setTimeout(resolve, this.disk.writeMs()));
    if (this.#isLost) return;
    for (const [key, value] of this.#written) {
      if (value === undefined) this.store.records.delete(key);
      else this.store.records.set(key, value);
    }
    this.tasks.run(() => this.tell('complete'));
  }

  /** Resolves when the page has heard of it, or never will; nothing more can come of a page that said commit(). */
  async #do({ request, run }: Step): Promise<void> {
    request.result = run();
    const heard = new Promise<void>((resolve) => (this.#heard = resolve));
    setImmediate(() => this.tasks.run(() => (request.tell('success'), this.#heard())));
    if (!this.#isCommitted) await heard;
  }

  get #isOver(): boolean {
    return this.#isAborted || this.#isLost;
  }

  /** The browser has crashed since. */
  get #isLost(): boolean {
    return this.disk.life !== this.#life;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.events.onClosed();
  }
}

class ObjectStore {
  constructor(
    readonly transaction: Transaction,
    private readonly keyPath: string,
  ) {}

  get(key: string): Request {
    return this.transaction.ask(() => structuredClone(this.transaction.read(key)));
  }

  getAll(): Request {
    return this.transaction.ask(() => structuredClone(this.transaction.readAll()));
  }

  put(value: Record<string, unknown>): Request {
    const copy = structuredClone(value);
    return this.transaction.ask(() => this.transaction.write(copy[this.keyPath] as string, copy));
  }

  delete(key: string): Request {
    return this.transaction.ask(() => this.transaction.write(key, undefined));
  }
}
