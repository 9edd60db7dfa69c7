/** The connection: a WebSocket that comes back, and what its ends mean. */
export { Transport, type TransportEvents } from "./transport";
export { closingOf, type Closing, type DownReason, type Retry } from "./close_codes";
export { Backoff } from "./backoff";
