// clients.ts - a v1 and a v2 client, as docs/protocol.md describes them.
import { onTestFinished } from 'vitest';
import { randomBytes } from 'node:crypto';
import type { ClientOptions } from 'ws';
import type { Message } from './connection.ts';
import { Connection } from './connection.ts';
import type { Operation, Order } from './operation.ts';
import { deleteAt, insertAt, points } from './operation.ts';
import { Replica } from './replica.ts';
import type { Server } from './server.ts';
import { until } from './wait.ts';

/** "Nobody": the author of what came from the database, the largest 64-bit number. */
export const SYSTEM = 18446744073709551615;

export type Participant = { name: string; hue: number; view?: boolean };
export type Cursors = { cursors: number[]; selections: [number, number][] };

/** A committed operation; `order` is there for those who go by author. */
export type Entry = { id: number; order?: string; operation: Operation };

export abstract class Client extends Connection {
  replica = new Replica();
  id = -1;
  readonly users = new Map<number, Participant>();
  readonly cursors = new Map<number, Cursors>();
  language: string | null = null;
  otp: string | null = null;

  get text(): string {
    return this.replica.text.join('');
  }

  get length(): number {
    return this.replica.text.length;
  }

  /** The user types: applied here at once, sent as soon as the protocol allows. */
  edit(op: Operation): void {
    const revision = this.replica.revision;
    const ready = this.replica.edit(op);
    if (ready !== undefined) this.sendEdit(revision, ready);
  }

  insert(text: string, at: number = this.length): void {
    this.edit(insertAt(this.length, at, text));
  }

  delete(at: number, count: number): void {
    this.edit(deleteAt(this.length, at, count));
  }

  /** Types and waits until the server has it. */
  async type(text: string, at: number = this.length): Promise<void> {
    this.insert(text, at);
    await this.settled();
  }

  /** Everything typed here is acknowledged. */
  async settled(): Promise<void> {
    await this.until('the acknowledgement of everything typed', () => this.replica.settled);
  }

  async sees(text: string): Promise<void> {
    await this.until(`the text ${JSON.stringify(text.slice(0, 80))}`, () => this.text === text);
  }

  /** Are edits sent as they become due? */
  protected get maySpeak(): boolean {
    return true;
  }

  sendEdit(revision: number, operation: Operation): void {
    this.send({ Edit: { revision, operation } });
  }

  protected override receive(message: Message): void {
    const [kind, content] = Object.entries(message)[0] as [string, any];
    switch (kind) {
      case 'History':
        return this.onHistory(content.start, content.operations);
      case 'Language':
        this.language = content.language;
        return;
      case 'OTP':
        this.otp = content.otp;
        return;
      case 'UserInfo':
        if (content.info === null) {
          this.users.delete(content.id);
          this.cursors.delete(content.id);
        } else this.users.set(content.id, content.info);
        return;
      case 'UserCursor':
        this.cursors.set(content.id, content.data);
        return;
    }
  }

  /** What is known already is skipped; a gap means the server lost something. */
  private onHistory(start: number, operations: Entry[]): void {
    if (start > this.replica.revision) {
      throw new Error(`history jumps from revision ${this.replica.revision} to ${start}`);
    }
    for (const entry of operations.slice(this.replica.revision - start)) {
      const { id, operation } = entry;
      if (id === this.id && !this.replica.settled) {
        const next = this.replica.acknowledge();
        if (next !== undefined && this.maySpeak) this.sendEdit(this.replica.revision, next);
      } else this.replica.remote(operation, this.orderWith(entry));
    }
  }

  /** The order of what is ours (a) and an entry of somebody else (b), where both insert. */
  protected orderWith(_entry: Entry): Order {
    return 'text';
  }
}

export class V1Client extends Client {
  /** `known` is the state a client remembers across a reconnect. */
  static async open(server: Server, document: string, options: { otp?: string; known?: Replica } & ClientOptions = {}): Promise<V1Client> {
    const { otp, known, ...rest } = options;
    const query = otp === undefined ? '' : `?otp=${encodeURIComponent(otp)}`;
    const remember = (client: Connection): void => {
      if (known !== undefined) (client as V1Client).replica = known;
    };
    const client = (await V1Client.dial(server.socketUrl(encodeURIComponent(document), query), [], rest, remember)) as V1Client;
    return client.identified();
  }

  info(name: string, hue: number): void {
    this.send({ ClientInfo: { name, hue } });
  }

  point(cursors: number[], selections: [number, number][] = []): void {
    this.send({ CursorData: { cursors, selections } });
  }

  protected override receive(message: Message): void {
    if ('Identity' in message) this.id = message['Identity'];
    else super.receive(message);
  }

  private async identified(): Promise<this> {
    await this.until('Identity', () => this.id !== -1);
    return this;
  }
}

export type Hello = {
  client: string;
  otp: string | null;
  epoch: string | null;
  revision: number;
  name: string;
  hue: number;
  order?: unknown;
  link?: unknown;
  owner?: unknown;
  comments?: unknown;
};

/** The author of an operation, and whether inserts are ordered by that. */
type Author = { id: number; byAuthor: boolean };

/** What one browser tab knows, from one connection to the next. */
export type Tab = {
  token: string;
  epoch: string | null;
  otp: string | null;
  replica: Replica;
  /** Asks for the order by author. */
  byAuthor?: boolean;
  /** As whom the edit in flight was sent. */
  sender?: Author;
};

export const freshToken = (): string => randomBytes(16).toString('base64url');
export const freshTab = (otp: string | null = null): Tab => ({ token: freshToken(), epoch: null, otp, replica: new Replica() });
export const authorTab = (): Tab => ({ ...freshTab(), byAuthor: true });

export class V2Client extends Client {
  tab: Tab = freshTab();
  /** Set once everything that answers Hello has come. */
  welcome: any;
  ready = false;
  readonly rejections: any[] = [];

  static async open(server: Server, document: string, options: { tab?: Tab; name?: string; hue?: number; owner?: string } & ClientOptions = {}): Promise<V2Client> {
    const { tab, name, hue, owner, ...rest } = options;
    const client = await this.silent(server, document, rest);
    client.tab = tab ?? client.tab;
    client.replica = client.tab.replica;
    client.hello({ name: name ?? 'Anonymous', hue: hue ?? 0, ...(owner === undefined ? {} : { owner }) });
    await client.until('Welcome, the text and the users', () => client.ready);
    return client;
  }

  /** Upgraded, but Hello is not said yet. */
  static async silent(server: Server, document: string, options: ClientOptions = {}): Promise<V2Client> {
    return (await this.dial(server.socketUrl(encodeURIComponent(document)), ['kolabpad.v2'], options)) as V2Client;
  }

  hello(fields: Partial<Hello> = {}): void {
    const { token: client, epoch, otp, replica, byAuthor } = this.tab;
    const order = byAuthor ? { order: 'author' } : {};
    this.send({ Hello: { client, otp, epoch, revision: epoch === null ? 0 : replica.revision, name: 'Anonymous', hue: 0, ...order, ...fields } });
  }

  override sendEdit(revision: number, operation: Operation): void {
    this.tab.sender = this.me;
    super.sendEdit(revision, operation);
  }

  private get me(): Author {
    return { id: this.id, byAuthor: this.welcome?.order === 'author' };
  }

  protected override orderWith({ id, order }: Entry): Order {
    const mine = this.replica.settled ? this.me : (this.tab.sender as Author);
    const isByAuthor = mine.byAuthor && this.me.byAuthor && order === undefined && mine.id !== id;
    return !isByAuthor ? 'text' : mine.id < id ? 'a first' : 'b first';
  }

  info(name: string, hue: number): void {
    this.send({ ClientInfo: { name, hue } });
  }

  point(cursors: number[], selections: [number, number][] = []): void {
    this.send({ CursorData: { cursors, selections } });
  }

  /** Not between Hello and the end of its answer: what is due then is sent by onUsers. */
  protected override get maySpeak(): boolean {
    return this.ready;
  }

  protected override receive(message: Message): void {
    const [kind, content] = Object.entries(message)[0] as [string, any];
    switch (kind) {
      case 'Welcome':
        this.welcome = content;
        this.id = content.user_id;
        this.language = content.language;
        this.otp = content.otp;
        return;
      case 'Snapshot':
        this.replica.snapshot(content.revision, points(content.text), holdsOutstanding(this.welcome, this.replica));
        return;
      case 'Users':
        this.onUsers(content);
        return;
      case 'Rejected':
        this.rejections.push(content);
        return;
      default:
        super.receive(message);
    }
  }

  /** The last of the answers to Hello; from now on the tab may speak. */
  private onUsers(users: ({ id: number } & Participant & Partial<Cursors>)[]): void {
    this.users.clear();
    this.cursors.clear();
    for (const { id, cursors, selections, ...info } of users) {
      this.users.set(id, info);
      if (cursors !== undefined) this.cursors.set(id, { cursors, selections: selections ?? [] });
    }
    this.tab.epoch = this.welcome.epoch;
    this.tab.otp = this.welcome.otp;
    this.ready = true;
    if (this.replica.outstanding !== undefined) this.sendEdit(this.replica.revision, this.replica.outstanding);
  }
}

/** The snapshot holds what is in flight when the server has seen an operation of ours after our revision. */
function holdsOutstanding(welcome: any, replica: Replica): boolean {
  return welcome.committed > replica.revision;
}

/** Clients that are let go when the test ends. */
export async function v1(...args: Parameters<typeof V1Client.open>): Promise<V1Client> {
  return forTheTest(await V1Client.open(...args));
}

export async function v2(...args: Parameters<typeof V2Client.open>): Promise<V2Client> {
  return forTheTest(await V2Client.open(...args));
}

export async function v2Silent(...args: Parameters<typeof V2Client.silent>): Promise<V2Client> {
  return forTheTest(await V2Client.silent(...args));
}

export function forTheTest<C extends Connection>(client: C): C {
  onTestFinished(() => client.socket.terminate());
  return client;
}

/** All of them, and the HTTP API, agree; returns the text. */
export async function converged(server: Server, document: string, clients: readonly Client[], otp?: string): Promise<string> {
  await Promise.all(clients.map((client) => client.settled()));
  const last = Math.max(...clients.map((client) => client.replica.revision));
  await Promise.all(clients.map((client) => client.until(`revision ${last}`, () => client.replica.revision >= last)));
  return until('everybody to have the same text', async () => {
    const text = await server.text(document, otp);
    return clients.every((client) => client.text === text) ? { text } : undefined;
  }).then(({ text }) => text);
}
