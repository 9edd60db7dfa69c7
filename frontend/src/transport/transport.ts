/**
 * A WebSocket that comes back: connects, notices when the other side has died,
 * waits, connects again. It carries text and knows nothing of documents.
 *
 * Safety. Callbacks of a socket that was given up are never heard: each socket
 * has its own listeners, and they ask whether it is still the one.
 *
 * Liveness. While started, there is at any time a socket that is connecting or
 * open, or a timer that will make one, unless the close code said that trying
 * again is the user's decision. A socket that is silent for `pongMs` after a Ping
 * is given up, so a connection that died without a word ends too.
 */

import { type Clock, systemClock, type Timer } from "../clock";
import { Backoff } from "./backoff";
import { closingOf, type Closing, type DownReason } from "./close_codes";

/** The waits of a transport. */
export interface TransportTiming {
  /** The time between two Pings. */
  pingEveryMs: number;
  /** An answer to a Ping that takes longer will not come. */
  pongMs: number;
  /** A handshake that takes longer will not come. */
  openMs: number;
  /** An answer to the first message that takes longer will not come. Until it is there nothing else may be said. */
  answerMs: number;
  /** Where nothing was heard for so long, even in a tab whose timers the browser slows
   * down to one in a minute, the machine slept and the connection did not live on. */
  silentMs: number;
}

export const TRANSPORT_TIMING: TransportTiming = {
  pingEveryMs: 20_000,
  pongMs: 10_000,
  openMs: 15_000,
  answerMs: 30_000,
  silentMs: 90_000,
};

/** A WebSocket, as far as the transport needs it. */
export interface Socket {
  /** 0 while it connects, 1 while it is open, more when it has ended. */
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

/** WebSocket.OPEN, which not every platform has. */
const OPEN = 1;

/** Each has a default: those of the browser that this code runs in. */
export interface TransportOptions {
  /** A socket that is on its way to that url already, if it still is. The server
   * says nothing on it before we do, so nothing was missed. */
  first?: Socket | null;
  openSocket?: (url: string, protocol: string) => Socket;
  clock?: Clock;
  backoff?: Backoff;
  timing?: TransportTiming;
}

/** The events of a transport. There are none before begin() or connect(). */
export interface TransportEvents {
  /** Connected; the first message is ours. */
  onOpen(): void;
  /** The other side said that. */
  onMessage(text: string): void;
  /** There is no connection any more, or none came about. `retryAtMs` is on the clock of
   * now(), null when nothing happens before connect(). */
  onDown(reason: DownReason, retryAtMs: number | null, detail: string): void;
}

export class Transport {
  /** null: no connection, and none on its way. */
  #socket: Socket | null = null;
  /** Set while the next attempt is waited for. */
  #retry: Timer | undefined;
  /** Set from the first answer on: the other side is asked now and then. */
  #ping: Timer | undefined;
  /** Set while something is waited for, without which the socket is given up: the handshake,
   * the first answer, a Pong. */
  #pong: Timer | undefined;
  /** The number of Pings that were sent: each carries its own. */
  #pings = 0;
  /** The time at which the other side was last heard of, on the clock's now(). */
  #heardAtMs = 0;
  /** True once connect() was called: begin() does nothing any more. */
  #hasBegun = false;
  #events: TransportEvents = { onOpen: () => {}, onMessage: () => {}, onDown: () => {} };
  /** Used once: for the first connection. */
  #first: Socket | null;
  readonly #openSocket: (url: string, protocol: string) => Socket;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #timing: TransportTiming;

  /** Does nothing before begin() or connect(). `pingMessage` makes the text of the n-th Ping. */
  constructor(
    private readonly url: string,
    private readonly protocol: string,
    private readonly pingMessage: (n: number) => string,
    options: TransportOptions = {},
  ) {
    this.#first = options.first ?? null;
    this.#openSocket = options.openSocket ?? ((url, protocol) => new WebSocket(url, protocol));
    this.#clock = options.clock ?? systemClock;
    this.#backoff = options.backoff ?? new Backoff();
    this.#timing = options.timing ?? TRANSPORT_TIMING;
  }

  /** Tells `events` what happens; once, before connecting. */
  listen(events: TransportEvents): void {
    this.#events = events;
  }

  /** Connects; nothing when it has begun before. */
  begin(): void {
    if (!this.#hasBegun) this.connect();
  }

  /** Tries now, whatever was planned. */
  connect(): void {
    this.#hasBegun = true;
    this.#drop();
    const socket = this.#firstSocket() ?? this.#openSocket(this.url, this.protocol);
    const isCurrent = () => this.#socket === socket;
    socket.addEventListener("open", () => isCurrent() && this.#opened());
    socket.addEventListener("close", (e) => isCurrent() && this.#down(closingOf(e.code), e.reason));
    socket.addEventListener("message", (e) => {
      if (!isCurrent()) return;
      this.#heardAtMs = this.#clock.now();
      if (typeof e.data === "string") this.#events.onMessage(e.data);
    });
    this.#socket = socket;
    this.#pong = this.#clock.setTimeout(() => this.#down(closingOf(0), ""), this.#timing.openMs);
    if (socket.readyState === OPEN) this.#opened();
  }

  /** The network came or went, the machine woke up, or the tab is looked at
   * again: tries now if it was waiting to try later, or if the other side was
   * not heard of for too long; else asks whether it is still there. */
  reconnectNow(): void {
    const isSilent = this.#ping !== undefined && this.#clock.now() - this.#heardAtMs > this.#timing.silentMs;
    if (isSilent) this.restart({ reason: "unreachable", retry: "backoff" });
    if (this.#retry !== undefined) this.connect();
    else if (this.#ping !== undefined) this.#sendPing();
  }

  /** The other side has answered as it should: failures begin to count anew,
   * and from now on it is asked whether it is still there. */
  answered(): void {
    this.#backoff.reset();
    this.ponged();
    this.#ping ??= this.#clock.setInterval(() => this.#sendPing(), this.#timing.pingEveryMs);
  }

  /** The other side answered a Ping. */
  ponged(): void {
    this.#clock.clearTimeout(this.#pong);
    this.#pong = undefined;
  }

  /** False when there is no connection to send on. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Gives the connection up, to begin again as that reason asks. */
  restart(closing: Closing): void {
    this.#down(closing, "");
  }

  /** Gives the connection up, without telling: nothing happens before connect(). */
  stop(): void {
    this.#drop();
  }

  /** The socket that was there before, for the first connection only, and when it has not ended meanwhile. */
  #firstSocket(): Socket | null {
    const socket = this.#first;
    this.#first = null;
    return socket && socket.readyState <= OPEN ? socket : null;
  }

  #opened(): void {
    this.#heardAtMs = this.#clock.now();
    this.#clock.clearTimeout(this.#pong);
    this.#pong = this.#clock.setTimeout(() => this.#down({ reason: "unanswered", retry: "backoff" }, ""), this.#timing.answerMs);
    this.#events.onOpen();
  }

  #sendPing(): void {
    this.send(this.pingMessage(++this.#pings));
    this.#pong ??= this.#clock.setTimeout(() => this.#down(closingOf(0), ""), this.#timing.pongMs);
  }

  #down({ reason, retry }: Closing, detail: string): void {
    this.#drop();
    const wait = this.#backoff.nextMs(retry);
    if (wait !== null) this.#retry = this.#clock.setTimeout(() => this.connect(), wait);
    this.#events.onDown(reason, wait === null ? null : this.#clock.now() + wait, detail);
  }

  /** No socket and no timer afterwards. */
  #drop(): void {
    this.#clock.clearTimeout(this.#retry);
    this.#clock.clearTimeout(this.#pong);
    this.#clock.clearInterval(this.#ping);
    this.#retry = this.#pong = this.#ping = undefined;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}
