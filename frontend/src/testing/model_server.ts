/**
 * The server's side of protocol v2, as small as it can be: enough to play any
 * of its answers to a tab, in one process and without time. For tests only.
 */

import { Operation, Rope } from "../kernel";
import type { Components } from "../kernel";
import type { Edit, Entry, Refusal, Welcome } from "../sync/types";

/** A message to a tab. */
export type Message =
  | { type: "welcome"; welcome: Welcome }
  | { type: "snapshot"; revision: number; text: string }
  | { type: "history"; start: number; entries: Entry[] }
  | { type: "rejected"; refusal: Refusal };

/** A connection of a tab. */
interface Peer {
  token: string;
  userId: number;
  /** Told all operations before this revision. */
  sent: number;
  outbox: Message[];
}

/** A server with one document. */
export class ModelServer {
  readonly text = new Rope();
  /** Operation i leads from revision i to i + 1; `held` is the oldest kept. */
  #log: { id: number; token: string; operation: Components }[] = [];
  #held = 0;
  #epoch = 0;
  #epochStarts = new Map<string, number>([["e0", 0]]);
  #committed = new Map<string, number>();
  #userIds = new Map<string, number>();
  #peers = new Set<Peer>();
  #nextUser = 0;
  /** A longer text is refused. */
  maxPoints = Infinity;

  get revision(): number {
    return this.#log.length;
  }

  /** The Hello of a tab, and its answer: a Welcome with what the tab lacks. */
  join(token: string, position: { epoch: string | null; revision: number }): Peer {
    for (const old of this.#peers) if (old.token === token) this.#peers.delete(old);
    const userId = this.#userIds.get(token) ?? this.#nextUser++;
    this.#userIds.set(token, userId);
    const resumed = this.#canResume(position);
    const sent = resumed ? position.revision : this.revision;
    const peer: Peer = { token, userId, sent, outbox: [] };
    const committed = this.#committed.get(token) ?? 0;
    const welcome = { userId, epoch: `e${this.#epoch}`, resumed, committed };
    peer.outbox.push({ type: "welcome", welcome });
    if (!resumed) peer.outbox.push({ type: "snapshot", revision: this.revision, text: this.text.read() });
    this.#peers.add(peer);
    if (resumed) this.tell(peer, true);
    return peer;
  }

  /** The end of a connection. */
  leave(peer: Peer): void {
    this.#peers.delete(peer);
  }

  /** Applies an edit, or refuses it. */
  edit(peer: Peer, { revision, operation }: Edit): void {
    if (!this.#peers.has(peer)) return;
    let op = Operation.of(operation);
    for (const { operation: seen } of this.#log.slice(revision)) {
      const other = Operation.of(seen);
      const [mine, theirs] = op.transform(other);
      for (const used of [op, other, theirs]) used.free();
      op = mine;
    }
    if (op.targetPoints > this.maxPoints) {
      const refusal = { code: "document_too_large", message: "", limit: this.maxPoints };
      peer.outbox.push({ type: "rejected", refusal });
    } else {
      op.applyTo(this.text);
      this.#log.push({ id: peer.userId, token: peer.token, operation: op.toJSON() });
      this.#committed.set(peer.token, this.revision);
    }
    op.free();
  }

  /** Puts what the peer lacks into its outbox, as one message. */
  tell(peer: Peer, evenNothing = false): void {
    if (peer.sent === this.revision && !evenNothing) return;
    const entries = this.#log.slice(peer.sent).map(({ id, operation }) => ({ id, operation }));
    peer.outbox.push({ type: "history", start: peer.sent, entries });
    peer.sent = this.revision;
  }

  /** Forgets history before now, so that nobody behind can resume. */
  compact(): void {
    this.#held = this.revision;
  }

  /** All connections end and user ids begin anew; the journal stays. */
  restart({ keepsEpochs }: { keepsEpochs: boolean }): void {
    this.#peers.clear();
    this.#epoch += 1;
    if (!keepsEpochs) this.#epochStarts.clear();
    this.#epochStarts.set(`e${this.#epoch}`, this.revision);
    this.#userIds.clear();
    this.#nextUser = 0;
  }

  #canResume({ epoch, revision }: { epoch: string | null; revision: number }): boolean {
    return epoch !== null && this.#epochStarts.has(epoch) && revision >= this.#held;
  }
}

export type { Peer };
