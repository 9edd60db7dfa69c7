/**
 * The meaning of the end of a connection: what the user is told, and when to try
 * again. The codes are those of docs/protocol.md.
 */

/** The reasons for which there is no connection; the page has a sentence for each. */
export type DownReason =
  | "unreachable"
  | "unanswered"
  | "restarting"
  | "overloaded"
  | "slow"
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
 * once: soon, but not a second time within a minute. never: not before the user
 * does something. */
export type Retry = "soon" | "backoff" | "slowly" | "once" | "never";

/** The meaning of the end of a connection. */
export interface Closing {
  reason: DownReason;
  retry: Retry;
}

/**
 * replaced: somebody else said Hello with our token. We hear the ends of our
 * newest socket only, so it was not a newer one of ours. It may have been an
 * older one, given up long ago, whose Hello a proxy held back until now: then
 * nobody speaks for this tab any more, and one more Hello mends it. Or a tab
 * that went on with what we had left unsent: then the second time tells, and
 * the newer tab keeps the pad, since it was the last to take it.
 */
const CLOSINGS: Record<number, Closing> = {
  1000: { reason: "replaced", retry: "once" },
  1001: { reason: "restarting", retry: "soon" },
  1008: { reason: "slow", retry: "backoff" },
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

/** The meaning of a close code. Every code that is not in the table, the network's
 * own included, is an unreachable server; none but 4401 has to do with the password. */
export function closingOf(code: number): Closing {
  return CLOSINGS[code] ?? { reason: "unreachable", retry: "backoff" };
}
