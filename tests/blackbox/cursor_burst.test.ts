// Carets move far more often than anybody can see; the last place counts.
import { expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import type { Client } from './support/clients.ts';
import { freshId, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const server = useServer();

test('regression: the last caret of a burst reaches everyone, and the burst is thinned out', async () => {
  const id = freshId();
  const mover = await v1(server(), id);
  await mover.type('x'.repeat(5_000));
  const watchers: Client[] = [];
  for (let i = 0; i < 10; i++) watchers.push(i % 2 === 0 ? await v1(server(), id) : await v2(server(), id));
  for (let at = 1; at <= 2_000; at++) mover.point([at], [[0, at]]);
  await Promise.all(
    [mover, ...watchers].map((client) =>
      client.until('the last caret', () => client.cursors.get(mover.id)?.cursors[0] === 2_000),
    ),
  );
  await sleep(100);
  for (const watcher of watchers) {
    expect(watcher.cursors.get(mover.id)).toEqual({ cursors: [2_000], selections: [[0, 2_000]] });
    expect(watcher.all('UserCursor').length).toBeLessThan(1_000);
  }
});

test('many people move at once: everybody ends with every last place', async () => {
  const id = freshId();
  const people = await Promise.all(Array.from({ length: 25 }, (_, i) => v2(server(), id, { name: `P${i}` })));
  await (people[0] as Client).type('y'.repeat(1_000));
  await Promise.all(people.map((person) => person.until('the text', () => person.length === 1_000)));
  for (let step = 0; step < 20; step++) {
    people.forEach((person, i) => person.point([step * 10 + i]));
    await sleep(2);
  }
  for (const watcher of people) {
    await watcher.until('all last places', () =>
      people.every((person, i) => watcher.cursors.get(person.id)?.cursors[0] === 190 + i),
    );
  }
});

test('one caret now and then is shown at once', async () => {
  const id = freshId();
  const [alice, bob] = [await v2(server(), id), await v2(server(), id)];
  await alice.type('some text');
  await bob.sees('some text');
  for (const at of [1, 5, 9]) {
    const before = performance.now();
    alice.point([at]);
    await bob.until('the caret', () => bob.cursors.get(alice.id)?.cursors[0] === at);
    expect(performance.now() - before).toBeLessThan(2_000);
    await sleep(60);
  }
});
