/** A copy with what is unsent, in the form that can be written down. */

import type { Rope } from "../kernel";
import { type Pending, toSaved } from "./pending";
import type { SavedState } from "./types";

/** The last one that was asked for, and what it was made of. Whatever is unsent is replaced when it
 * changes, so the same objects give the same result. */
export class SavedCopy {
  #last: { state: SavedState; of: unknown[] } | null = null;

  of(
    position: Required<Pick<SavedState, "epoch" | "revision" | "saved" | "sender">>,
    server: Rope,
    inflight: Pending | null,
    ...behind: readonly (Pending | null)[]
  ): SavedState {
    const of = [inflight, ...behind, ...Object.values(position)];
    if (this.#last?.of.every((part, i) => part === of[i])) return this.#last.state;
    const state = { ...position, serverText: server.read(), inflight: toSaved([inflight]), buffer: toSaved(behind) };
    this.#last = { of, state };
    return state;
  }
}
