/** The connection: a WebSocket that comes back, and what its ends mean. */
export { type Socket, Transport, TRANSPORT_TIMING, type TransportEvents, type TransportTiming } from "./transport";
export { closingOf, type Closing, type DownReason, type Retry } from "./close_codes";
export { Backoff, BACKOFF_TIMING, type BackoffTiming } from "./backoff";
