// operation.ts - operations written a second time, as plainly as possible.
//
// This is the oracle the server is measured against, so it trades every speed
// for being obviously right: texts are arrays of code points, and an operation
// over a text of n code points is taken apart into its n + 1 gaps (what is
// inserted there) and its n code points (kept or dropped):
//
//     [1, "ab", -1, 1]   gaps  ["", "ab", "", ""]   keep [true, false, true]
//
// The wire form (docs/protocol.md) goes in and comes out, always normal:
// no zeros, no empty strings, no two alike in a row, insert before delete.

export type Operation = readonly (number | string)[];
export type Text = readonly string[];

type Gaps = { gaps: string[]; keep: boolean[] };

export const points = (text: string): string[] => Array.from(text);

/** Appends components in order and keeps the normal form. */
export class Builder {
  private readonly parts: (number | string)[] = [];

  retain(count: number): this {
    if (count === 0) return this;
    const last = this.parts.at(-1);
    if (typeof last === 'number' && last > 0) this.parts[this.parts.length - 1] = last + count;
    else this.parts.push(count);
    return this;
  }

  insert(text: string): this {
    if (text === '') return this;
    const dropped = typeof this.parts.at(-1) === 'number' && (this.parts.at(-1) as number) < 0 ? this.parts.pop() : undefined;
    const last = this.parts.at(-1);
    if (typeof last === 'string') this.parts[this.parts.length - 1] = last + text;
    else this.parts.push(text);
    if (dropped !== undefined) this.parts.push(dropped);
    return this;
  }

  delete(count: number): this {
    if (count === 0) return this;
    const last = this.parts.at(-1);
    if (typeof last === 'number' && last < 0) this.parts[this.parts.length - 1] = last - count;
    else this.parts.push(-count);
    return this;
  }

  done(): Operation {
    return this.parts;
  }
}

export function baseLength(op: Operation): number {
  return op.reduce<number>((sum, part) => sum + (typeof part === 'number' ? Math.abs(part) : 0), 0);
}

export function targetLength(op: Operation): number {
  return op.reduce<number>(
    (sum, part) => sum + (typeof part === 'string' ? points(part).length : Math.max(part, 0)),
    0,
  );
}

export function isNoop(op: Operation): boolean {
  return op.every((part) => typeof part === 'number' && part > 0);
}

export function apply(op: Operation, text: Text): string[] {
  if (baseLength(op) !== text.length) {
    throw new Error(`operation for ${baseLength(op)} code points applied to ${text.length}`);
  }
  const result: string[] = [];
  let at = 0;
  for (const part of op) {
    if (typeof part === 'string') for (const point of part) result.push(point);
    else if (part < 0) at -= part;
    else for (const end = at + part; at < end; at++) result.push(text[at] as string);
  }
  return result;
}

/** One operation that does what a does and then what b does. */
export function compose(a: Operation, b: Operation): Operation {
  if (targetLength(a) !== baseLength(b)) {
    throw new Error(`cannot compose: ${targetLength(a)} code points, then ${baseLength(b)}`);
  }
  // Run b over a text whose code points remember where they came from.
  type Origin = { from: number } | { inserted: string };
  const middle: Origin[] = [];
  let from = 0;
  for (const part of a) {
    if (typeof part === 'string') for (const point of part) middle.push({ inserted: point });
    else if (part < 0) from -= part;
    else for (const end = from + part; from < end; from++) middle.push({ from });
  }
  const out = new Builder();
  let copied = 0; // code points of the first text that are dealt with
  const emit = (origin: Origin): void => {
    if ('inserted' in origin) {
      out.insert(origin.inserted);
      return;
    }
    out.delete(origin.from - copied).retain(1);
    copied = origin.from + 1;
  };
  let at = 0;
  for (const part of b) {
    if (typeof part === 'string') out.insert(part);
    else if (part < 0) at -= part;
    else for (const end = at + part; at < end; at++) emit(middle[at] as Origin);
  }
  return out.delete(baseLength(a) - copied).done();
}

/** Negative, zero or positive, as code points compare (UTF-16 units do not). */
export function comparePoints(a: string, b: string): number {
  const as = points(a);
  const bs = points(b);
  for (let i = 0; i < Math.min(as.length, bs.length); i++) {
    const difference = (as[i] as string).codePointAt(0)! - (bs[i] as string).codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return as.length - bs.length;
}

/** What stands first where both insert: the smaller text, what a inserts, or what b does. */
export type Order = 'text' | 'a first' | 'b first';

/** a as it must read once b, made on the same text, has been applied. */
export function transform(a: Operation, b: Operation, order: Order = 'text'): Operation {
  if (baseLength(a) !== baseLength(b)) {
    throw new Error(`cannot transform: made on ${baseLength(a)} and on ${baseLength(b)} code points`);
  }
  const mine = takeApart(a);
  const theirs = takeApart(b);
  const out = new Builder();
  for (let gap = 0; gap <= mine.keep.length; gap++) {
    const own = mine.gaps[gap] as string;
    const other = theirs.gaps[gap] as string;
    const otherFirst = other !== '' && own !== '' && (order === 'text' ? comparePoints(own, other) > 0 : order === 'b first');
    if (otherFirst) out.retain(points(other).length).insert(own);
    else out.insert(own).retain(points(other).length);
    if (gap === mine.keep.length || !theirs.keep[gap]) continue;
    if (mine.keep[gap]) out.retain(1);
    else out.delete(1);
  }
  return out.done();
}

/** The same order when a and b change places. */
export const mirrored = (order: Order): Order => (order === 'text' ? order : order === 'a first' ? 'b first' : 'a first');

/** Where a caret stands afterwards, that inserts at the caret do not push. */
export function moveCaret(op: Operation, caret: number): number {
  let moved = 0;
  for (const part of op) {
    if (caret === 0) break;
    const count = typeof part === 'string' ? points(part).length : Math.min(Math.abs(part), caret);
    if (typeof part === 'number') caret -= count;
    if (typeof part === 'string' || part > 0) moved += count;
  }
  return moved;
}

function takeApart(op: Operation): Gaps {
  const length = baseLength(op);
  const gaps: string[] = Array.from({ length: length + 1 }, () => '');
  const keep: boolean[] = [];
  for (const part of op) {
    if (typeof part === 'string') gaps[keep.length] += part;
    else for (let i = 0; i < Math.abs(part); i++) keep.push(part > 0);
  }
  return { gaps, keep };
}

/** The smallest single replacement that turns one text into the other. */
export function difference(from: Text, to: Text): Operation {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < shorter - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return new Builder()
    .retain(head)
    .insert(to.slice(head, to.length - tail).join(''))
    .delete(from.length - head - tail)
    .retain(tail)
    .done();
}

export function insertAt(length: number, at: number, text: string): Operation {
  return new Builder().retain(at).insert(text).retain(length - at).done();
}

export function deleteAt(length: number, at: number, count: number): Operation {
  return new Builder().retain(at).delete(count).retain(length - at - count).done();
}
