/** Local changes that the server is not known to hold, in their order, and the offers among them. */

import { type InsertOrder, type Operation, Rope } from "../kernel";
import { Offers, type Offered } from "./offer";
import { firstPart, type Limits } from "./parts";
import { append, copyOf, joined, moveOver, type Pending, replace, takeBack } from "./pending";

export class Unsent {
  /** The edit that was sent and has no echo, or was refused. */
  inflight: Pending | null = null;
  /** The rest of it, where that is only a part. It stays until it is sent, even where it changes nothing any
   * more: it has the count of the changes, and those in flight are not saved yet. */
  rest: Pending | null = null;
  /** What follows. One that changes nothing is null. */
  buffer: Pending | null = null;
  /** What was taken here of that which others are offered as well. */
  readonly offers = new Offers();

  get all(): [inflight: Pending | null, rest: Pending | null, buffer: Pending | null] {
    return [this.inflight, this.rest, this.buffer];
  }

  /** The edit under way: what is in flight, and the rest of it. */
  get underway(): [inflight: Pending | null, rest: Pending | null] {
    return [this.inflight, this.rest];
  }

  /** The number of changes of the user. */
  get count(): number {
    return this.all.reduce((sum, pending) => sum + (pending?.count ?? 0), 0);
  }

  /** The place of a caret that stands in the server's text after all of it, in code points. */
  moveCaret(atPoints: number): number {
    return this.all.reduce((at, pending) => pending?.operation.moveCaret(at) ?? at, atPoints);
  }

  /** A change of the user, where the server's text is that; takes the operation. */
  add(operation: Operation, offered: Offered | null, server: Rope): void {
    this.offers.edited(operation, this.buffer, offered);
    this.#setBuffer(append(this.buffer, { operation, count: 1 }));
    if (offered) this.#forgetUndone(1, server);
  }

  /** Puts into flight what comes next, or the part of it that a message holds, and gives it; null: there is
   * nothing. Only where nothing is in flight. */
  send(serverBytes: number, limits: Limits): Operation | null {
    if (this.rest?.operation.isNoop) this.rest = freed(this.rest);
    const next = this.rest ?? this.buffer;
    if (!next) return null;
    if (!this.rest) this.offers.sent();
    this[this.rest ? "rest" : "buffer"] = null;
    [this.inflight, this.rest] = firstPart(next, serverBytes, limits);
    if (this.rest) this.offers.cut();
    return this.inflight.operation;
  }

  /** True when only a part is in flight, and with the rest of it the text would be larger than the limit. */
  isTooLargeInParts(server: Rope, limitBytes: number): boolean {
    if (!this.rest || this.buffer) return false;
    const text = new Rope();
    text.set(server.read());
    for (const pending of this.underway) pending?.operation.applyTo(text);
    const isTooLarge = text.bytes > limitBytes;
    text.free();
    return isTooLarge;
  }

  /** What is in flight is in the server's text. */
  land(): void {
    this.offers.landed();
    this.inflight = freed(this.inflight);
  }

  /** Puts the edit under way back in front of the buffer: it was not applied. */
  unsend(server: Rope): void {
    const back = this.#takeUnderway();
    if (!back) return;
    this.offers.unsent(back, this.buffer);
    this.#setBuffer(joined([back, this.buffer])!);
    this.#forgetUndone(Infinity, server);
  }

  /** Takes the edit under way back, and gives the operation that does it in the local text; `server` is the text
   * before it. */
  undoUnderway(server: Rope): Operation {
    const edit = this.#takeUnderway()!;
    this.#tellUndone(edit, server, null);
    const [undo, buffer] = takeBack(edit, server, this.buffer);
    if (buffer) this.#setBuffer(buffer);
    return undo;
  }

  /** Moves all of it over a remote operation on the `server` text, which is applied to that, and gives it as
   * it reads after all of it. Takes `remote`. */
  moveOver(remote: Operation, server: Rope, order: InsertOrder): Operation {
    this.offers.moveOver(this.underway, remote, order);
    const { moved, last, spent } = moveOver(this.all, remote, order);
    remote.applyTo(server);
    const [inflight, rest, buffer] = this.all.map((pending, i) => pending && replace(pending, moved[i]!));
    for (const op of spent) op.free();
    [this.inflight, this.rest] = [inflight!, rest!];
    if (buffer) this.#setBuffer(buffer);
    this.offers.compare(this.underway, this.buffer);
    return last;
  }

  /** Takes the offers back that somebody else has taken before, and gives the operation that does it in the local
   * text; null: there are none. See Offers. */
  dropOffer(hasArrived: boolean, server: Rope): Operation | null {
    const dropped = this.offers.dropped(hasArrived, server, this.underway, this.buffer);
    if (!dropped) return null;
    const { undo, buffer } = dropped;
    if (hasArrived && this.rest) this.#forgetRest(server);
    else if (hasArrived) this.add(undo.copy(), null, server);
    else this.#replaceBuffer(buffer);
    return undo;
  }

  free(): void {
    this.offers.end();
    for (const pending of this.all) freed(pending);
  }

  /** The part in flight is taken back when it has arrived, and the rest is never sent. */
  #forgetRest(server: Rope): void {
    const undo = { operation: this.inflight!.operation.invert(server), count: 1 };
    const edit = joined([copyOf(this.inflight), this.rest])!;
    this.#tellUndone(edit, server, undo);
    const [unused, buffer] = takeBack(edit, server, this.buffer);
    unused.free();
    this.rest = null;
    this.#setBuffer(joined([undo, buffer])!);
  }

  /** Tells the offers that `edit`, which is under way, is taken back, and what comes before the buffer for that. */
  #tellUndone(edit: Pending, server: Rope, first: Pending | null): void {
    const undo = edit.operation.invert(server);
    this.offers.undoneUnderway(undo, first);
    undo.free();
  }

  #takeUnderway(): Pending | null {
    const edit = joined(this.underway);
    [this.inflight, this.rest] = [null, null];
    return edit;
  }

  /** What is taken back before it is sent is nothing to the others. */
  #forgetUndone(count: number, server: Rope): void {
    for (let left; (left = this.offers.undone(count, server, this.underway)) !== undefined; ) this.#replaceBuffer(left);
  }

  #replaceBuffer(buffer: Pending | null): void {
    freed(this.buffer);
    this.#setBuffer(buffer);
  }

  /** A buffer that changes nothing any more is no buffer. */
  #setBuffer(buffer: Pending | null): void {
    this.buffer = !buffer || buffer.operation.isNoop ? freed(buffer) : buffer;
    if (!this.buffer) this.offers.emptied();
  }
}

function freed(pending: Pending | null): null {
  pending?.operation.free();
  return null;
}
