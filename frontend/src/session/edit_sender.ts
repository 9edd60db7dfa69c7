/** Sends edits. Where unsent changes are written down, an edit waits until the
 * record has it (docs/decisions/031). */

import type { Transport } from "../transport";
import type { UnsentSaver } from "./unsent_saver";

export class EditSender {
  #held: object | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly saver: UnsentSaver,
    /** An edit was sent that had to wait. */
    private readonly onLate: () => void,
  ) {}

  /** Is an edit waiting? */
  get isWaiting(): boolean {
    return this.#held !== null;
  }

  take(text: string): void {
    const writing = this.saver.catchUp();
    if (!writing) return void this.transport.send(text);
    const held = (this.#held = {});
    void writing.then(() => {
      if (this.#held !== held) return;
      this.#held = null;
      this.transport.send(text);
      this.onLate();
    });
  }

  /** Another connection: an edit that still waits counts as lost on the old one. */
  reset(): void {
    this.#held = null;
  }
}

/** In bytes of UTF-8. */
export function isLonger(text: string, limit: number): boolean {
  return text.length * 3 > limit && new Blob([text]).size > limit;
}
