// People type at once; everybody ends with the same text.
import { describe, expect, test } from 'vitest';
import type { Client } from './support/clients.ts';
import { converged, v1, v2 } from './support/clients.ts';
import type { Operation } from './support/operation.ts';
import { apply, points } from './support/operation.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { randomOperation, seedOfRun } from './support/random.ts';
import { freshId, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const ROUNDS = Number(process.env['KP_CONVERGE_ROUNDS'] ?? 4);

describe('two edits against the same revision', () => {
  const cases: [what: string, base: string, a: Operation, b: Operation, result: string][] = [
    ['inserts at different places', 'abc', ['X', 3], [3, 'Y'], 'XabcY'],
    ['inserts at one place: the smaller first', '', ['b'], ['a'], 'ab'],
    ['a prefix comes before what it begins', '', ['ab'], ['a'], 'aab'],
    ['code points decide, not UTF-16 units', '', ['😀'], ['\uFFFD'], '\uFFFD😀'],
    ['equal inserts both stay', '', ['same'], ['same'], 'samesame'],
    ['an insert inside what the other deletes', 'abcd', [2, 'X', 2], [1, -2, 1], 'aXd'],
    ['overlapping deletions', 'abcdef', [1, -3, 2], [2, -3, 1], 'af'],
    ['the same deletion twice', 'abc', [1, -1, 1], [1, -1, 1], 'ac'],
    ['a replacement against a deletion', 'abc', ['X', -3], [-1, 2], 'X'],
    ['astral text around both', '😀b😀', [1, 'é', 2], [2, -1], '😀éb'],
  ];
  for (const [what, base, a, b, result] of cases) {
    for (const [first, second, order] of [[a, b, 'a first'], [b, a, 'b first']] as const) {
      test(`${what} (${order})`, async () => {
        const id = freshId();
        const one = await v1(server(), id);
        const two = await v2(server(), id);
        if (base !== '') await one.type(base);
        await two.sees(base);
        const revision = one.replica.revision;
        one.sendEdit(revision, first);
        await one.until('the first edit', () => one.replica.revision === revision + 1);
        one.sendEdit(revision, second); // v1 lets one client play both
        await two.sees(result);
        await one.sees(result);
        expect(await server().text(id)).toBe(result);
      });
    }
  }
});

test('an edit against an old revision is carried over everything since', async () => {
  const id = freshId();
  const writer = await v1(server(), id);
  const late = await v1(server(), id);
  for (let i = 0; i < 100; i++) await writer.type(String(i % 10), 0);
  late.sendEdit(0, ['end']);
  const expected = `${writer.text}end`;
  // "end" is compared with each of the digits inserted at the same place: all are smaller
  await writer.sees(expected);
});

for (let round = 0; round < ROUNDS; round++) {
  const seed = seedOfRun() + round;
  test(`six people of both versions edit at random and converge (seed ${seed})`, async () => {
    const dice = new Random(seed);
    const id = freshId('converge');
    const observer = await v1(server(), id);
    const people: Client[] = [
      await v1(server(), id), await v1(server(), id), await v1(server(), id),
      await v2(server(), id), await v2(server(), id), await v2(server(), id),
    ];
    for (let step = 0; step < 60; step++) {
      const person = dice.pick(people);
      for (let burst = dice.below(4); burst >= 0; burst--) person.edit(randomOperation(dice, person.length));
      if (dice.below(3) === 0) await sleep(dice.below(4));
    }
    const text = await converged(server(), id, [observer, ...people]);
    // and the history, replayed by the oracle, says the same
    const replayed = observer
      .all('History')
      .flatMap(({ operations }) => operations as { operation: Operation }[])
      .reduce((document, { operation }) => apply(operation, document), [] as string[]);
    expect(replayed.join('')).toBe(text);
  });
}

test('a hundred quick keystrokes of two people arrive once each and in order', async () => {
  const id = freshId();
  const [one, two] = [await v2(server(), id), await v2(server(), id)];
  const digits = points('0123456789'.repeat(10));
  for (const digit of digits) {
    one.insert(digit);
    two.insert(String.fromCharCode(97 + Number(digit)), 0);
    if (digit === '5') await sleep(1);
  }
  const text = await converged(server(), id, [one, two]);
  expect(points(text).filter((c) => c >= '0' && c <= '9')).toEqual(digits);
  expect(points(text).filter((c) => c >= 'a')).toEqual(digits.map((d) => String.fromCharCode(97 + Number(d))).reverse());
});
