// docs/durability.md, line by line: what each DURABILITY survives. Power cuts
// are in unit/store_durability_test.c, where the disk can be made to forget.
import { describe, expect, test } from 'vitest';
import { freshTab, v2 } from './support/clients.ts';
import { startServer } from './support/server.ts';
import { WriteLock } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

/** PostgreSQL has no `lazy`: it is refused there. */
const MODES = (['lazy', 'journal', 'fsync'] as const).filter((mode) => mode !== 'lazy' || !ON_POSTGRES);
const JOURNALED = MODES.filter((mode) => mode !== 'lazy');

describe.each(MODES)('%s', (mode) => {
  test('SIGTERM right after an echo loses nothing', async () => {
    const server = await startServer({ DURABILITY: mode });
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('all of it');
    await server.restart();
    expect(await server.text('pad')).toBe('all of it');
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome).toMatchObject({ committed: 1, revision: 1 });
    expect(again.text).toBe('all of it');
  });

  test('what was typed while the database was locked is there afterwards, once', async () => {
    const server = await startServer({ DURABILITY: mode });
    const alice = await v2(server, 'pad');
    await alice.type('before');
    const lock = await WriteLock.hold(server.database);
    alice.insert(' during');
    await sleep(300);
    if (mode !== 'lazy') expect(alice.replica.settled).toBe(false);
    await lock.release();
    await alice.settled();
    await server.restart();
    expect(await server.text('pad')).toBe('before during');
  });
});

describe.each(JOURNALED)('%s', (mode) => {
  test('kill -9 right after an echo loses nothing', async () => {
    const server = await startServer({ DURABILITY: mode });
    await (await v2(server, 'pad')).type('all of it');
    await server.kill();
    await server.restart();
    expect(await server.text('pad')).toBe('all of it');
  });
});

test.skipIf(ON_POSTGRES)('a server that stops while the database is locked leaves nothing behind of what nobody waits for', async () => {
  const server = await startServer();
  await (await v2(server, 'pad')).type('all of it');
  await server.restart();
  const lock = await WriteLock.hold(server.database);
  await v2(server, 'pad'); // that it was opened is still to be written when the server stops
  const end = server.stop();
  await server.logged('Shutting down');
  await sleep(1000);
  await lock.release();
  expect(await end).toEqual({ code: 0, signal: null });
});

test.skipIf(ON_POSTGRES)('lazy: kill -9 goes back to the last snapshot, which is whole, and a tab is given it instead of a splice', async () => {
  const server = await startServer({ DURABILITY: 'lazy', KP_TEST_PERSIST_CHECK_MS: 20, KP_TEST_IDLE_PERSIST_MS: 50 });
  const tab = freshTab();
  const alice = await v2(server, 'pad', { tab });
  await alice.type('saved');
  await until('a snapshot', async () => ((await server.stats())['idle_persist_total'] ?? 0) > 0);
  await server.restart({ KP_TEST_IDLE_PERSIST_MS: 60_000 });
  const again = await v2(server, 'pad', { tab });
  await again.type(', not saved');
  await server.kill();
  await again.closing();
  again.replica.edit([16, ', not sent']);
  await server.restart();
  const last = await v2(server, 'pad', { tab });
  expect(last.welcome.resumed).toBe(false);
  expect(last.all('Snapshot')).toEqual([{ revision: 1, text: 'saved' }]);
  await last.settled();
  // what was acknowledged is gone from the server; what was not is still there
  expect(await server.text('pad')).toBe('saved, not sent');
});
