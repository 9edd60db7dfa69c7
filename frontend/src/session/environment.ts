/**
 * Everything outside of the page's own code that a session touches. In a browser
 * that is `browserEnvironment`; a test, or a simulated tab under Node, gives
 * another one:
 *
 *     new Session(padId, otp, base, { environment: { ...browserEnvironment, openSocket, page, tabs, unsent } })
 *
 * Nothing in this folder uses a global of the browser by another way, except
 * `crypto`, `URL`, `Blob` and `AbortSignal`, which Node has as well.
 */

import type { Signal } from "@preact/signals";
import {
  type Page,
  page,
  readStored,
  type StorageTrouble,
  storageTrouble,
  type Tabs,
  tabs,
  type UnsentStore,
  unsentStore,
  urlOptions,
  writeStored,
} from "../browser";
import { type Clock, systemClock } from "../clock";
import { BACKOFF_TIMING, type BackoffTiming, type Socket, TRANSPORT_TIMING, type TransportTiming } from "../transport";

/** The surroundings of a session. */
export interface Environment {
  /** Time, and all timers: a tab whose clock stops is a tab that the browser has frozen. */
  readonly clock: Clock;
  /** A number from 0 up to 1: for pauses, names and colours, never for secrets. */
  readonly random: () => number;
  /** Begins a connection; the pad's only one at a time. */
  readonly openSocket: (url: string, protocol: string) => Socket;
  /** Requests to the server that the socket has no messages for. */
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  /** Frames, visibility, leaving and reloading. */
  readonly page: Page;
  /** Knows which tabs of this browser live: other tabs and locks are behind this. */
  readonly tabs: Pick<Tabs, "hold">;
  /** Keeps unsent changes for a later visit: IndexedDB is behind this. */
  readonly unsent: Pick<UnsentStore, "isExclusive" | "isOurs" | "put" | "remove">;
  /** Keeps small things for later visits, as JSON: read() gives null, and write() does nothing, where
   * that cannot be had. */
  readonly storage: { read(key: string): unknown; write(key: string, value: unknown): void };
  /** Keeps texts over a reload of this tab. Asking for it throws where the browser forbids it. */
  readonly tabStorage: () => Pick<Storage, "getItem" | "removeItem" | "setItem">;
  /** Tells what this browser has turned out not to keep. */
  readonly storageTrouble: Signal<StorageTrouble>;
  /** The name that the page's address asks for; null when it asks for none. */
  readonly askedName: string | null;
  readonly timing: Timing;
}

/** Every interval and timeout of a session, in milliseconds. */
export interface Timing {
  readonly transport: TransportTiming;
  readonly backoff: BackoffTiming;
  /** Unsent changes are written down this often. What is acknowledged sooner never is. */
  readonly saveEveryMs: number;
  /** A browser that takes longer to write must not keep an edit from the server. */
  readonly writeTimeoutMs: number;
  /** The pause before an edit is sent again that was refused for a reason that passes. */
  readonly retryEditMs: number;
  /** The least pause between two messages about where the own carets are. */
  readonly caretPauseMs: number;
  /** A server that takes longer to answer is not there. */
  readonly serverCheckMs: number;
}

/** The intervals that users have. */
export const TIMING: Timing = {
  transport: TRANSPORT_TIMING,
  backoff: BACKOFF_TIMING,
  saveEveryMs: 500,
  writeTimeoutMs: 2_000,
  retryEditMs: 1_500,
  caretPauseMs: 50,
  serverCheckMs: 3_000,
};

/** The browser that this code runs in. Its globals are looked up when they are used. */
export const browserEnvironment: Environment = {
  clock: systemClock,
  random: () => Math.random(),
  openSocket: (url, protocol) => new WebSocket(url, protocol),
  fetch: (url, init) => fetch(url, init),
  page,
  tabs,
  unsent: unsentStore,
  storage: { read: readStored, write: writeStored },
  tabStorage: () => sessionStorage,
  storageTrouble,
  askedName: urlOptions.name,
  timing: TIMING,
};
