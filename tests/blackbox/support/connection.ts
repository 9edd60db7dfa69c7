// connection.ts - one WebSocket that remembers everything it was told.
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { PATIENCE_MS } from './wait.ts';

// One key, whose value depends on it: the tests look inside as they need.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Message = Record<string, any>;
export type Closed = { code: number; reason: string };

type Waiter = { probe: () => boolean; resolve: () => void; reject: (error: Error) => void; what: string };

/** What the server answered instead of upgrading. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    readonly headers: NodeJS.Dict<string | string[]>,
  ) {
    super(`the upgrade was answered ${status}: ${body}`);
  }
}

export class Connection {
  readonly messages: Message[] = [];
  readonly raw: string[] = [];
  closed: Closed | undefined;
  bytesReceived = 0;
  pings = 0;
  private readonly waiters = new Set<Waiter>();
  private readerAt = 0;

  protected constructor(readonly socket: WebSocket) {
    socket.on('message', (data, isBinary) => this.onData(data.toString(), isBinary));
    socket.on('ping', () => (this.pings += 1));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.wake();
    });
    socket.on('error', () => undefined); // what matters follows in 'close'
  }

  /** Opens a socket, or throws Refused with the server's answer, as far as it came. `prepare` sees it before the first message. */
  static async dial(url: string, protocols: string[] = [], options: ClientOptions = {}, prepare?: (connection: Connection) => void): Promise<Connection> {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    const connection = new this(socket);
    prepare?.(connection);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (request, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        // not 'end', which does not come when the connection breaks within the answer
        response.on('close', () => {
          reject(new Refused(response.statusCode ?? 0, body, response.headers));
          request.destroy();
        });
      });
    });
    return connection;
  }

  send(message: Message): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  /** All messages of one kind, their contents. */
  all(kind: string): any[] {
    return this.messages.filter((message) => kind in message).map((message) => message[kind]);
  }

  /** The next message in order that this caller has not read yet. */
  async next(): Promise<Message> {
    const at = this.readerAt++;
    await this.until(`message ${at + 1}`, () => this.messages.length > at);
    return this.messages[at] as Message;
  }

  /** The contents of the first message of this kind (from `after` on) that passes. */
  async message(kind: string, passes: (content: any) => boolean = () => true, after = 0): Promise<any> {
    let found: Message | undefined;
    await this.until(`a ${kind} message`, () => {
      found = this.messages.slice(after).find((message) => kind in message && passes(message[kind]));
      return found !== undefined;
    });
    return (found as Message)[kind];
  }

  /** Waits until it is so; fails at once when the connection closes before. */
  async until(what: string, probe: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    if (probe()) return;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { probe, resolve, reject, what };
      const limit = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(new Error(`gave up after ${patienceMs} ms waiting for ${what}; ${this.history()}`));
      }, patienceMs);
      const settle =
        <T extends unknown[]>(then: (...args: T) => void) =>
        (...args: T): void => {
          clearTimeout(limit);
          this.waiters.delete(waiter);
          then(...args);
        };
      waiter.resolve = settle(resolve);
      waiter.reject = settle(reject);
      this.waiters.add(waiter);
      this.wake();
    });
  }

  async closing(patienceMs = PATIENCE_MS): Promise<Closed> {
    await this.until('the close', () => this.closed !== undefined, patienceMs);
    return this.closed as Closed;
  }

  /** A closing handshake. */
  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closing();
  }

  /** The line is cut: no close frame, nothing. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await this.closing();
  }

  /** For subclasses: what a message does to the client's state. */
  protected receive(_message: Message): void {}

  private onData(text: string, isBinary: boolean): void {
    this.bytesReceived += Buffer.byteLength(text);
    this.raw.push(text);
    if (isBinary) return this.fail(new Error('the server sent a binary frame'));
    try {
      const message = JSON.parse(text) as Message;
      if (Object.keys(message).length !== 1) throw new Error(`not exactly one key: ${text}`);
      this.messages.push(message);
      this.receive(message);
    } catch (error) {
      return this.fail(error as Error);
    }
    this.wake();
  }

  private fail(error: Error): void {
    this.socket.terminate();
    if (this.waiters.size === 0) throw error;
    for (const waiter of this.waiters) waiter.reject(error);
  }

  protected wake(): void {
    for (const waiter of this.waiters) {
      if (waiter.probe()) waiter.resolve();
      else if (this.closed) {
        const { code, reason } = this.closed;
        waiter.reject(new Error(`closed with ${code} "${reason}" while waiting for ${waiter.what}; ${this.history()}`));
      }
    }
  }

  private history(): string {
    const last = this.raw.slice(-6).map((text) => text.slice(0, 160));
    return `the last of ${this.raw.length} messages: ${last.join(' ') || 'none'}`;
  }
}
