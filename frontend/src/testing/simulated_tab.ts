/** A tab for tests: a sync machine, an editor that is a string, a record of what
 * is unsent, and a network that delivers when the test says so, or never. */

import type { Change } from "../kernel";
import type { Message, ModelServer, Peer } from "./model_server";
import { type Edit, type Offered, type SavedState, type Span, Sync } from "../sync";

/** v1; v2 without order by author and with it; or v2 with it on every other connection. */
export type TabKind = "v1" | "by text" | "by author" | "by turns";

export class SimulatedTab {
  sync: Sync;
  /** The text that the user sees. */
  text = "";
  /** Where the user composes text, so that nothing may change there; null: nowhere. */
  composing: Span | null = null;
  /** The record of what is unsent: all that outlives a crash. */
  record: SavedState | null = null;
  /** The server's text as it was kept once: what a visit without a connection begins from. */
  copy: SavedState | null = null;
  #peer: Peer | null = null;
  /** Sent, and not at the server yet. */
  #up: Edit[] = [];
  /** To be sent once the record has it. */
  #held: Edit | null = null;
  #lives = 1;
  #connections = 0;
  /** How often it contradicted the server. */
  contradictions = 0;
  /** That of its latest connection; -1: there was none. */
  userId = -1;

  constructor(
    private readonly server: ModelServer,
    readonly name: string,
    readonly kind: TabKind = "by author",
    private readonly newSync = () => new Sync(),
  ) {
    this.sync = newSync();
  }

  get isConnected(): boolean {
    return this.#peer !== null;
  }

  /** Connects, again if need be. */
  connect(): void {
    if (this.#peer) this.disconnect(0);
    this.#connections += 1;
    const byAuthor = this.kind === "by author" || (this.kind === "by turns" && this.#connections % 2 === 1);
    const position = this.kind === "v1" ? null : this.sync.position;
    this.#peer = this.server.join({ token: `${this.name} ${this.#lives}`, position, byAuthor });
    this.userId = this.#peer.userId;
  }

  /** The first `arrived` of the edits on their way reach the server; whatever
   * it had to say is lost. */
  disconnect(arrived: number): void {
    if (!this.#peer) return;
    for (const edit of this.#up.slice(0, arrived)) this.server.edit(this.#peer, edit);
    this.server.leave(this.#peer);
    this.#peer = null;
    this.#up = [];
    this.#held = null;
    this.sync.disconnected();
  }

  /** The server's text is kept for a later visit, as old as it may be then. */
  keepCopy(): void {
    if (this.kind !== "v1") this.copy = this.sync.copy() ?? this.copy;
  }

  /** The record is brought up to date, as a browser does it: late. */
  write(): boolean {
    if (this.kind === "v1") return false; // it has none
    const hadAny = this.record !== null;
    this.record = this.sync.keep();
    if (this.#held) this.#up.push(this.#held);
    this.#held = null;
    return hadAny || this.record !== null;
  }

  /** The browser dies, after `arrived` of the edits on their way have reached
   * the server, and is started again with the record. */
  crash(arrived: number): void {
    this.disconnect(arrived);
    this.sync.free();
    this.sync = this.newSync();
    this.text = "";
    this.composing = null;
    if (!this.record) this.#lives += 1;
    const begin = this.record ?? this.copy;
    if (begin) this.sync.resume(begin);
    this.syncEditor();
  }

  /** The user changes the text; by an offer, if one is given. */
  type(changes: Change[], offered: Offered | null = null): void {
    this.sync.edit(changes, { offered: offered ?? undefined });
    this.change(changes, true);
    this.#send();
  }

  /** The server gets the oldest edit on its way. */
  deliverUp(): boolean {
    const edit = this.#up.shift();
    if (edit && this.#peer) this.server.edit(this.#peer, edit);
    return edit !== undefined;
  }

  /** The edits on their way do not reach the server. */
  loseUp(): void {
    this.#up = [];
  }

  /** The tab gets `count` messages of the server, as in one frame. */
  deliverDown(count: number): boolean {
    if (!this.#peer) return false;
    this.server.tell(this.#peer);
    const messages = this.#peer.outbox.splice(0, count);
    for (const message of messages) this.#receive(message);
    this.syncEditor();
    return messages.length > 0;
  }

  /** Brings the editor up to date, then sends what there is to send. */
  syncEditor(): void {
    this.change(this.sync.takeChanges(this.composing), false);
    if (this.sync.isOutOfStep) {
      this.contradictions += 1;
      this.disconnect(0);
      this.sync.dropEpoch();
    }
    this.#send();
  }

  /** Every change of what the user sees goes through here: by the user, or by what others did. */
  protected change(changes: readonly Change[], _byUser: boolean): void {
    this.text = applied(this.text, changes);
  }

  #receive(message: Message): void {
    if (message.type === "welcome") this.sync.welcome(message.welcome);
    else if (message.type === "snapshot") this.sync.snapshot(message.revision, message.text);
    else if (message.type === "history") this.sync.history(message.start, message.entries);
    else this.sync.rejected(message.refusal);
  }

  #send(): void {
    const edit = this.sync.takeEdit();
    if (edit && this.record) this.#held = edit;
    else if (edit) this.#up.push(edit);
  }
}

/** The text after those changes, as an editor makes them. */
export function applied(text: string, changes: readonly Change[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, insert } of changes) {
    result += text.slice(at, from) + insert;
    at = to;
  }
  return result + text.slice(at);
}
