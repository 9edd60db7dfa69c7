/**
 * The first thing the page does: it reads the address, opens the pad's socket
 * and looks for what an earlier visit could not send, all while the rest of its
 * code is still on the way. For that reason this imports next to nothing.
 */

import { SUBPROTOCOL_V2 } from "./wire";
import { newPadId, type PadIdProblem, padIdProblem, parseAddress, socketUrl } from "./session/address";
import { type UnsentRecord, unsentStore } from "./browser/unsent_store";

export interface Bootstrap {
  padId: string;
  otp: string | null;
  base: string;
  /** Why there is no such pad; then there is no socket either. */
  problem: PadIdProblem | null;
  /** Connecting, or open and silent: the server waits for a Hello. */
  socket: WebSocket | null;
  /** Never rejects: without IndexedDB there is a reason instead of a record. */
  left: Promise<{ record: UnsentRecord | null; trouble?: unknown }>;
}

export function bootstrap({ hash, search }: Location, base: string): Bootstrap {
  const { id, otp } = parseAddress(hash, search);
  const problem = padIdProblem(id);
  const padId = id || newPadId();
  const socket = problem ? null : new WebSocket(socketUrl(base, padId), SUBPROTOCOL_V2);
  return { padId, otp, base, problem, socket, left: id && !problem ? unsentIn(id) : nothing };
}

/** A database that has not answered by then is one that keeps nothing. */
const ANSWER_MS = 3_000;

const nothing = Promise.resolve({ record: null });

function unsentIn(padId: string): Bootstrap["left"] {
  const silence = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("the browser's database does not answer")), ANSWER_MS);
  });
  return Promise.race([unsentStore.claim(padId, Date.now()), silence]).then(
    (record) => ({ record }),
    (trouble: unknown) => ({ record: null, trouble }),
  );
}
