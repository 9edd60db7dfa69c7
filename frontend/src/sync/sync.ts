/**
 * The state of one tab's copy of one document, and nothing else: no DOM, no socket, no timer. It is told what
 * happened and says what is to be shown and what is to be sent.
 *
 *     server text --inflight--> --rest--> --buffer--> local text (what the editor shows)
 *
 *     synchronised           inflight = null   buffer = null
 *     awaiting               inflight          buffer = null
 *     awaiting with buffer   inflight          buffer
 *
 * One edit is in flight at most; what is typed meanwhile, and offline, is composed into the buffer behind it.
 * Of an edit that is too large for one message a part is in flight, and the rest of it goes before the buffer.
 *
 * Safety. (S1) local ∘ unshown == server ∘ inflight ∘ rest ∘ buffer, after every call; "unshown" is what others did
 * and the editor has not been given yet. (S2) an edit leaves `inflight` only when the server is known to hold it, when
 * it is known not to hold it (then it goes back into the buffer), or when its author takes it back. So nothing
 * typed is dropped, and nothing is sent a second time that was applied the first. (S3) nothing is sent between
 * Hello and the History or Snapshot that answers it: until then we do not know which.
 *
 * Liveness. After each call the owner asks takeEdit(). It gives an edit whenever the link is up, none is in
 * flight and none is refused; the echo of an edit, or the Welcome after a lost connection, ends its flight. So
 * as long as connections come back, `unsaved` reaches zero once typing pauses.
 *
 * Units: positions on the wire are code points; changes for the editor are in UTF-16 units of the local text.
 */

import { type Change, type Components, Operation, operationOf, Rope } from "../kernel";
import { type Author, authorOf, NOBODY, orderOf } from "./author";
import { operationBetween } from "./diff";
import type { Offers } from "./offer";
import type { Limits } from "./parts";
import { fromSaved } from "./pending";
import { fitsAgain } from "./refused";
import { SavedCopy } from "./saved_copy";
import type { Edit, EditDetails, Entry, SavedState, Refusal, Welcome, Witness } from "./types";
import { Unsent } from "./unsent";
import { type Span, Unshown } from "./unshown";

type Link = "down" | "joining" | "up";

export class Sync {
  #server = new Rope();
  #local = new Rope();
  readonly #unsent = new Unsent();
  /** As whom the edit in flight was sent. That stays when a Welcome makes us somebody else. */
  #sender: Author = NOBODY;
  /** Set while the edit in flight is refused: it is not sent, and the user decides about it. */
  #refusal: Refusal | null = null;
  /** The refusal of an edit that is on its way again; for the user it holds until that is known to end better. */
  #retried: Refusal | null = null;
  /** The length of the local text when the edit in flight was refused. */
  #refusedBytes = 0;

  /** "joining" from a Welcome to the Snapshot or History after it. */
  #link: Link = "down";
  /** The epoch that #revision counts in; null while there is no text, or one to be asked for anew. */
  #epoch: string | null = null;
  /** The epoch of the Welcome: that of the Snapshot, if one comes, and not before it is here. */
  #epochOfSnapshot: string | null = null;
  #revision = 0;
  /** Who we are on the present connection. */
  #me: Author = NOBODY;
  /** What the server takes on it. */
  #limits: Limits = { documentBytes: Infinity, messageBytes: Infinity };
  #loaded = false;
  #outOfStep = false;
  /** Our last revision that the server held. A Welcome may know only an earlier one. */
  #saved = 0;
  /** True when the last Welcome knew less of ours than the server once held: it has been set back. */
  #isForgotten = false;
  /** Set by a Welcome that says the edit in flight was applied: its revision. */
  #committed: number | null = null;
  readonly witnesses = new Set<Witness>();
  readonly #savedCopy = new SavedCopy();
  /** Remote operations that takeChanges() has not given to the editor yet. */
  readonly #unshown = new Unshown();

  /* ---- look ---- */

  /** What was taken here of that which others are offered as well. */
  get offers(): Offers {
    return this.#unsent.offers;
  }

  /** The part of a Hello that is about this copy. */
  get position(): { epoch: string | null; revision: number } {
    return { epoch: this.#epoch, revision: this.#epoch === null ? 0 : this.#revision };
  }

  /** The revision of the server text. */
  get revision(): number {
    return this.#revision;
  }

  /** The id that the last Welcome gave; -1 before it. */
  get userId(): number {
    return this.#me.id;
  }

  /** A server text has been seen: "empty" is not "not loaded yet". */
  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** Local changes that the server is not known to hold. */
  get unsaved(): number {
    return this.#unsent.count;
  }

  /** The reason for which the server did not take a change; also while that is tried again,
   * until it is known to have come to a better end. */
  get refusal(): Refusal | null {
    return this.#refusal ?? this.#retried;
  }

  /** True when server and copy contradict each other: the owner drops the epoch and reconnects. */
  get isOutOfStep(): boolean {
    return this.#outOfStep;
  }

  /** What leads from the server's text to that which the user sees, one after the other. */
  get unsentOperations(): Components[] {
    return this.#unsent.all.flatMap((it) => (it ? [it.operation.toJSON()] : []));
  }

  /** The text as the user sees it. */
  localText(): string {
    return this.#local.read();
  }

  /** The text that the server is known to hold at `revision`. */
  serverText(): string {
    return this.#server.read();
  }

  /* ---- carets ---- */

  /** True when own positions mean something to the server: everything before them was sent. */
  get canSendCarets(): boolean {
    return this.#link === "up" && !this.#unsent.rest && !this.#unsent.buffer && !this.#refusal;
  }

  /** From the editor's offsets to code points of the text with all that others did. */
  pointsOf(atU16: number): number {
    return this.#unshown.moveCaret(this.#local.pointsOfU16(atU16));
  }

  /** From code points of the text with all that others did to the editor's offsets. */
  u16Of(atPoints: number): number {
    return this.#local.u16OfPoints(this.#unshown.caretInShown(atPoints, this.#local));
  }

  /** The "when" of a caret that arrives now: the number of remote operations that the editor has yet to be given. */
  get caretTime(): number {
    return this.#unshown.count;
  }

  /** The place in the local text of a caret that stands in the server's, in code points. */
  localCaret(atPoints: number): number {
    return this.#unsent.moveCaret(atPoints);
  }

  /** The place of a local caret of that time after the remote operations since, in code points. */
  rebaseCaret(atPoints: number, time: number): number {
    return this.#unshown.moveCaret(atPoints, time);
  }

  /* ---- the user ---- */

  /** The editor's text has changed. */
  edit(changes: readonly Change[], { offered, composed }: EditDetails = {}): void {
    const made = composed && this.#unshown.deletesWithin(composed, this.#local) ? [composed] : changes;
    const typed = operationOf(made, this.#local);
    if (typed.isNoop) return typed.free();
    if (offered?.ends === "at_once") this.#unshown.pushFirst(typed.invert(this.#local));
    typed.applyTo(this.#local);
    if (offered?.ends === "at_once") return typed.free();
    this.#unsent.add(this.#unshown.edited(typed, made.some(({ from, to }) => from < to)), offered ?? null, this.#server);
  }

  /** Takes the refused change back; what was typed after it stays. The editor's text follows through takeChanges(). */
  undoRefused(): void {
    if (!this.#refusal) return;
    this.#unshown.push(this.#unsent.undoUnderway(this.#server));
    this.#refusal = null;
  }

  /** Lets the refused change be sent again as it is, together with what came after it. */
  retry(): void {
    if (!this.#refusal) return;
    [this.#retried, this.#refusal] = [this.#refusal, null];
    this.#unsend();
  }

  /* ---- another visit ---- */

  /** The copy as it can be written down; null when nothing is unsent, and the same object for as long as it would
   * say the same. Where a record is written down, it is written anew before any edit that takeEdit() gives is
   * sent; otherwise it would call unsent what the server may have, as part of another edit. */
  keep(): SavedState | null {
    if (this.unsaved === 0 || !this.#loaded) return null;
    const position = { epoch: this.#epoch, revision: this.#revision, saved: this.#saved, sender: this.#sender };
    return this.#savedCopy.of(position, this.#server, ...this.#unsent.all);
  }

  /** The server's text as it is known here, without what is unsent: for a visit that begins before it can ask the
   * server. null: there is none, or the server is being asked for another. */
  copy(): SavedState | null {
    if (!this.#loaded || this.#epoch === null) return null;
    return { ...this.position, serverText: this.#server.read(), inflight: null, buffer: null };
  }

  /** Goes on where another tab stopped, as if it had only lost its connection: for a machine that has seen nothing
   * yet. The Hello must carry that tab's token, unless nothing is unsent: then it may be any. */
  resume({ epoch, revision, saved = 0, serverText, inflight, sender = NOBODY, buffer }: SavedState): void {
    this.#server.set(serverText);
    [this.#epoch, this.#revision, this.#saved] = [epoch, revision, saved];
    [this.#unsent.inflight, this.#sender, this.#unsent.buffer] = [fromSaved(inflight), sender, fromSaved(buffer)];
    this.#loaded = true;
    const kept = [inflight, buffer].map((pending) => fromSaved(pending)?.operation);
    this.#unshown.push(Operation.empty().insert(serverText), ...kept.filter((op) => op !== undefined));
  }

  /* ---- the server ---- */

  /** The server has answered the Hello; a Snapshot or History follows. */
  welcome({ userId, epoch, resumed, committed, limits, order }: Welcome): void {
    // (S2) With one edit in flight, a revision of ours beyond the one we hold
    // can only be that edit, refused or not. Else it never arrived.
    const applied = this.#unsent.inflight !== null && committed > this.#revision;
    if (applied) this.#refusal = null;
    this.#committed = applied ? committed : null;
    if (!applied && !this.#refusal) this.#unsend();
    [this.#isForgotten, this.#saved] = [committed < this.#saved, committed];
    this.#me = authorOf(userId, order === "author");
    if (limits) this.#limits = limits;
    // A new epoch counts from the Snapshot that comes with it: beside the
    // revision of another one it would name a state that nobody ever had.
    this.#epoch = resumed ? epoch : null;
    this.#epochOfSnapshot = epoch;
    // By text we are not told which of the entries before our edit the server ordered by author.
    const isUntold = applied && this.#sender.order === "author" && order !== "author";
    this.#outOfStep = resumed && (!this.#loaded || isUntold);
    this.#link = "joining";
  }

  /** True when that snapshot would take back what was here. Revisions only grow, and what we saved stays:
   * otherwise it is a restored backup, or a document begun anew. */
  isSetBack(revision: number, text: string): boolean {
    return this.#loaded && (this.#isForgotten || revision < this.#revision) && this.serverText() !== text;
  }

  /** The whole text, in place of the history we lack. */
  snapshot(revision: number, text: string): void {
    if (this.#committed !== null) {
      this.#dropTakenOffers(true);
      this.#unsent.inflight!.operation.applyTo(this.#server);
      this.#land();
    }
    try {
      this.#rebase(operationBetween(this.#server, text), NOBODY);
    } catch {
      return void (this.#outOfStep = true); // not a text that a document may hold
    }
    [this.#epoch, this.#revision] = [this.#epochOfSnapshot, revision];
    for (const it of this.witnesses) it.snapshot(text);
    this.#loaded = true;
    this.#link = "up";
  }

  /** Committed operations, the first of them made against revision `start`. */
  history(start: number, entries: readonly Entry[]): void {
    const seen = this.#revision - start;
    if (seen < 0 || this.#outOfStep) return void (this.#outOfStep = true);
    for (const entry of entries.slice(seen)) {
      if (!this.#advance(entry)) return void (this.#outOfStep = true);
      for (const it of this.witnesses) it.entry(entry);
    }
    if (this.#link === "joining") this.#link = "up";
  }

  /** The edit in flight was not applied. */
  rejected(refusal: Refusal): void {
    if (!this.#unsent.inflight || this.#refusal) return;
    [this.#refusal, this.#retried, this.#refusedBytes] = [refusal, null, this.#local.bytes];
  }

  /** The connection has ended, or is given up. */
  disconnected(): void {
    [this.#link, this.#committed] = ["down", null];
  }

  /** Asks for a Snapshot with the next Hello. */
  dropEpoch(): void {
    [this.#epoch, this.#outOfStep] = [null, false];
  }

  /* ---- what follows ---- */

  /** The changes that bring the editor's text up to date; those that touch `kept` wait for another call. */
  takeChanges(kept: Span | null = null): Change[] {
    return this.#unshown.take(this.#local, kept);
  }

  /** True while changes of others wait for a takeChanges(). */
  get isShownLate(): boolean {
    return this.#unshown.count > 0;
  }

  /** The edit to send now, if there is one; it is in flight from here on. */
  takeEdit(): Edit | null {
    if (this.#link !== "up" || this.#outOfStep) return null;
    const bytes = { now: this.#local.bytes, before: this.#refusedBytes };
    if (this.#refusal && fitsAgain(this.#refusal, bytes, this.#unsent)) {
      this.#refusal = null;
      this.#unsend();
    }
    if (this.#unsent.inflight) return null;
    const operation = this.#unsent.send(this.#server.bytes, this.#limits);
    if (!operation) return (this.#retried = null);
    this.#sender = this.#me;
    // The server sees each part alone, and would take the first ones of what is too large.
    const { documentBytes: limit } = this.#limits;
    if (this.#unsent.isTooLargeInParts(this.#server, limit)) {
      this.rejected({ code: "document_too_large", message: "", limit });
      return null;
    }
    return { revision: this.#revision, operation: operation.toJSON() };
  }

  /** Gives the memory of the kernel back; the machine is not used any more. */
  free(): void {
    this.#unshown.free();
    this.#unsent.free();
    this.#server.free();
    this.#local.free();
  }

  /* ---- within ---- */

  /** Takes in one committed operation. False, and nothing is changed, when it does not fit. */
  #advance({ id, order, operation }: Entry): boolean {
    let op: Operation | null = null;
    try {
      op = Operation.of(operation);
      if (op.basePoints !== this.#server.points) return false;
      if (this.#isEcho(id)) {
        // Ours as the server rebased it. Anything else means that the two
        // kernels disagree, and then the copies do.
        if (!op.equals(this.#unsent.inflight!.operation)) return false;
        this.#dropTakenOffers(true);
        op.applyTo(this.#server);
        this.#saved = this.#revision + 1;
        this.#land();
      } else {
        this.#rebase(op, authorOf(id, this.#me.order === "author" && (order ?? null) === null));
        op = null;
      }
      this.#revision += 1;
      return true;
    } catch {
      return false;
    } finally {
      op?.free();
    }
  }

  /** True when the operation that comes next is the edit in flight. After a resume the revision decides,
   * since ids may have been given anew; otherwise it is the first of our own after sending. */
  #isEcho(id: number): boolean {
    if (!this.#unsent.inflight || this.#refusal) return false;
    if (this.#committed !== null) return this.#revision + 1 === this.#committed;
    return this.#link === "up" && id === this.#me.id;
  }

  /** The edit in flight is in the server's text. */
  #land(): void {
    this.#unsent.land();
    [this.#committed, this.#retried] = [null, null];
  }

  /** Applies an operation of somebody else, and moves our unsent ones over it. Takes `remote`. */
  #rebase(remote: Operation, author: Author): void {
    const order = orderOf(this.#unsent.inflight ? this.#sender : this.#me, author);
    this.#unshown.push(this.#unsent.moveOver(remote, this.#server, order));
    this.#dropTakenOffers(false);
  }

  /** Takes the offers back that somebody else has taken before, also those that have arrived. What was made of one goes first. */
  #dropTakenOffers(haveArrived: boolean): void {
    for (const hasArrived of [false, haveArrived])
      for (let undo; (undo = this.#unsent.dropOffer(hasArrived, this.#server)); ) this.#unshown.push(undo);
  }

  /** The edit in flight was not applied. */
  #unsend(): void {
    this.#unsent.unsend(this.#server);
    this.#dropTakenOffers(false);
  }
}
