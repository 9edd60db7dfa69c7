/**
 * A WebSocket that comes back: connects, notices when the other side has died,
 * waits, connects again. It carries text and knows nothing of documents.
 *
 * Safety. Callbacks of a socket that was given up are never heard: each socket
 * has its own listeners, and they ask whether it is still the one.
 *
 * Liveness. While started, there is at any time a socket that is connecting or
 * open, or a timer that will make one, unless the close code said that trying
 * again is the user's decision. A socket that is silent for PONG_MS after a Ping
 * is given up, so a connection that died without a word ends too.
 */

import { Backoff } from "./backoff";
import { closingOf, type Closing, type DownReason } from "./close_codes";

const PING_EVERY_MS = 20_000;
const PONG_MS = 10_000;
/** A handshake that takes longer will not come. */
const OPEN_MS = 15_000;
/** Nor will an answer to the first message. Until it comes nothing else may be said. */
const ANSWER_MS = 30_000;
/** Nothing heard for so long, even in a tab whose timers the browser slows down
 * to one in a minute: the machine slept, and the connection did not live on. */
const SILENT_MS = 90_000;

export interface TransportEvents {
  /** Connected; the first message is ours. */
  onOpen(): void;
  onMessage(text: string): void;
  /** Not connected any more, or not at all. `retryAtMs` is on the clock of
   * Date.now(), null when nothing happens before connect(). */
  onDown(reason: DownReason, retryAtMs: number | null, detail: string): void;
}

export class Transport {
  #socket: WebSocket | null = null;
  #backoff = new Backoff();
  #retry: Timer | undefined;
  #ping: Timer | undefined;
  #pong: Timer | undefined;
  #pings = 0;
  #heardAtMs = 0;
  #hasBegun = false;

  constructor(
    private readonly url: string,
    private readonly protocol: string,
    private readonly pingMessage: (n: number) => string,
    private readonly events: TransportEvents,
    /** One that is on its way to that url already, if it still is. The server
     * says nothing on it before we do, so nothing was missed. */
    private first: WebSocket | null = null,
  ) {}

  /** Connects; nothing when it has begun before. */
  begin(): void {
    if (!this.#hasBegun) this.connect();
  }

  /** Tries now, whatever was planned. */
  connect(): void {
    this.#hasBegun = true;
    this.#drop();
    const socket = this.#firstSocket() ?? new WebSocket(this.url, this.protocol);
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener("open", () => isCurrent() && this.#opened());
    socket.addEventListener("close", (e) => isCurrent() && this.#down(closingOf(e.code), e.reason));
    socket.addEventListener("message", (e) => {
      if (!isCurrent()) return;
      this.#heardAtMs = Date.now();
      if (typeof e.data === "string") this.events.onMessage(e.data);
    });
    this.#socket = socket;
    this.#pong = setTimeout(() => this.#down(closingOf(0), ""), OPEN_MS);
    if (socket.readyState === WebSocket.OPEN) this.#opened();
  }

  /** The network came or went, the machine woke up, or the tab is looked at
   * again: tries now if it was waiting to try later, or if the other side was
   * not heard of for too long; else asks whether it is still there. */
  reconnectNow(): void {
    const isSilent = this.#ping !== undefined && Date.now() - this.#heardAtMs > SILENT_MS;
    if (isSilent) this.restart({ reason: "unreachable", retry: "backoff" });
    if (this.#retry !== undefined) this.connect();
    else if (this.#ping !== undefined) this.#sendPing();
  }

  /** The other side has answered as it should: failures begin to count anew,
   * and from now on it is asked whether it is still there. */
  answered(): void {
    this.#backoff.reset();
    this.ponged();
    this.#ping ??= setInterval(() => this.#sendPing(), PING_EVERY_MS);
  }

  /** The other side answered a Ping. */
  ponged(): void {
    clearTimeout(this.#pong);
    this.#pong = undefined;
  }

  /** False when there is no connection to send on. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Gives the connection up, to begin again as that reason asks. */
  restart(closing: Closing): void {
    this.#down(closing, "");
  }

  stop(): void {
    this.#drop();
  }

  /** Good for the first connection only, and when it has not ended meanwhile. */
  #firstSocket(): WebSocket | null {
    const socket = this.first;
    this.first = null;
    return socket && socket.readyState <= WebSocket.OPEN ? socket : null;
  }

  #opened(): void {
    this.#heardAtMs = Date.now();
    clearTimeout(this.#pong);
    this.#pong = setTimeout(() => this.#down({ reason: "unanswered", retry: "backoff" }, ""), ANSWER_MS);
    this.events.onOpen();
  }

  #sendPing(): void {
    this.send(this.pingMessage(++this.#pings));
    this.#pong ??= setTimeout(() => this.#down(closingOf(0), ""), PONG_MS);
  }

  #down({ reason, retry }: Closing, detail: string): void {
    this.#drop();
    const wait = this.#backoff.nextMs(retry);
    if (wait !== null) this.#retry = setTimeout(() => this.connect(), wait);
    this.events.onDown(reason, wait === null ? null : Date.now() + wait, detail);
  }

  /** No socket and no timer afterwards. */
  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#pong);
    clearInterval(this.#ping);
    this.#retry = this.#pong = this.#ping = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

type Timer = ReturnType<typeof setTimeout>;
