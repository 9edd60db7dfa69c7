/**
 * The kernel against ot.js, the library that this form of operations comes
 * from. It counts UTF-16 units, so the texts are of the Basic Multilingual
 * Plane; and it always puts the first operation's insert first, so for the order
 * by text the smaller of two inserts at one place is made the first here.
 */
import ot from 'ot';
import { expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import * as kernel from './kernel.ts';
import { BMP, randomOperation, randomText, rounds, seed, targetPoints, type Components } from './random.ts';

const theirs = (op: Components) => ot.TextOperation.fromJSON(op);

const each = (usual: number, check: (random: Random) => void) => {
  const random = new Random(seed);
  for (let round = rounds(usual); round > 0; round--) check(random);
};

/** Where an operation inserts what: base position -> text. */
function inserts(op: Components): Map<number, string> {
  const found = new Map<number, string>();
  let at = 0;
  for (const c of op) {
    if (typeof c === 'string') found.set(at, c);
    else at += Math.abs(c);
  }
  return found;
}

/** < 0 when all inserts that meet are ordered a first, > 0 b first, 0 none meet, NaN mixed or equal ones. */
function tieOrder(a: Components, b: Components): number {
  const mine = inserts(a);
  let order = 0;
  for (const [at, text] of inserts(b)) {
    const other = mine.get(at);
    if (other === undefined) continue;
    const sign = other < text ? -1 : other > text ? 1 : NaN; // in the BMP units are code points
    if (Number.isNaN(sign) || (order !== 0 && order !== sign)) return NaN;
    order = sign;
  }
  return order;
}

test(`KP_SEED=${seed}: normal form`, () => {
  each(3000, (random) => {
    const op = randomOperation(random, random.below(40), BMP);
    expect(kernel.normal(op)).toEqual(theirs(op).ops);
  });
});

test('apply', () => {
  each(2000, (random) => {
    const text = randomText(random, random.below(60), BMP);
    const op = randomOperation(random, text.length, BMP);
    expect(kernel.apply(text, op)).toBe(theirs(op).apply(text));
  });
});

test('compose', () => {
  each(3000, (random) => {
    const a = randomOperation(random, random.below(40), BMP);
    const b = randomOperation(random, targetPoints(a), BMP);
    expect(kernel.compose(a, b)).toEqual(theirs(a).compose(theirs(b)).ops);
  });
});

test('invert', () => {
  each(2000, (random) => {
    const text = randomText(random, random.below(40), BMP);
    const op = randomOperation(random, text.length, BMP);
    expect(kernel.invert(text, op)).toEqual(theirs(op).invert(text).ops);
  });
});

test('transform', () => {
  let compared = 0;
  let meeting = 0;
  each(6000, (random) => {
    const base = random.below(40);
    const a = theirs(randomOperation(random, base, BMP));
    const b = theirs(randomOperation(random, base, BMP));
    const order = tieOrder(a.ops, b.ops);
    if (Number.isNaN(order)) return;
    const [a1, b1] = order > 0 ? ot.TextOperation.transform(b, a).reverse() : ot.TextOperation.transform(a, b);
    expect(kernel.transform(a.ops, b.ops)).toEqual([a1!.ops, b1!.ops]);
    compared++;
    if (order !== 0) meeting++;
  });
  expect(compared).toBeGreaterThan(rounds(1000));
  expect(meeting).toBeGreaterThan(rounds(300));
});

test('transform, the first or the second operation first', () => {
  each(3000, (random) => {
    const base = random.below(40);
    const [a, b] = [randomOperation(random, base, BMP), randomOperation(random, base, BMP)];
    const aFirst = ot.TextOperation.transform(theirs(a), theirs(b));
    const bFirst = ot.TextOperation.transform(theirs(b), theirs(a)).reverse();
    expect(kernel.transform(a, b, 'a first')).toEqual(aFirst.map(({ ops }) => ops));
    expect(kernel.transform(a, b, 'b first')).toEqual(bFirst.map(({ ops }) => ops));
  });
});

test('nothing is left in the kernel', () => {
  expect(kernel.heapUsed()).toBe(0);
});
