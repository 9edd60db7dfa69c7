/**
 * The server's side of the protocol, as small as it can be: enough to play any
 * of its answers to a tab, in one process and without time. For tests only.
 *
 * The rule for inserts that meet is written here a second time.
 */

import { InsertOrder, Operation, Rope } from "../kernel";
import type { Components } from "../kernel";
import type { Limits } from "../sync/parts";
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
  byAuthor: boolean;
  /** Told all operations before this revision. */
  sent: number;
  outbox: Message[];
}

/** A Hello, as far as the model needs it. v1 has no Hello: its position is null. */
interface Hello {
  token: string;
  position: { epoch: string | null; revision: number } | null;
  byAuthor: boolean;
}

type LogEntry = { id: number; byAuthor: boolean; token: string; operation: Components };

/** A server with one document. */
export class ModelServer {
  readonly text = new Rope();
  /** Operation i leads from revision i to i + 1; `held` is the oldest kept. */
  #log: LogEntry[] = [];
  #held = 0;
  #epoch = 0;
  #epochStarts = new Map<string, number>([["e0", 0]]);
  #committed = new Map<string, number>();
  #userIds = new Map<string, number>();
  #peers = new Set<Peer>();
  #nextUser = 0;
  /** A v1 tab knows its own operations by their id alone, so no other ever has it. */
  #nextV1User = 1000;
  /** A larger text is refused. A larger message must never come. */
  limits: Limits = { documentBytes: Infinity, messageBytes: Infinity };

  get revision(): number {
    return this.#log.length;
  }

  /** The Hello of a tab, and its answer: a Welcome with what the tab lacks. */
  join({ token, position, byAuthor }: Hello): Peer {
    for (const old of this.#peers) if (old.token === token) this.#peers.delete(old);
    const userId = position === null ? this.#nextV1User++ : (this.#userIds.get(token) ?? this.#nextUser++);
    this.#userIds.set(token, userId);
    const resumed = position !== null && this.#canResume(position);
    const sent = position === null ? 0 : resumed ? position.revision : this.revision;
    const peer: Peer = { token, userId, byAuthor, sent, outbox: [] };
    const committed = this.#committed.get(token) ?? 0;
    const order = byAuthor ? { order: "author" } : {};
    const welcome = { userId, epoch: `e${this.#epoch}`, resumed, committed, limits: this.limits, ...order };
    peer.outbox.push({ type: "welcome", welcome });
    // A history from nothing on is what v1 starts with.
    if (position === null) peer.outbox.push({ type: "snapshot", revision: 0, text: "" });
    else if (!resumed) peer.outbox.push({ type: "snapshot", revision: this.revision, text: this.text.read() });
    this.#peers.add(peer);
    if (resumed) this.tell(peer, true);
    return peer;
  }

  /** The end of a connection. */
  leave(peer: Peer): void {
    this.#peers.delete(peer);
  }

  /** Applies an edit, or refuses it. */
  edit(peer: Peer, edit: Edit): void {
    if (!this.#peers.has(peer)) return;
    const { revision, operation } = edit;
    const messageBytes = new TextEncoder().encode(JSON.stringify({ Edit: edit })).length;
    if (messageBytes > this.limits.messageBytes) throw new Error(`a message of ${messageBytes} bytes`);
    let op = Operation.of(operation);
    for (const seen of this.#log.slice(revision)) {
      const other = Operation.of(seen.operation);
      const [mine, theirs] = op.transform(other, orderBetween(peer, seen));
      for (const used of [op, other, theirs]) used.free();
      op = mine;
    }
    const [before, undo] = [this.text.bytes, op.invert(this.text)];
    op.applyTo(this.text);
    if (this.text.bytes > Math.max(before, this.limits.documentBytes)) {
      undo.applyTo(this.text);
      const refusal = { code: "document_too_large", message: "", limit: this.limits.documentBytes };
      peer.outbox.push({ type: "rejected", refusal });
    } else {
      const { userId: id, byAuthor, token } = peer;
      this.#log.push({ id, byAuthor, token, operation: op.toJSON() });
      this.#committed.set(peer.token, this.revision);
    }
    for (const used of [op, undo]) used.free();
  }

  /** Puts what the peer lacks into its outbox, as one message. */
  tell(peer: Peer, evenNothing = false): void {
    if (peer.sent === this.revision && !evenNothing) return;
    const entries = this.#log.slice(peer.sent).map((entry) => entryFor(peer, entry));
    peer.outbox.push({ type: "history", start: peer.sent, entries });
    peer.sent = this.revision;
  }

  /** What was done from that revision on, and by whom. */
  deedsFrom(revision: number): { author: number; operation: Components }[] {
    return this.#log.slice(revision).map(({ id, operation }) => ({ author: id, operation }));
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

function orderBetween({ userId, byAuthor }: Peer, seen: LogEntry): InsertOrder {
  if (!byAuthor || !seen.byAuthor || userId === seen.id) return InsertOrder.byText;
  return userId < seen.id ? InsertOrder.thisFirst : InsertOrder.otherFirst;
}

/** An entry by text says so to those who go by author; by text there is nothing to say. */
function entryFor(peer: Peer, { id, byAuthor, operation }: LogEntry): Entry {
  return peer.byAuthor && !byAuthor ? { id, order: "text", operation } : { id, operation };
}

export type { Peer };
