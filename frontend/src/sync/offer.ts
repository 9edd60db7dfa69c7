/**
 * A change that was offered to several people at once ("Put my text back", "Load a
 * sample"), from the press of the button until the server has it. Where another has
 * taken the same offer before, ours must not be made as well: the text would stand there
 * twice. The server applies what it gets, so it is the tab whose edit comes second that
 * sees the first one come in before the echo of its own, and takes its own back (docs/decisions/085).
 */

import { type InsertOrder, type Operation, Rope } from "../kernel";
import { append, copyOf, moveOver, type Pending } from "./pending";

/** A change that others were offered as well, such as "Put my text back". */
export interface Offered {
  /** When it counts as taken: somebody else changed one of the places that it changes, or made the same
   * change there. */
  ends: "when_touched" | "when_made";
  /** What the owner of the machine does when it was taken back for that. */
  onDropped: () => void;
}

/** One offer within the unsent changes. Its operations are its own, apart from theirs. */
class Offer {
  /** True while the edit that holds it is in flight; false: it is in the buffer. */
  isSent = false;
  /** True once somebody else has taken it. */
  isTaken = false;

  private constructor(
    /** What the pending edit holds before the offer, the offer, and what it holds after it. */
    private before: Pending | null,
    private itself: Pending,
    private after: Pending | null,
    readonly offered: Offered,
  ) {}

  /** True when the pending edit holds nothing else. */
  get isAlone(): boolean {
    return !this.before && !this.after;
  }

  /** The offer `operation`, behind what the buffer holds. */
  static behind(buffer: Pending | null, operation: Operation, offered: Offered): Offer {
    return new Offer(copyOf(buffer), { operation: operation.copy(), count: 1 }, null, offered);
  }

  /** The user went on typing. */
  edited(operation: Operation): void {
    if (!this.isSent) this.after = append(this.after, { operation: operation.copy(), count: 1 });
  }

  /** The edit in flight goes back in front of the buffer. */
  unsent(inflight: Pending, buffer: Pending | null): void {
    if (!this.isSent) this.before = this.before ? append(copyOf(inflight), this.before) : copyOf(inflight);
    else if (buffer) this.after = append(this.after, copyOf(buffer)!);
    this.isSent = false;
  }

  /** Moves over an operation of somebody else, made on the text that the edit under way was
   * made on too, and sees whether that one has taken the offer. */
  moveOver(underway: readonly (Pending | null)[], remote: Operation, order?: InsertOrder): void {
    const ahead = this.isSent ? [this.before] : [...underway, this.before];
    const first = moveOver(ahead, remote.copy(), order);
    this.isTaken ||= this.#isTakenBy(first.last);
    const rest = moveOver([this.itself, this.after], first.last, order);
    const before = first.moved.pop() ?? null;
    for (const op of [...first.moved, ...first.spent, ...rest.spent, rest.last]) op?.free();
    this.before = moved(this.before, before);
    this.itself = moved(this.itself, rest.moved[0]!)!;
    this.after = moved(this.after, rest.moved[1]!);
  }

  /** The operation that takes the offer back from the text as it is after all that is unsent;
   * `server` is the text before that. */
  undo(server: Rope, underway: readonly (Pending | null)[], buffer: Pending | null): Operation {
    const text = new Rope();
    text.set(server.read());
    for (const pending of this.isSent ? [this.before] : [...underway, this.before]) pending?.operation.applyTo(text);
    const behind = this.isSent ? [this.after, buffer] : [this.after];
    const { moved: unused, last, spent } = moveOver(behind, this.itself.operation.invert(text));
    for (const op of [...unused, ...spent]) op?.free();
    text.free();
    return last;
  }

  free(): void {
    for (const pending of [this.before, this.itself, this.after]) pending?.operation.free();
  }

  #isTakenBy(remote: Operation): boolean {
    const theirs = placesOf(remote);
    return placesOf(this.itself.operation).some((mine) =>
      theirs.some(
        ({ from, to, insert }) =>
          from <= mine.to && mine.from <= to && (this.offered.ends === "when_touched" || isOf(insert, mine.insert)),
      ),
    );
  }
}

/** The last offer that was taken here, while the server does not have it. */
export class Offers {
  #offer: Offer | null = null;
  #dropped: Offered | null = null;

  /** The user has made a change, behind what the buffer holds. */
  edited(operation: Operation, buffer: Pending | null, offered: Offered | null): void {
    this.#offer?.edited(operation);
    if (offered) this.#set(Offer.behind(buffer, operation, offered));
  }

  /** The buffer is in flight now. */
  sent(): void {
    if (this.#offer) this.#offer.isSent = true;
  }

  /** Only a part of it is in flight: an offer that is not all of it is an edit like any other now. */
  cut(): void {
    if (this.#offer?.isSent && !this.#offer.isAlone) this.#set(null);
  }

  /** The edit in flight goes back in front of the buffer. */
  unsent(inflight: Pending, buffer: Pending | null): void {
    this.#offer?.unsent(inflight, buffer);
  }

  /** The edit in flight is in the server's text. */
  landed(): void {
    if (this.#offer?.isSent) this.#set(null);
  }

  /** There is nothing in the buffer any more. */
  undone(): void {
    if (this.#offer && !this.#offer.isSent) this.#set(null);
  }

  /** Whatever was taken is an edit like any other now. */
  end(): void {
    this.#set(null);
  }

  /** Moves over an operation of somebody else: see Offer. */
  moveOver(underway: readonly (Pending | null)[], remote: Operation, order?: InsertOrder): void {
    this.#offer?.moveOver(underway, remote, order);
  }

  /** The operation that takes the offer back, where somebody else has taken it: at once while it is here
   * only. One on its way to the server `hasArrived` there first: where it stands among equal texts
   * is certain only then. */
  dropped(hasArrived: boolean, server: Rope, underway: readonly (Pending | null)[], buffer: Pending | null): Operation | null {
    if (!this.#offer?.isTaken || this.#offer.isSent !== hasArrived) return null;
    const undo = this.#offer.undo(server, underway, buffer);
    this.#dropped = this.#offer.offered;
    this.#set(null);
    return undo;
  }

  /** The offer that was taken back, once; null: none was. */
  takeDropped(): Offered | null {
    const dropped = this.#dropped;
    this.#dropped = null;
    return dropped;
  }

  #set(offer: Offer | null): void {
    this.#offer?.free();
    this.#offer = offer;
  }
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

/** The places that an operation changes, in code points of the text before it. */
function placesOf(op: Operation): Place[] {
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
    else open.to = at += part.points;
  }
  return places;
}

function moved(pending: Pending | null, operation: Operation | null): Pending | null {
  pending?.operation.free();
  return pending && { operation: operation!, count: pending.count };
}
