/** Sends edits. Where unsent changes are written down, an edit waits until the
 * record has it (docs/decisions/031). */

import type { Transport } from "../transport";
import type { UnsentSaver } from "./unsent_saver";

export class EditSender {
  /** Stands for the edit that waits for its record; another object, or null, once it need not be sent any more. */
  #waiting: object | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly saver: UnsentSaver,
  ) {}

  /** True while an edit waits for its record. */
  get isWaiting(): boolean {
    return this.#waiting !== null;
  }

  /** Sends the edit, now or when its record is written; `onLate` is called when it had to wait and was sent. */
  take(text: string, onLate: () => void): void {
    const writing = this.saver.catchUp();
    if (!writing) return void this.transport.send(text);
    const waiting = (this.#waiting = {});
    void writing.then(() => {
      if (this.#waiting !== waiting) return;
      this.#waiting = null;
      this.transport.send(text);
      onLate();
    });
  }

  /** The connection is given up: an edit that still waits counts as lost on it, and is not for the next one. */
  reset(): void {
    this.#waiting = null;
  }
}
