/** Collects who joined and who left since that was last told. Somebody who did both, as
 * a tab does that loses its connection for a moment, did nothing worth telling. */

export class JoinLeaveDigest {
  #joined: string[] = [];
  #left: string[] = [];

  /** `who`, a name, has joined or left. */
  add(kind: "joined" | "left", who: string): void {
    const [same, opposite] = kind === "joined" ? [this.#joined, this.#left] : [this.#left, this.#joined];
    const before = opposite.indexOf(who);
    if (before >= 0) opposite.splice(before, 1);
    else same.push(who);
  }

  /** The names since the last call. */
  take(): { joined: string[]; left: string[] } {
    const taken = { joined: this.#joined, left: this.#left };
    this.#joined = [];
    this.#left = [];
    return taken;
  }
}
