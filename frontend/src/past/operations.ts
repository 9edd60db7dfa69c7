/** What was typed, an operation at a time, as the server has it. */

import type { Components } from "../kernel";
import { type PadRequests, RightsError } from "../sharing";

/** It leads from the text at `revision` to that at `end`. */
export interface PastOperation {
  readonly revision: number;
  readonly end: number;
  /** Whose it is, by user id; null: nobody knows. */
  readonly author: number | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly operation: Components;
}

/** As the server tells it: most lead to the next revision, and say nothing of it. */
type Told = Omit<PastOperation, "end"> & { readonly end?: number };

/** Who looks at one operation is likely to look at those beside it: so many revisions are asked for. */
const BESIDE = 64;
/** Where these are a part of one operation, so many times more are. */
const WIDER = 16;

/** Every function rejects with a RightsError. */
export class Operations {
  /** A stretch of them, in order. */
  #known: readonly PastOperation[] = [];

  constructor(private readonly requests: Pick<PadRequests, "answer">) {}

  /** Those from that revision on, in order, as many as the server gives at once, up to the one that leads to `to`; none:
   * there are no more. */
  async from(revision: number, to?: number): Promise<readonly PastOperation[]> {
    const path = `/history/operations?from=${revision}${to === undefined ? "" : `&to=${to}`}`;
    const told = await this.requests.answer<readonly Told[]>("GET", path);
    return told.map((it) => ({ ...it, end: it.end ?? it.revision + 1 }));
  }

  /** The one that begins at that revision; null: none does. */
  async after(revision: number): Promise<PastOperation | null> {
    const isIt = (it: PastOperation) => it.revision === revision;
    const known = this.#known.find(isIt);
    if (known) return known;
    this.#known = await this.from(revision, revision + BESIDE);
    if (this.#known.length === 0) this.#known = await this.from(revision);
    return this.#known.find(isIt) ?? null;
  }

  /** The one that leads to that revision; null: none does. */
  async before(revision: number): Promise<PastOperation | null> {
    const isIt = (it: PastOperation) => it.end === revision;
    if (revision <= 0) return null;
    for (let beside = BESIDE; ; beside *= WIDER) {
      const known = this.#known.find(isIt);
      if (known) return known;
      const from = Math.max(0, revision - beside);
      this.#known = await this.#between(from, revision);
      if (from === 0) return this.#known.find(isIt) ?? null;
    }
  }

  /** All between two revisions, as far as they are kept. */
  async #between(from: number, to: number): Promise<readonly PastOperation[]> {
    const all: PastOperation[] = [];
    for (let at = from; at < to; ) {
      const next = await this.from(at, to).catch((error: unknown) => keptFrom(error));
      if (typeof next === "number" && next > at) at = next;
      else if (typeof next === "number" || next.length === 0) break;
      else {
        all.push(...next);
        at = next.at(-1)!.end;
      }
    }
    return all;
  }
}

/** The revision from which on there are operations, of an answer that says so; throws all others. */
function keptFrom(error: unknown): number {
  const after = error instanceof RightsError && error.code === "gone" ? (error.answer["after"] ?? -1) : undefined;
  if (typeof after !== "number") throw error;
  return after;
}

/** How much it puts in and takes out, in code points. */
export function amountsOf({ operation }: Pick<PastOperation, "operation">): { inserted: number; deleted: number } {
  let [inserted, deleted] = [0, 0];
  for (const part of operation) {
    if (typeof part === "string") inserted += [...part].length;
    else if (part < 0) deleted -= part;
  }
  return { inserted, deleted };
}
