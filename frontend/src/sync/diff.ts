/**
 * The difference between two texts, as one operation.
 *
 * Used when a snapshot takes the place of history: unsent edits are then
 * transformed over this operation, so it has to be a real difference. "Delete
 * everything, insert everything" would throw every unsent edit to one place.
 */

import { type Change, type Operation, operationOf, type Rope } from "../kernel";
import { shortestBlocks, shortestChanges } from "./shortest";

// The shortest difference may be a wrong one: it keeps two line ends rather
// than the one word between them, and what was deleted in that word comes back.
// So what the texts surely have in common comes first. And the shortest costs
// the square of the differences, so it is sought where there are few.
const STEPS_MOST = 250;
/** Of lines that are given or taken in a replacement; beyond it, lines that both have once come first. */
const STEPS_AT_ONCE = 600;

/** The pieces that may serve as anchors, when there is one of them in either text:
 * first whole lines, then words and single characters. Space does not: it is like
 * any other. */
const ANCHORS = [lines, words];

/** A piece of a text and where it begins. */
type Piece = [piece: string, at: number];

/** The lines of a text with their line ends; those that hold nothing but space are left out. */
function* lines(text: string): Generator<Piece> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at) + 1 || text.length;
    const line = text.slice(at, end);
    if (line.trim() !== "") yield [line, at];
    at = end;
  }
}

function* words(text: string): Generator<Piece> {
  for (const { 0: word, index } of text.matchAll(/[\w\u00C0-\u024F]+|[^\s\w\u00C0-\u024F]/gu)) yield [word, index];
}

/** The operation that turns `from` into `to`. */
export function operationBetween(from: Rope, to: string): Operation {
  const text = from.read();
  const start = commonStart(text, to);
  const end = commonEnd(text, to, start);
  const changes = compare(text.slice(start, text.length - end), to.slice(start, to.length - end));
  return operationOf(moved(changes, start), from);
}

/** The changes by which a person replaces the text `from` by the text `to`: as few lines as can
 * be, each block of them less what it begins and ends with in both. Lines that both have are
 * not touched, nor are the carets and the typing in them. */
export function changesBetween(from: string, to: string): Change[] {
  return replaced(from, to, true).map((change) => {
    const gone = from.slice(change.from, change.to);
    const start = commonStart(gone, change.insert);
    const end = commonEnd(gone, change.insert, start);
    const insert = change.insert.slice(start, change.insert.length - end);
    return { from: change.from + start, to: change.to - end, insert };
  });
}

/** First the lines that either text has once, then the shortest way in the gaps between them. */
function replaced(a: string, b: string, isWhole: boolean): Change[] {
  if (a === b) return [];
  if (a === "" || b === "") return [{ from: 0, to: a.length, insert: b }];
  const blocks = shortestBlocks(linesOf(a), linesOf(b), isWhole ? STEPS_AT_ONCE : STEPS_MOST);
  if (blocks) return blocks;
  if (!isWhole) return [{ from: 0, to: a.length, insert: b }];
  return between(commonAnchors(a, b, lines), a, b, (inA, inB) => replaced(inA, inB, false));
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Compares in the gaps between anchors, each time with finer ones; where there are
 * none, exactly if that is affordable, else as a whole. */
function compare(a: string, b: string, [anchors, ...finer] = ANCHORS): Change[] {
  if (a === b) return [];
  if (a === "" || b === "") return [{ from: 0, to: a.length, insert: b }];
  if (!anchors) {
    return shortestChanges(a, b, STEPS_MOST) ?? [{ from: 0, to: a.length, insert: b }];
  }
  return between(commonAnchors(a, b, anchors), a, b, (inA, inB) => compare(inA, inB, finer));
}

/** The changes in the gaps between anchors. */
function between(anchors: readonly Anchor[], a: string, b: string, inGap: (a: string, b: string) => Change[]): Change[] {
  const changes: Change[] = [];
  let [atA, atB] = [0, 0];
  for (const { inA, inB, length } of [...anchors, { inA: a.length, inB: b.length, length: 0 }]) {
    changes.push(...moved(inGap(a.slice(atA, inA), b.slice(atB, inB)), atA));
    [atA, atB] = [inA + length, inB + length];
  }
  return changes;
}

function moved(changes: readonly Change[], by: number): Change[] {
  return changes.map((change) => ({ ...change, from: change.from + by, to: change.to + by }));
}

interface Anchor {
  inA: number;
  inB: number;
  length: number;
}

/** The pieces that both texts have exactly once, as far as they come in the same order. */
function commonAnchors(a: string, b: string, pieces: typeof lines): Anchor[] {
  const [placesA, placesB] = [placesOf(pieces(a)), placesOf(pieces(b))];
  const common: Anchor[] = [];
  for (const [piece, inA] of placesA) {
    const inB = placesB.get(piece);
    if (inA !== TWICE && inB !== undefined && inB !== TWICE) common.push({ inA, inB, length: piece.length });
  }
  return longestRising(common);
}

const TWICE = -1;

function placesOf(pieces: Iterable<Piece>): Map<string, number> {
  const places = new Map<string, number>();
  for (const [piece, at] of pieces) places.set(piece, places.has(piece) ? TWICE : at);
  return places;
}

/** The most of `anchors`, which are in the order of one text, that are in the
 * order of the other as well. */
function longestRising(anchors: readonly Anchor[]): Anchor[] {
  const ends: number[] = []; // ends[n]: where the best run of n + 1 ends
  const before: number[] = [];
  anchors.forEach(({ inB }, i) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (anchors[ends[middle]!]!.inB < inB) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? ends[low - 1]! : -1);
    ends[low] = i;
  });
  const run: Anchor[] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) run.push(anchors[i]!);
  return run.toReversed();
}

/** Units that both begin with, whole code points only. */
function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n > 0 && isHigh(a.charCodeAt(n - 1)) ? n - 1 : n;
}

/** Units that both end with, none of them counted by commonStart. */
function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let n = 0;
  while (n < most && a.charCodeAt(a.length - n - 1) === b.charCodeAt(b.length - n - 1)) n++;
  return n > 0 && isLow(a.charCodeAt(a.length - n)) ? n - 1 : n;
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;
