/** Passes on what happens in a pad to those who listen. The server is quicker than the
 * screen: what is told before anybody listens is kept for the first who does. */

import type { Notice } from "./types";

/** So many are kept, more than a screen would show: a screen that never comes costs no more. */
const KEPT_MOST = 32;

export class Notices {
  readonly #listeners = new Set<(notice: Notice) => void>();
  /** The notices that nobody has heard; null once somebody has listened. */
  #undelivered: Notice[] | null = [];

  /** Tells `listener` from now on; the function that it returns ends that. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    const undelivered = this.#undelivered ?? [];
    this.#undelivered = null;
    for (const notice of undelivered) listener(notice);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells all who listen. */
  tell(notice: Notice): void {
    if (this.#undelivered) this.#undelivered = [...this.#undelivered, notice].slice(-KEPT_MOST);
    for (const listener of this.#listeners) listener(notice);
  }
}
