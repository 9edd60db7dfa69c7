/**
 * The first thing the page does: it reads the address, opens the pad's socket
 * and looks for what an earlier visit could not send, all while the rest of its
 * code is still on the way. For that reason this imports next to nothing.
 */

import { type Clock, systemClock } from "./clock";
import type { Socket } from "./transport";
import { SUBPROTOCOL_V2 } from "./wire/subprotocol";
import { newPadId, type PadIdProblem, padIdProblem, parseAddress, socketUrl } from "./session/address";
import { type UnsentRecord, type UnsentStore, unsentStore } from "./browser/unsent_store";

/** The pad as the page has begun it. */
export interface Bootstrap {
  padId: string;
  /** The address named no pad: the name is made up. */
  isNew: boolean;
  otp: string | null;
  /** The owner's token that the address has; null: none. */
  owner: string | null;
  base: string;
  /** The revision whose text the address asks for; not there: it asks for the present one. */
  moment?: number | undefined;
  /** The reason for which there is no such pad, and then no socket either; null when the name is good. */
  problem: PadIdProblem | null;
  /** Connecting, or open and silent: the server waits for a Hello. */
  socket: Socket | null;
  /** Never rejects: without IndexedDB there is a reason instead of a record. */
  left: Promise<{ record: UnsentRecord | null; trouble?: unknown }>;
}

/** The browser, as far as the beginning needs it: a part of the session's environment, which comes with
 * the rest of the code. */
export interface BootstrapEnvironment {
  readonly clock: Clock;
  readonly openSocket: (url: string, protocol: string) => Socket;
  readonly unsent: Pick<UnsentStore, "claim">;
}

const BROWSER: BootstrapEnvironment = {
  clock: systemClock,
  openSocket: (url, protocol) => new WebSocket(url, protocol),
  unsent: unsentStore,
};

/** Begins the pad that the address names, or a new one. `base` is the page's own address. */
export function bootstrap(
  { hash, search }: Pick<Location, "hash" | "search">,
  base: string,
  environment: BootstrapEnvironment = BROWSER,
): Bootstrap {
  const { id, otp, owner = null, moment } = parseAddress(hash, search);
  const problem = padIdProblem(id);
  const padId = id || newPadId();
  const socket = problem ? null : environment.openSocket(socketUrl(base, padId), SUBPROTOCOL_V2);
  return { padId, isNew: id === "", otp, owner, moment, base, problem, socket, left: id && !problem ? unsentIn(id, environment) : nothing };
}

/** A database that has not answered by then is one that keeps nothing. */
const ANSWER_MS = 3_000;

const nothing = Promise.resolve({ record: null });

function unsentIn(padId: string, { clock, unsent }: BootstrapEnvironment): Bootstrap["left"] {
  const silence = new Promise<never>((_, reject) => {
    clock.setTimeout(() => reject(new Error("the browser's database does not answer")), ANSWER_MS);
  });
  return Promise.race([unsent.claim(padId, clock.now()), silence]).then(
    (record) => ({ record }),
    (trouble: unknown) => ({ record: null, trouble }),
  );
}
