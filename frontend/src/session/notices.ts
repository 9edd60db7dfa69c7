/** Who wants to know of what happens in a pad. */

import type { Notice } from "./types";

export class Notices {
  readonly #listeners = new Set<(notice: Notice) => void>();

  /** Tells `listener` from now on; the result ends it. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}
