/** Tells the others where my carets are: the newest place, at most twenty
 * times a second, and only once the text they stand in was sent. */

import type { Clock } from "../clock";
import type { CursorData } from "../wire";

/** As many as the server takes. */
const CURSORS_MAX = 64;

export class CaretSender {
  /** They have moved since they were last sent. */
  #changed = false;
  /** They were sent a moment ago: the next time is when the pause ends. */
  #pausing = false;
  #read: () => CursorData | null = () => null;

  constructor(
    /** False when there is no connection to send on. */
    private readonly send: (data: CursorData) => boolean,
    private readonly clock: Clock,
    private readonly pauseMs: number,
  ) {}

  /** From here on there are carets: `read` gives them in code points, or null while
   * they would mean nothing to the server. */
  follow(read: () => CursorData | null): void {
    this.#read = read;
  }

  changed(): void {
    this.#changed = true;
    this.flush();
  }

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
