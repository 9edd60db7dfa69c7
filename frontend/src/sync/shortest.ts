/**
 * The shortest way from one text to another: as few code points removed and
 * inserted as can be (E. Myers, An O(ND) Difference Algorithm, 1986).
 *
 * A way is a walk from (0, 0) to (points of a, points of b): a step right removes
 * a point of `a`, a step down inserts one of `b`, and what both have next is
 * walked for nothing. After d steps, the farthest `x` on each diagonal k = x - y
 * is all there is to know.
 */

import type { Change } from "../kernel";

const UNREACHED = -2;

/** A step: at point x of `a`, it removes that point or inserts point y of `b`. */
interface Step {
  x: number;
  y: number;
  isInsert: boolean;
}

/** The changes, in order; null when it takes more than `most` steps. */
export function shortestChanges(a: string, b: string, most: number): Change[] | null {
  const [from, to] = [pointsOf(a), pointsOf(b)];
  const steps = shortestWalk(from, to, most);
  return steps && changesOf(steps, (x) => unitsOf(from[x]!), (y) => String.fromCodePoint(to[y]!));
}

/** The same in whole pieces, such as lines, instead of code points. */
export function shortestBlocks(a: readonly string[], b: readonly string[], most: number): Change[] | null {
  const numbers = new Map<string, number>();
  const numberOf = (piece: string) => numbers.get(piece) ?? (numbers.set(piece, numbers.size), numbers.size - 1);
  const steps = shortestWalk(a.map(numberOf), b.map(numberOf), most);
  return steps && changesOf(steps, (x) => a[x]!.length, (y) => b[y]!);
}

function shortestWalk(from: readonly number[], to: readonly number[], most: number): Step[] | null {
  const [width, height] = [from.length, to.length];
  if (Math.abs(width - height) > most) return null;
  const farthest = new Int32Array(2 * most + 3).fill(UNREACHED);
  const middle = most + 1; // where k = 0 is
  const trail: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trail.push(farthest.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = d === 0 ? 0 : Math.max(...stepsTo(trail[d]!, middle, k, width, height));
      if (x >= 0) while (x < width && x - k < height && from[x] === to[x - k]) x += 1;
      farthest[middle + k] = x;
      if (x === width && x - k === height) return walkedBack(trail, middle, width, height);
    }
  }
  return null;
}

/** The places at which diagonal k is reached by one step right, and by one down. */
function stepsTo(farthest: Int32Array, middle: number, k: number, width: number, height: number): [number, number] {
  const [left, above] = [farthest[middle + k - 1]!, farthest[middle + k + 1]!];
  return [left >= 0 && left < width ? left + 1 : UNREACHED, above >= 0 && above - k <= height ? above : UNREACHED];
}

function walkedBack(trail: readonly Int32Array[], middle: number, width: number, height: number): Step[] {
  const steps: Step[] = [];
  let [x, y] = [width, height];
  for (let d = trail.length - 1; d > 0; d--) {
    const [right, down] = stepsTo(trail[d]!, middle, x - y, width, height);
    const isInsert = down >= right;
    const k = isInsert ? x - y + 1 : x - y - 1;
    x = trail[d]![middle + k]!;
    y = x - k;
    steps.push({ x, y, isInsert });
  }
  return steps.toReversed();
}

/** Steps between two points that are kept are one change. */
function changesOf(steps: readonly Step[], unitsAt: (x: number) => number, textAt: (y: number) => string): Change[] {
  const changes: Change[] = [];
  let open: Change | null = null;
  let [point, at] = [0, 0];
  for (const { x, y, isInsert } of steps) {
    if (x > point) open = null;
    for (; point < x; point++) at += unitsAt(point);
    if (!open) changes.push((open = { from: at, to: at, insert: "" }));
    if (isInsert) open.insert += textAt(y);
    else open.to = at += unitsAt(point++);
  }
  return changes;
}

function pointsOf(text: string): number[] {
  return Array.from(text, (point) => point.codePointAt(0)!);
}

function unitsOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}
