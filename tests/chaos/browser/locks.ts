// locks.ts - navigator.locks among the pages of one browser. A page that ends lets
// go of what it holds, however it ends.
import type { Tasks } from './tasks.ts';

type Mode = 'exclusive' | 'shared';
type Request = { name: string; mode: Mode; owner: object; grant: () => void };

/** All locks of a browser, those that are waited for included. */
export class LockTable {
  #held: Request[] = [];
  #waiting: Request[] = [];

  get held(): readonly { name: string }[] {
    return this.#held;
  }

  ask(request: Request): void {
    this.#waiting.push(request);
    this.#grant();
  }

  letGo(request: Request): void {
    this.#held = this.#held.filter((each) => each !== request);
    this.#waiting = this.#waiting.filter((each) => each !== request);
    this.#grant();
  }

  /** Everything of an owner who has ended. */
  letGoOf(owner: object): void {
    this.#held = this.#held.filter((each) => each.owner !== owner);
    this.#waiting = this.#waiting.filter((each) => each.owner !== owner);
    this.#grant();
  }

  /** In the order of asking; one that must wait holds up those of its name behind it. */
  #grant(): void {
    const stuck = new Set<string>();
    for (const request of [...this.#waiting]) {
      const { name, mode } = request;
      const inTheWay = this.#held.filter((each) => each.name === name);
      const isFree = mode === 'exclusive' ? inTheWay.length === 0 : inTheWay.every((each) => each.mode === 'shared');
      if (stuck.has(name) || !isFree) {
        stuck.add(name);
        continue;
      }
      this.#waiting = this.#waiting.filter((each) => each !== request);
      this.#held.push(request);
      request.grant();
    }
  }
}

type Callback = () => unknown;
type Options = { mode?: Mode; signal?: AbortSignal };

/** navigator.locks of one page. */
export class PageLocks {
  constructor(
    private readonly table: LockTable,
    private readonly tasks: Tasks,
  ) {}

  request(name: string, ...rest: [Callback] | [Options, Callback]): Promise<unknown> {
    const callback = rest.at(-1) as Callback;
    const { mode = 'exclusive', signal } = rest.length === 2 ? (rest[0] as Options) : {};
    return new Promise((resolve, reject) => {
      const granted = () =>
        this.tasks.run(() => {
          signal?.removeEventListener('abort', giveUp);
          void Promise.resolve(callback())
            .then(resolve, reject)
            .finally(() => this.table.letGo(request));
        });
      const request: Request = { name, mode, owner: this, grant: () => setImmediate(granted) };
      const giveUp = () => this.tasks.run(() => (this.table.letGo(request), reject(signal!.reason as Error)));
      signal?.addEventListener('abort', giveUp);
      this.table.ask(request);
    });
  }

  query(): Promise<{ held: { name: string }[] }> {
    return new Promise((resolve) => {
      const answer = () => resolve({ held: this.table.held.map(({ name }) => ({ name })) });
      setImmediate(() => this.tasks.run(answer));
    });
  }

  end(): void {
    this.table.letGoOf(this);
  }
}
