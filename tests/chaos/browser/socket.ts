// socket.ts - the WebSocket of one page.
import { WebSocket } from 'ws';
import { Listeners } from './listeners.ts';
import type { Tasks } from './tasks.ts';

/** What the test hears of a socket, beside the client. */
export interface SocketWatcher {
  onSaid(socket: PageSocket, text: string): void;
  /** Called before the client hears it; what it gives is called after that. */
  onHeard(socket: PageSocket, text: string): (() => void) | void;
  onClosed(socket: PageSocket, code: number, reason: string): void;
}

export class PageSocket extends Listeners {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly #socket: WebSocket;
  /** Before, there is nothing that could be paused. */
  #hasOpened = false;
  /** Until the page is told otherwise: in a browser the state changes with the event, however late that comes. */
  #isConnecting = true;
  /** The client has given it up. */
  isGivenUp = false;

  constructor(
    url: string,
    protocol: string,
    tasks: Tasks,
    private readonly watcher: SocketWatcher,
    private readonly messageBytes: number | undefined,
  ) {
    super();
    this.#socket = new WebSocket(url, protocol, { perMessageDeflate: true });
    this.#socket.once('open', () => {
      this.#hasOpened = true;
      tasks.run(() => this.#opens());
    });
    this.#socket.on('message', (data) => tasks.run(() => this.#hear(data.toString())));
    this.#socket.on('close', (code, reason) => tasks.run(() => this.#closed(code, reason.toString())));
    this.#socket.on('error', () => undefined); // 'close' follows
  }

  get readyState(): number {
    return this.#isConnecting ? PageSocket.CONNECTING : this.#socket.readyState;
  }

  send(text: string): void {
    if (text.startsWith('{"Edit"') && Buffer.byteLength(text) > (this.messageBytes ?? Infinity)) {
      throw new Error(`an edit of ${Buffer.byteLength(text)} bytes`);
    }
    this.watcher.onSaid(this, text);
    this.#socket.send(text);
  }

  close(): void {
    this.isGivenUp = true;
    this.#socket.close();
  }

  pause(): void {
    if (this.#hasOpened) this.#socket.pause();
  }

  resume(): void {
    if (this.#hasOpened) this.#socket.resume();
  }

  /** Its page has ended: no closing handshake. */
  end(): void {
    this.#socket.terminate();
  }

  #opens(): void {
    this.#isConnecting = false;
    this.tell('open');
  }

  #hear(said: string): void {
    const isLimited = this.messageBytes !== undefined && said.startsWith('{"Welcome"');
    const text = isLimited ? said.replace(/"message_bytes":\d+/, `"message_bytes":${this.messageBytes}`) : said;
    const after = this.watcher.onHeard(this, text);
    this.tell('message', { data: text });
    after?.();
  }

  #closed(code: number, reason: string): void {
    this.#isConnecting = false;
    this.watcher.onClosed(this, code, reason);
    this.tell('close', { code, reason });
  }
}
