/** Tells the others where my carets are: the newest place, at most twenty
 * times a second, and only once the text they stand in was sent. */

import type { Clock } from "../clock";
import type { CursorData } from "../wire";

/** The server takes no more. */
const CURSORS_MAX = 64;

export class CaretSender {
  /** True when the carets have moved since they were last sent. */
  #changed = false;
  /** True while they were sent a moment ago: the next time is when the pause ends. */
  #pausing = false;
  #read: () => CursorData | null = () => null;

  constructor(
    /** Sends them; false when there is no connection to send on. */
    private readonly send: (data: CursorData) => boolean,
    private readonly clock: Clock,
    private readonly pauseMs: number,
  ) {}

  /** Reads the carets by `read` from now on: in code points, or null while they would
   * mean nothing to the server. */
  follow(read: () => CursorData | null): void {
    this.#read = read;
  }

  /** Notes that they have moved, and sends them as soon as may be. */
  changed(): void {
    this.#changed = true;
    this.flush();
  }

  /** Sends them if they have moved and may be sent now. */
  flush(): void {
    if (!this.#changed || this.#pausing) return;
    const data = this.#read();
    if (!data) return;
    const { cursors, selections } = data;
    if (!this.send({ cursors: cursors.slice(0, CURSORS_MAX), selections: selections.slice(0, CURSORS_MAX) }))
      return;
    this.#changed = false;
    this.#pausing = true;
    this.clock.setTimeout(() => {
      this.#pausing = false;
      this.flush();
    }, this.pauseMs);
  }
}
