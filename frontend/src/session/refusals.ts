/** What becomes of an edit that the server did not take: it is sent again by itself as soon as the reason may have passed,
 * and else is up to the user. */

import { log } from "../browser";
import type { Refusal, Sync } from "../sync";
import type { Access } from "./access";
import type { Environment } from "./environment";
import { PASSING } from "./types";

export class Refusals {
  #send: () => void = () => {};

  constructor(
    private readonly sync: Sync,
    private readonly access: Access,
    private readonly environment: Pick<Environment, "clock" | "timing">,
  ) {}

  /** Calls `send` when there may be something to send again. */
  listen(send: () => void): void {
    this.#send = send;
  }

  /** The server has refused the edit in flight. */
  heard({ code, message, limit }: Refusal): void {
    const { clock, timing } = this.environment;
    log.warn("edit refused:", code, message);
    this.sync.rejected({ code, message, limit });
    if (PASSING.has(code)) clock.setTimeout(() => this.#retry(code), timing.retryEditMs);
  }

  /** Our role is another one, perhaps: what was refused to somebody who might only read is sent once they may write. */
  mayWrite(): void {
    if (!this.access.isReader.peek()) this.#retry("view_only");
  }

  #retry(code: string): void {
    if (this.sync.refusal?.code !== code) return;
    this.sync.retry();
    this.#send();
  }
}
