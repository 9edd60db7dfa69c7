/**
 * What others did and the editor has not been given yet, as operations that follow one another:
 *
 *     shown text --unshown--> server text with all that is unsent
 *
 * Usually they wait for the end of a frame. Those at a place where the user composes text with an input
 * method wait until that is done (docs/decisions/055): the user goes on typing into the shown text,
 * and the two move over each other.
 */

import { type Change, changesOf, composeAll, InsertOrder, Operation, operationOf, type Rope } from "../kernel";
import { moveOver } from "./pending";

/** A part of the shown text, ends included, in UTF-16 units. */
export interface Span {
  from: number;
  to: number;
}

export class Unshown {
  #operations: Operation[] = [];

  /** The number of operations. */
  get count(): number {
    return this.#operations.length;
  }

  /** Takes in what comes next. */
  push(...operations: Operation[]): void {
    this.#operations.push(...operations);
  }

  /** The user has changed the shown text, and this takes that back. */
  pushFirst(undo: Operation): void {
    this.#operations.unshift(undo);
  }

  /** The user has changed the shown text by `mine`, which is taken: gives it as it reads after all of these.
   * At one place the texts of both stay whole: what is typed goes on with what the user typed before, and
   * so comes first; what takes the place of other text comes behind what was put in before that. */
  edited(mine: Operation, isReplacement: boolean): Operation {
    const order = isReplacement ? InsertOrder.thisFirst : InsertOrder.otherFirst;
    const theirs = this.#operations.map((operation) => ({ operation, count: 1 }));
    const { moved, last, spent } = moveOver(theirs, mine, order);
    for (const op of [...this.#operations, ...spent]) op.free();
    this.#operations = moved.map((op) => op!);
    return last;
  }

  /** True when any of these deletes within that span of the shown `text`. */
  deletesWithin({ from, to }: Span, text: Rope): boolean {
    let [start, end] = [text.pointsOfU16(from), text.pointsOfU16(to)];
    for (const op of this.#operations) {
      if (deletesBetween(op, start, end)) return true;
      [start, end] = [op.moveCaret(start), op.moveCaret(end)];
    }
    return false;
  }

  /** Brings the shown `text` up to date and gives the changes that do; those that touch `kept` are left. */
  take(text: Rope, kept: Span | null): Change[] {
    const all = composeAll(this.#operations);
    this.#operations = [];
    if (!all) return [];
    const changes = changesOf(all, text);
    const isLeft = ({ from, to }: Change) => kept !== null && from <= kept.to && kept.from <= to;
    const left = changes.filter(isLeft);
    if (left.length === 0) {
      all.applyTo(text);
      all.free();
      return changes;
    }
    all.free();
    const shown = changes.filter((change) => !isLeft(change));
    // At no place there are changes of both, so their order does not matter.
    const [now, later] = [operationOf(shown, text), operationOf(left, text)];
    const [unused, rest] = now.transform(later);
    now.applyTo(text);
    for (const op of [now, later, unused]) op.free();
    this.#operations = [rest];
    return shown;
  }

  /** The place of a caret of the shown text, or of the text after `since` operations, after all of them. */
  moveCaret(atPoints: number, since = 0): number {
    return this.#operations.slice(since).reduce((at, op) => op.moveCaret(at), atPoints);
  }

  /** The place in the shown `text` of a caret that stands where all of these are made. Right after take(). */
  caretInShown(atPoints: number, text: Rope): number {
    const [rest] = this.#operations;
    if (!rest) return atPoints;
    const back = rest.invert(text);
    const at = back.moveCaret(atPoints);
    back.free();
    return at;
  }

  free(): void {
    for (const op of this.#operations) op.free();
    this.#operations = [];
  }
}

/** True when `op` deletes any of the code points from `start` to `end` of the text before it. */
function deletesBetween(op: Operation, start: number, end: number): boolean {
  let at = 0;
  for (const { kind, points } of op.components()) {
    if (kind === "insert") continue;
    if (kind === "delete" && at < end && start < at + points) return true;
    at += points;
  }
  return false;
}
