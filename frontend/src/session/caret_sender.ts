/** Tells the others where my carets are: the newest place, at most twenty
 * times a second, and only once the text they stand in was sent. */

import type { CursorData } from "../wire";

const LEAST_PAUSE_MS = 50;
/** As many as the server takes. */
const CURSORS_MAX = 64;

export class CaretSender {
  #changed = false;
  #pausing = false;

  constructor(
    private readonly send: (data: CursorData) => boolean,
    private readonly read: () => CursorData | null,
  ) {}

  changed(): void {
    this.#changed = true;
    this.flush();
  }

  flush(): void {
    if (!this.#changed || this.#pausing) return;
    const data = this.read();
    if (!data) return;
    const { cursors, selections } = data;
    if (!this.send({ cursors: cursors.slice(0, CURSORS_MAX), selections: selections.slice(0, CURSORS_MAX) }))
      return;
    this.#changed = false;
    this.#pausing = true;
    setTimeout(() => {
      this.#pausing = false;
      this.flush();
    }, LEAST_PAUSE_MS);
  }
}
