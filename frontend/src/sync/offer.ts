/**
 * Changes that were offered to several people at once ("Put my text back", a task of a list that is ticked), from the
 * press of the button until the server has them. Where another has taken the same offer before, ours must not be made
 * as well: the text would stand there twice. The server applies what it gets, so it is the tab whose edit comes second
 * that sees the first one come in before the echo of its own, and takes its own back (docs/decisions/085).
 */

import { type InsertOrder, type Operation, Rope } from "../kernel";
import { append, copyOf, joined, moveOver, type Pending } from "./pending";

/** A change that others were offered as well, such as "Put my text back". */
export interface Offered {
  /** When it counts as taken: somebody else changed one of the places that it changes, or made the same
   * change there; or it is taken already, when it is made. */
  ends: "when_touched" | "when_made" | "at_once";
  /** What the owner of the machine does when it was taken back for that. */
  onDropped: () => void;
}

/** A part of a pending edit. Its operation is its own, apart from the edit's. */
interface Part extends Pending {
  /** null: it is what was typed before, between or after the offers. */
  offered: Offered | null;
  /** True once somebody else has taken the offer. */
  isTaken: boolean;
}

/** What becomes of offers that somebody else has taken. */
interface Dropped {
  /** Takes them back in the local text. */
  undo: Operation;
  /** The buffer without them, where they were in it; null: there is nothing else. */
  buffer: Pending | null;
}

/** Parts in a row, which are together a pending edit; none where no offer is in it. */
type Parts = readonly Part[];

/** Each edit of somebody else is compared with all parts. What is offered behind so many is an edit like any other. */
const MOST_PARTS = 400;

/** The offers that were taken here, while the server does not have them. */
export class Offers {
  /** Those in the edit under way. */
  #sent: Parts = [];
  /** Those in the buffer. */
  #waiting: Parts = [];
  #dropped: Offered[] = [];

  /** The user has made a change, behind what the buffer holds. */
  edited(operation: Operation, buffer: Pending | null, asked: Offered | null): void {
    if (!asked && this.#waiting.length === 0) return;
    const offered = this.#waiting.length < MOST_PARTS ? asked : null;
    const parts = this.#waiting.length > 0 ? this.#waiting : typed(copyOf(buffer));
    const change = { operation: operation.copy(), count: 1 };
    const last = parts.at(-1);
    if (offered) this.#waiting = [...parts, { ...change, offered, isTaken: this.#isOfTaken(operation) }];
    else this.#waiting = last?.offered ? [...parts, ...typed(change)] : [...parts.slice(0, -1), ...typed(append(last!, change))];
  }

  /** Where one of the last `count` changes in the buffer only takes the offer before it back, neither is left of them, and it
   * gives the buffer without them; undefined: none does. To be asked for until none does. */
  undone(count: number, server: Rope, underway: readonly (Pending | null)[]): Pending | null | undefined {
    for (const undoing of this.#waiting.slice(-count).toReversed()) {
      const undone = this.#waiting.slice(0, this.#waiting.indexOf(undoing)).findLast(({ offered }) => offered);
      if (!undone || undoing.offered?.ends !== "when_touched") continue;
      const text = textAfter(server, underway);
      const { rest, undo } = without([undone, undoing], this.#waiting, text);
      const isUndone = isSameText(text, this.#waiting, rest);
      for (const it of [text, undo]) it?.free();
      if (isUndone) return this.#leave(rest);
      freed(rest);
    }
    return undefined;
  }

  /** The buffer is in flight now. */
  sent(): void {
    [this.#sent, this.#waiting] = [this.#waiting, []];
  }

  /** Only a part of it is in flight: an offer that is not all of it is an edit like any other now. */
  cut(): void {
    if (this.#sent.length > 1) this.#sent = freed(this.#sent);
  }

  /** The edit in flight goes back in front of the buffer. */
  unsent(inflight: Pending, buffer: Pending | null): void {
    if (this.#sent.length + this.#waiting.length === 0) return;
    const first = this.#sent.length > 0 ? this.#sent : typed(copyOf(inflight));
    const then = this.#waiting.length > 0 ? this.#waiting : typed(copyOf(buffer));
    [this.#sent, this.#waiting] = [[], [...first, ...then]];
  }

  /** The edit under way was taken back by that operation, and the buffer begins with `first`, if with anything new. */
  undoneUnderway(undo: Operation, first: Pending | null): void {
    this.#sent = freed(this.#sent);
    if (this.#waiting.length === 0) return;
    const before = this.#waiting.map(({ isTaken }) => isTaken);
    const parts = moved(this.#waiting, undo.copy());
    this.#waiting = [...typed(copyOf(first)), ...parts.map((part, i) => ({ ...part, isTaken: before[i]! }))];
  }

  /** The edit in flight is in the server's text. */
  landed(): void {
    this.#sent = freed(this.#sent);
  }

  /** There is nothing in the buffer any more. */
  emptied(): void {
    this.#waiting = freed(this.#waiting);
  }

  /** Whatever was taken is an edit like any other now. */
  end(): void {
    this.landed();
    this.emptied();
  }

  /** Moves over an operation of somebody else, made on the text that the edit under way was made on too, and sees
   * which offers that one has taken. */
  moveOver(underway: readonly (Pending | null)[], remote: Operation, order?: InsertOrder): void {
    if (this.#sent.length > 0) this.#sent = moved(this.#sent, remote.copy(), order);
    if (this.#waiting.length > 0) this.#waiting = moved(this.#waiting, movedOver(underway, remote, order), order);
  }

  /** Lets go of the parts where they make another text than the edits that they are, which were moved as a whole: their
   * offers are edits like any other then. That happens by equal texts at one place, if inserts are ordered by text. */
  compare(underway: readonly (Pending | null)[], buffer: Pending | null): void {
    if (!fit(this.#sent, underway)) this.landed();
    if (!fit(this.#waiting, [buffer])) this.emptied();
  }

  /** Lets go of the offers that somebody else has taken: at once while they are here only. Those on their way to the server
   * `hasArrived` there first: where they stand among equal texts is certain only then. They go behind what the buffer holds;
   * `server` is the text before all that is unsent. null: there are none. */
  dropped(hasArrived: boolean, server: Rope, underway: readonly (Pending | null)[], buffer: Pending | null): Dropped | null {
    const parts = hasArrived ? this.#sent : this.#waiting;
    const taken = parts.filter(({ isTaken }) => isTaken);
    if (taken.length === 0) return null;
    const text = textAfter(server, hasArrived ? [] : underway);
    const isKnown = isSameText(text, parts, hasArrived ? underway : [buffer]);
    const { rest, undo } = isKnown ? without(taken, parts, text) : { rest: [], undo: null };
    text.free();
    if (undo) this.#dropped.push(...taken.map(({ offered }) => offered!));
    for (const part of taken) [part.offered, part.isTaken] = [null, false];
    if (!undo) return null;
    if (!hasArrived) return { undo, buffer: this.#leave(rest) };
    freed(rest);
    const { moved: unused, last, spent } = moveOver([buffer], undo);
    for (const op of [...unused, ...spent]) op?.free();
    return { undo: last, buffer: null };
  }

  /** The offers that were taken back, once. */
  takeDropped(): Offered[] {
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** True when a change behind all parts changes what an offer has left that somebody else has taken before: it goes with that. */
  #isOfTaken(operation: Operation): boolean {
    const parts = [...this.#sent, ...this.#waiting];
    return parts.some(({ operation: its, isTaken }, i) => {
      const move = (at: number) => parts.slice(i + 1).reduce((to, then) => then.operation.moveCaret(to), at);
      const left = () => placesOf(its, "after").map((it) => ({ ...it, from: move(it.from), to: move(it.to) }));
      return isTaken && left().some((it) => placesOf(operation).some((mine) => meet(mine, it)));
    });
  }

  /** Of the buffer only those parts are left, which it gives as one. */
  #leave(rest: Parts): Pending | null {
    freed(this.#waiting);
    this.#waiting = rest;
    const buffer = joined(rest.map(copyOf));
    if (rest.every(({ offered }) => !offered)) this.emptied();
    return buffer;
  }
}

/** True when the text after the parts is as long as after those in a row, which are the edit; also when there are none. */
function fit(parts: Parts, edit: readonly (Pending | null)[]): boolean {
  const whole = edit.findLast((pending) => pending !== null);
  return parts.length === 0 || parts.at(-1)!.operation.targetPoints === whole?.operation.targetPoints;
}

/** True when the parts make the same of the text as those in a row, which are the edit. */
function isSameText(text: Rope, parts: Parts, edit: readonly (Pending | null)[]): boolean {
  const [mine, whole] = [textAfter(text, parts), textAfter(text, edit)];
  const isSame = mine.read() === whole.read();
  for (const rope of [mine, whole]) rope.free();
  return isSame;
}

/** Copies of the parts but for the taken ones, as if these had never been there, and the operation that takes them back behind
 * all of them; `text` is the one before. The last one goes first: it may be what undoes another. */
function without(taken: Parts, parts: Parts, text: Rope): { rest: Parts; undo: Operation | null } {
  let rest: Parts = parts.map((part) => ({ ...part, ...copyOf(part) }));
  let undo: Pending | null = null;
  for (const part of taken.toReversed()) {
    const at = parts.indexOf(part);
    const [before, after] = [rest.slice(0, at), rest.slice(at + 1)];
    const base = textAfter(text, before);
    const { moved: operations, last, spent } = moveOver(after, rest[at]!.operation.invert(base));
    for (const op of spent) op.free();
    base.free();
    freed(rest.slice(at));
    rest = [...before, ...after.map((it, i) => ({ ...it, operation: operations[i]! }))];
    undo = append(undo, { operation: last, count: 1 });
  }
  return { rest, undo: undo?.operation ?? null };
}

function textAfter(before: Rope, pendings: readonly (Pending | null)[]): Rope {
  const text = new Rope();
  text.set(before.read());
  for (const pending of pendings) pending?.operation.applyTo(text);
  return text;
}

/** What is no offer, as parts. */
function typed(pending: Pending | null): Parts {
  return pending ? [{ ...pending, offered: null, isTaken: false }] : [];
}

/** Moves parts over an operation of somebody else, which is taken, as the parts are. */
function moved(parts: Parts, remote: Operation, order?: InsertOrder): Parts {
  const { moved: operations, last, spent } = moveOver(parts, remote, order);
  // Each part was moved over what the remote one had become before it.
  const next = parts.map((part, i) => ({ ...part, operation: operations[i]!, isTaken: part.isTaken || isTakenBy(part, spent[i]!) }));
  for (const { operation } of parts) operation.free();
  for (const op of [...spent, last]) op.free();
  return next;
}

/** The remote operation as it reads after those. */
function movedOver(pendings: readonly (Pending | null)[], remote: Operation, order?: InsertOrder): Operation {
  const { moved: unused, last, spent } = moveOver(pendings, remote.copy(), order);
  for (const op of [...unused, ...spent]) op?.free();
  return last;
}

function isTakenBy({ operation, offered }: Part, remote: Operation): boolean {
  if (!offered) return false;
  const theirs = placesOf(remote);
  return placesOf(operation).some((mine) =>
    theirs.some((their) => meet(mine, their) && (offered.ends === "when_touched" || isOf(their.insert, mine.insert))),
  );
}

function meet(a: Place, b: Place): boolean {
  return a.from <= b.to && b.from <= a.to;
}

function freed(parts: Parts): Parts {
  for (const { operation } of parts) operation.free();
  return [];
}

/** A part of an insert that is too large for one message has at least so many units. */
const PART_UNITS = 1000;

/** True when `insert` is the same as `mine`, or the first part of it. */
function isOf(insert: string, mine: string): boolean {
  return insert !== "" && (insert === mine || (insert.length >= PART_UNITS && mine.startsWith(insert)));
}

interface Place {
  from: number;
  to: number;
  insert: string;
}

/** The places that an operation changes, in code points of the text before or after it. */
function placesOf(op: Operation, text: "before" | "after" = "before"): Place[] {
  const places: Place[] = [];
  let at = 0;
  let open: Place | null = null;
  for (const part of op.components()) {
    if (part.kind === "retain") {
      at += part.points;
      open = null;
      continue;
    }
    if (!open) places.push((open = { from: at, to: at, insert: "" }));
    if (part.kind === "insert") open.insert += part.text;
    if ((part.kind === "insert") === (text === "after")) open.to = at += part.points;
  }
  return places;
}
