/** Where a text differs from the one before it, and by whom. */

import type { Components } from "../kernel";
import { changesBetween } from "../session";

/** `removed` stood before what was added from `from` to `to`, in UTF-16 units of the later text; either may be empty.
 * `author`: whose doing it is, by user id; null: not known. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly removed: string;
  readonly author: number | null;
}

/** An operation and its author. */
export interface Step {
  readonly author: number | null;
  readonly operation: Components;
}

/** The differences as one person's doing. */
export function marksBetween(before: string, after: string, author: number | null): Mark[] {
  let grown = 0;
  return changesBetween(before, after).map(({ from, to, insert }) => {
    const at = from + grown;
    grown += insert.length - (to - from);
    return { from: at, to: at + insert.length, removed: before.slice(from, to), author };
  });
}

/** A piece of the text: the code points of `source` from `from` to `to`. What is removed stays in its place, and has no
 * length. */
interface Piece {
  kind: "same" | "added" | "removed";
  author: number | null;
  source: readonly string[];
  from: number;
  to: number;
}

/** So many pieces are gone through at most, which is some tenths of a second. */
const WORK_MOST = 5_000_000;

/** The differences with whose doing each of them is; null: the steps do not lead from the one text to the other, or it
 * would take too long. */
export function marksOf(before: string, steps: readonly Step[], after: string): Mark[] | null {
  const source = [...before];
  let pieces: readonly Piece[] = [{ kind: "same", author: null, source, from: 0, to: source.length }];
  let work = 0;
  for (const step of steps) {
    const next = changed(pieces, step);
    work += pieces.length;
    if (!next || work > WORK_MOST) return null;
    pieces = next;
  }
  const [marks, text] = marksIn(pieces);
  return text === after ? marks : null;
}

/** The pieces after a step; null: it is one on a text of another length. */
function changed(pieces: readonly Piece[], { operation, author }: Step): Piece[] | null {
  const result: Piece[] = [];
  const put = (piece: Piece) => append(result, piece);
  // Of what was added in the meantime nothing is to be seen.
  const remove = (piece: Piece) => void (piece.kind === "same" && put({ ...piece, kind: "removed", author }));
  const queue = new Queue(pieces, put);
  for (const part of operation) {
    if (typeof part === "string") {
      const source = [...part];
      put({ kind: "added", author, source, from: 0, to: source.length });
    } else if (part > 0) queue.take(part, put);
    else queue.take(-part, remove);
  }
  return queue.isAtEnd() ? result : null;
}

/** The pieces, taken from the beginning; what is removed goes to `put` on the way. */
class Queue {
  #next = 0;
  /** So many points of the next piece have been taken. */
  #taken = 0;
  #isShort = false;

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly put: (piece: Piece) => void,
  ) {}

  take(points: number, each: (piece: Piece) => void): void {
    let left = points;
    while (left > 0) {
      this.#passRemoved();
      const piece = this.pieces[this.#next];
      if (!piece) {
        this.#isShort = true;
        return;
      }
      const from = piece.from + this.#taken;
      const to = Math.min(from + left, piece.to);
      each({ ...piece, from, to });
      left -= to - from;
      this.#taken += to - from;
      if (to === piece.to) this.#goOn();
    }
  }

  /** True when all was taken, and no more. */
  isAtEnd(): boolean {
    this.#passRemoved();
    return !this.#isShort && this.#next === this.pieces.length;
  }

  #passRemoved(): void {
    for (let piece = this.pieces[this.#next]; piece && (piece.kind === "removed" || piece.to === piece.from); piece = this.pieces[this.#next]) {
      if (piece.kind === "removed") this.put(piece);
      this.#goOn();
    }
  }

  #goOn(): void {
    this.#next++;
    this.#taken = 0;
  }
}

/** Neighbours of one kind and one author are one piece, so that they stay few. */
function append(pieces: Piece[], piece: Piece): void {
  const last = pieces.at(-1);
  if (last?.kind !== piece.kind || last.author !== piece.author) pieces.push(piece);
  else if (last.source === piece.source && last.to === piece.from) pieces[pieces.length - 1] = { ...last, to: piece.to };
  else if (piece.kind !== "added") pieces.push(piece);
  else {
    const source = last.source.slice(last.from, last.to).concat(piece.source.slice(piece.from, piece.to));
    pieces[pieces.length - 1] = { ...last, source, from: 0, to: source.length };
  }
}

function marksIn(pieces: readonly Piece[]): [Mark[], string] {
  const marks: Mark[] = [];
  let text = "";
  for (const { kind, author, source, from: begin, to: end } of pieces) {
    const piece = source.slice(begin, end).join("");
    const from = text.length;
    if (kind !== "removed") text += piece;
    if (kind === "added") marks.push({ from, to: text.length, removed: "", author });
    if (kind === "removed") marks.push({ from, to: from, removed: piece, author });
  }
  return [marks, text];
}
