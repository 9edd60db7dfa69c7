/** One task is ticked after the other: of the last offer alone it is known, until the server has it, whether somebody
 * else has made the same change. Two at once could be made twice (docs/decisions/085). */

import type { Session } from "../../session";

export class Ticks {
  #isWaiting = false;

  constructor(
    private readonly session: Session,
    /** Told when a task cannot be ticked yet. */
    private readonly onRefused: () => void,
  ) {}

  /** False while the server does not have the last tick. */
  mayTick(): boolean {
    if (this.#isWaiting && this.session.unsentState() === null) this.#isWaiting = false;
    if (this.#isWaiting) this.onRefused();
    return !this.#isWaiting;
  }

  ticked(): true {
    return (this.#isWaiting = true);
  }
}
