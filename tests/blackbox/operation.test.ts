// The oracle is tested too: by laws, on random operations.
import { expect, test } from 'vitest';
import { apply, baseLength, compose, difference, points, targetLength, transform } from './support/operation.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { randomOperation, randomWord, seedOfRun } from './support/random.ts';

const random = new Random(seedOfRun());
const rounds = Array.from({ length: 300 }, (_, i) => i);

function randomText(): string[] {
  return points(Array.from({ length: random.below(12) }, () => randomWord(random)).join(''));
}

test(`transform satisfies TP1 (seed ${random.seed})`, () => {
  for (const _ of rounds) {
    const text = randomText();
    const a = randomOperation(random, text.length);
    const b = randomOperation(random, text.length);
    expect(apply(transform(b, a), apply(a, text))).toEqual(apply(transform(a, b), apply(b, text)));
  }
});

test(`compose does what both do, in a normal form of the right lengths (seed ${random.seed})`, () => {
  for (const _ of rounds) {
    const text = randomText();
    const a = randomOperation(random, text.length);
    const b = randomOperation(random, targetLength(a));
    const both = compose(a, b);
    expect(apply(both, text)).toEqual(apply(b, apply(a, text)));
    expect([baseLength(both), targetLength(both)]).toEqual([text.length, targetLength(b)]);
    both.forEach((part, i) => {
      const before = both[i - 1];
      expect(part).not.toBe(0);
      expect(part).not.toBe('');
      if (before === undefined) return;
      expect(kind(before)).not.toBe(kind(part));
      expect([kind(before), kind(part)]).not.toEqual(['delete', 'insert']);
    });
  }
});

test(`a difference turns one text into the other (seed ${random.seed})`, () => {
  for (const _ of rounds) {
    const from = randomText();
    const to = randomText();
    expect(apply(difference(from, to), from)).toEqual(to);
  }
});

test('the smaller of two inserts at one place comes first, by code point', () => {
  expect(transform(['\uFFFD'], ['😀'])).toEqual(['\uFFFD', 1]);
  expect(transform(['😀'], ['\uFFFD'])).toEqual([1, '😀']);
  expect(transform(['b'], ['ab'])).toEqual([2, 'b']);
  expect(transform(['same'], ['same'])).toEqual(['same', 4]);
});

function kind(part: number | string): string {
  if (typeof part === 'string') return 'insert';
  return part > 0 ? 'retain' : 'delete';
}
