// Two servers never serve one file, nor one database unless they know each other: start the new one, stop
// the old one.
import { expect, onTestFinished, test } from 'vitest';
import { freshTab, v1, v2 } from './support/clients.ts';
import { Server, run, startServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

async function second(first: Server): Promise<Server> {
  const server = await Server.launch({ SQLITE_URI: first.database, DATABASE_URL: first.settings['DATABASE_URL'] });
  onTestFinished(() => server.dispose());
  return server;
}

test('the second waits for the lock, says so, and takes over when the first has flushed and gone', async () => {
  const first = await startServer();
  const tab = freshTab();
  const alice = await v2(first, 'pad', { tab });
  await alice.type('written at the first');

  const next = await second(first);
  await next.logged(/waiting/i);
  await sleep(300);
  expect(next.log).not.toMatch(/Listening on/);
  await expect(next.get('/api/health')).rejects.toThrow();
  await alice.type('!'); // the first is undisturbed

  const before = Date.now();
  expect((await first.stop()).code).toBe(0);
  await next.listening();
  expect(Date.now() - before).toBeLessThan(5_000);
  const again = await v2(next, 'pad', { tab });
  expect(again.welcome).toMatchObject({ resumed: true, user_id: alice.id });
  expect(again.text).toBe('written at the first!');
});

test('it takes over after a kill -9 as well', async () => {
  const first = await startServer();
  await (await v1(first, 'pad')).type('acknowledged');
  const next = await second(first);
  await next.logged(/waiting/i);
  await first.kill();
  await next.listening();
  expect(await next.text('pad')).toBe('acknowledged');
});

test('one that waits can be stopped', async () => {
  const first = await startServer();
  const next = await second(first);
  await next.logged(/waiting/i);
  next.signal('SIGTERM');
  const exit = await next.exited();
  expect(exit.signal).toBeNull();
  await (await v1(first, 'pad')).type('undisturbed');
});

test('restarting under load: start new, stop old, and every tab goes on', async () => {
  const first = await startServer({ RATE_LIMITS: 'off' });
  const tabs = Array.from({ length: 6 }, () => freshTab());
  const people = await Promise.all(tabs.map((tab) => v2(first, 'pad', { tab })));
  for (let i = 0; i < 20; i++) for (const [n, person] of people.entries()) person.insert(`<${n}.${i}>`);
  const next = await second(first);
  await next.logged(/waiting/i);
  await first.stop();
  await Promise.all(people.map((person) => person.closing()));
  await next.listening();
  const again = await Promise.all(tabs.map((tab) => v2(next, 'pad', { tab })));
  await Promise.all(again.map((person) => person.settled()));
  await Promise.all(again.map((person) => person.until('everything', () => (person.text.match(/</g) ?? []).length === 120)));
  const tokens = (await next.text('pad')).match(/<[^>]*>/g) ?? [];
  expect(new Set(tokens).size).toBe(120);
  expect(tokens).toHaveLength(120);
});

test('a port in use is one clear line and exit 2', async () => {
  const first = await startServer();
  const other = await run({ HOST: '127.0.0.1', PORT: first.port, SQLITE_URI: '' });
  expect(other.code).toBe(2);
  expect(other.out).toContain(String(first.port));
});
