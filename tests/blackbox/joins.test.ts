// A whole school comes at once.
import { expect, test } from 'vitest';
import type { Client } from './support/clients.ts';
import { v1, v2 } from './support/clients.ts';
import { startServer } from './support/server.ts';
import { until } from './support/wait.ts';

const CROWD = 150;

test(`regression: ${CROWD} people joining at once all stay, with the right text and the right list`, async () => {
  const server = await startServer({ KP_TEST_HELLO_TIMEOUT_MS: 60_000 });
  const host = await v1(server, 'class');
  host.info('Teacher', 0);
  await host.type('Welcome, class.');
  const crowd = await Promise.all(
    Array.from({ length: CROWD }, async (_, i): Promise<Client> => {
      const name = `Pupil ${i}`;
      if (i % 2 === 0) return v2(server, 'class', { name, hue: i });
      const client = await v1(server, 'class');
      client.info(name, i);
      return client;
    }),
  );
  const everybody: Client[] = [host, ...crowd];
  const expected = ['Teacher', ...crowd.map((_, i) => `Pupil ${i}`)].sort();
  const names = (client: Client): string[] => [...client.users.values()].map(({ name }) => name).sort();
  await until('everybody to see everybody', () => everybody.every((client) => names(client).length >= expected.length));
  for (const client of everybody) {
    expect(client.closed).toBeUndefined();
    expect(names(client)).toEqual(expected);
    await client.sees('Welcome, class.');
  }
  expect(new Set(everybody.map(({ id }) => id)).size).toBe(CROWD + 1);

  // one writes, all read
  await host.type(' Begin!');
  await Promise.all(crowd.map((client) => client.sees('Welcome, class. Begin!')));

  // half of them leave at once, and are gone from every list
  const leaving = crowd.splice(0, CROWD / 2);
  await Promise.all(leaving.map((client) => client.cut()));
  const left = [host, ...crowd];
  await until('only those who stayed', () => left.every((client) => client.users.size === left.length));
  for (const client of left) expect(names(client)).toEqual(names(host));
});

test('people come while others type: one atomic join, nothing missed, nothing twice', async () => {
  const server = await startServer({ RATE_LIMITS: 'off', KP_TEST_HELLO_TIMEOUT_MS: 60_000 });
  const typist = await v2(server, 'busy');
  let typing = true;
  const work = (async (): Promise<void> => {
    for (let i = 0; typing; i++) await typist.type(String(i % 10), i % 3 === 0 ? 0 : typist.length);
  })();
  const comers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * 5));
      return i % 2 === 0 ? v2(server, 'busy') : v1(server, 'busy');
    }),
  );
  typing = false;
  await work;
  await Promise.all(comers.map((client) => client.sees(typist.text)));
  expect(await server.text('busy')).toBe(typist.text);
});

test('regression: a pad with a long history opens fast, and costs the text and not the history (v2)', async () => {
  const server = await startServer({ RATE_LIMITS: 'off' });
  const typist = await v2(server, 'long');
  await typist.type('x'.repeat(1_000));
  for (let i = 0; i < 5_000; i++) {
    typist.edit([i % 1_000, String(i % 10), -1, 999 - (i % 1_000)].filter((part) => part !== 0));
    await typist.settled();
  }
  const took: number[] = [];
  for (let i = 0; i < 5; i++) {
    const before = performance.now();
    const late = await v2(server, 'long');
    took.push(performance.now() - before);
    expect(late.text).toBe(typist.text);
    expect(late.bytesReceived).toBeLessThan(typist.length + 2_000);
  }
  expect(Math.min(...took)).toBeLessThan(1_000); // the machine may have been busy with something else now and then
});
