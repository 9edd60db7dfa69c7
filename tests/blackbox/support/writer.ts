// writer.ts - somebody who writes numbered words into a pad, whatever happens to the
// servers: comes back to any of them, and sends what was not acknowledged once more.
import { V2Client, freshTab } from './clients.ts';
import type { Server } from './server_process.ts';
import { PATIENCE_MS, sleep, until } from './wait.ts';

/** A tab gives a server up that says nothing for so long. */
const SILENCE_MS = 2_500;

const inTime = <T>(what: Promise<T>): Promise<T> =>
  Promise.race([what, sleep(SILENCE_MS).then(() => Promise.reject(new Error('silence')))]);

export class Writer {
  /** How many words were begun, and how many of them were acknowledged. */
  begun = 0;
  acknowledged = 0;
  /** How often a connection ended or could not be made, by its close code; 0: without one. */
  readonly ends = new Map<number, number>();
  private readonly tab = freshTab();
  private isWriting = true;
  private client: V2Client | undefined;
  private readonly work: Promise<void>;

  constructor(
    readonly name: string,
    private readonly pad: string,
    /** Where it goes at each attempt, as a balancer would have it. */
    private readonly nextServer: () => Server,
    private readonly pauseMs = 5,
  ) {
    this.work = this.run();
  }

  /** Once so many more words were acknowledged. */
  async writes(count: number): Promise<void> {
    const goal = this.acknowledged + count;
    await until(`${this.name} to be told of ${count} more words`, () => this.acknowledged >= goal, PATIENCE_MS * 2);
  }

  /** Goes on until all that was begun is acknowledged, and then no more. */
  async finish(): Promise<void> {
    this.isWriting = false;
    await this.work;
    this.client?.socket.terminate();
  }

  /** What must be in the text, once each and in this order. */
  words(): string[] {
    return Array.from({ length: this.begun }, (_, n) => `<${this.name}.${n}>`);
  }

  private async run(): Promise<void> {
    const end = Date.now() + 10 * 60_000;
    while (this.isWriting || this.acknowledged < this.begun) {
      if (Date.now() > end) throw new Error(`${this.name} came to no end`);
      try {
        await this.visit();
      } catch {
        const code = this.client?.closed?.code ?? 0;
        this.ends.set(code, (this.ends.get(code) ?? 0) + 1);
        this.client?.socket.terminate();
        this.client = undefined;
        await sleep(50 + Math.random() * 150);
      }
    }
  }

  private async visit(): Promise<void> {
    const client = await inTime(V2Client.open(this.nextServer(), this.pad, { tab: this.tab }));
    this.client = client;
    await inTime(client.settled());
    this.acknowledged = this.begun;
    while (this.isWriting) {
      client.insert(`<${this.name}.${this.begun}>`);
      this.begun += 1;
      await inTime(client.settled());
      this.acknowledged = this.begun;
      await sleep(this.pauseMs);
    }
  }
}

/** Throws unless the text is made of exactly what the writers have begun. */
export function check(text: string, writers: readonly Writer[]): void {
  const there: string[] = text.match(/<[^>]*>/g) ?? [];
  if (there.join('') !== text) throw new Error(`something is torn: ${text.slice(0, 400)}`);
  for (const writer of writers) {
    const theirs = there.filter((word) => word.startsWith(`<${writer.name}.`));
    const want = writer.words();
    if (theirs.join('') === want.join('')) continue;
    const lost = want.filter((word) => !theirs.includes(word));
    const doubled = theirs.filter((word, at) => theirs.indexOf(word) !== at);
    throw new Error(`of ${writer.name}: lost ${lost.join('')}, doubled ${doubled.join('')}; in all: ${theirs.join('').slice(0, 400)}`);
  }
}
