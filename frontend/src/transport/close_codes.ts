/**
 * What the end of a connection means: what the user is told, and when to try
 * again. The codes are those of docs/protocol.md.
 */

export type DownReason =
  | "unreachable"
  | "restarting"
  | "overloaded"
  | "message_too_large"
  | "bad_message"
  | "password"
  | "forbidden"
  | "idle"
  | "out_of_step"
  | "gone"
  | "rate_limited"
  | "server_error"
  | "replaced";

/** soon: within two seconds, at random, so that a restarted server is not
 * stormed. backoff: later each time. slowly: as the last steps of backoff.
 * never: not before the user does something. */
export type Retry = "soon" | "backoff" | "slowly" | "never";

export interface Closing {
  reason: DownReason;
  retry: Retry;
}

const CLOSINGS: Record<number, Closing> = {
  1000: { reason: "replaced", retry: "never" },
  1001: { reason: "restarting", retry: "soon" },
  1009: { reason: "message_too_large", retry: "backoff" },
  1011: { reason: "server_error", retry: "backoff" },
  1013: { reason: "overloaded", retry: "backoff" },
  4400: { reason: "bad_message", retry: "slowly" },
  4401: { reason: "password", retry: "never" },
  4403: { reason: "forbidden", retry: "never" },
  4408: { reason: "idle", retry: "soon" },
  4409: { reason: "out_of_step", retry: "soon" },
  4410: { reason: "gone", retry: "never" },
  4429: { reason: "rate_limited", retry: "slowly" },
};

/** Every other end, the network's included, is an unreachable server; no code
 * but 4401 has to do with the password. */
export function closingOf(code: number): Closing {
  return CLOSINGS[code] ?? { reason: "unreachable", retry: "backoff" };
}
