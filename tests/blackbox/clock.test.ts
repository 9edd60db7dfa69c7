// A wall clock that is wrong, at the start or from one moment to the next:
// nothing is deleted because of what it says, nothing stands still, and what has
// really not been used for long expires all the same.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { canFakeClock, FakeClock } from './support/fake_clock.ts';
import { json } from './support/http.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { backToSchema, sql, storedDocument } from './support/sqlite.ts';
import { sleep, until } from './support/wait.ts';

/** Searches all the time; pads are kept for a week. */
const WEEK = { EXPIRY_DAYS: 7, KP_TEST_CLEANUP_INTERVAL_MS: 100 };
const SEARCHES_MS = 700;
const FIRST_SEARCH_MS = 2_000; // it comes a second after the start

async function write(server: Server, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const alice = await v1(server, id);
    await alice.type(`text of ${id}`);
    await alice.close();
  }
  await until('the rows', () => ids.every((id) => storedDocument(server.database, id)?.text === `text of ${id}`));
}

async function expectAll(server: Server, ...ids: string[]): Promise<void> {
  await sleep(SEARCHES_MS + Math.max(0, FIRST_SEARCH_MS - 1000 * (await server.stats())['uptime_seconds']!));
  expect(server.log).not.toMatch(/document_expired/);
  expect(sql<{ id: string }>(server.database, 'SELECT id FROM documents ORDER BY id').map((row) => row.id)).toEqual([...ids].sort());
}

const jumps = (server: Server): number => server.log.match(/warn: clock_jumped /g)?.length ?? 0;
const setBack = (server: Server, id: string, days: number): void => {
  sql(server.database, `UPDATE documents SET accessed_at = accessed_at - ${days} * 86400 WHERE id = '${id}'; DELETE FROM journal WHERE document_id = '${id}'`);
};

describe('a clock that is right', () => {
  test('what was not accessed for EXPIRY_DAYS goes with the first search, and nothing else', async () => {
    const server = await startServer(WEEK);
    await write(server, 'old', 'new');
    await server.stop();
    setBack(server, 'old', 8);
    setBack(server, 'new', 6);
    await server.restart();
    await server.logged(/document_expired docId=old age=8d/);
    await expectAllBut(server, 'old', ['new']);
    expect(jumps(server)).toBe(0);
    expect((await server.stats())['clock_offset_seconds']).toBe(0);
  });
});

async function expectAllBut(server: Server, gone: string, left: string[]): Promise<void> {
  await until(`${gone} gone`, () => storedDocument(server.database, gone) === undefined);
  expect(sql<{ id: string }>(server.database, 'SELECT id FROM documents').map((row) => row.id)).toEqual(left);
}

describe.skipIf(!canFakeClock)('a clock that is wrong', () => {
  test('three years ahead for some seconds, then right again, several times', async () => {
    const clock = new FakeClock();
    const server = await startServer({ ...WEEK, ...clock.settings });
    await write(server, 'a', 'b');
    for (const at of ['+3y', '+0', '+3y', '+10y', '+0']) {
      await server.stop();
      clock.set(at);
      await server.restart();
      expect(jumps(server)).toBe(1);
      await expectAll(server, 'a', 'b');
    }
    await server.stop();
    setBack(server, 'a', 8);
    await server.restart();
    await expectAllBut(server, 'a', ['b']);
    expect(jumps(server)).toBe(0);
  });

  test('it jumps while the server runs, ahead and back: nothing goes, and each jump is told', async () => {
    const clock = new FakeClock();
    const server = await startServer({ ...WEEK, ...clock.settings });
    await write(server, 'a');
    for (const [i, at] of ['+3y', '+0', '+8d', '+16d', '-20d', '-50y', '+0'].entries()) {
      clock.set(at);
      await until('the warning', () => jumps(server) === i + 1);
      await write(server, `after${i}`);
      await expectAll(server, 'a', ...Array.from({ length: i + 1 }, (_, n) => `after${n}`));
    }
    expect(Math.abs((await server.stats())['clock_offset_seconds']!)).toBeLessThan(60);
  });

  test('a server that nobody uses sees it too, kill -9 or not', async () => {
    const clock = new FakeClock();
    const server = await startServer({ EXPIRY_DAYS: 1, KP_TEST_EXPIRY_MS: 60_000, KP_TEST_CLEANUP_INTERVAL_MS: 3_600_000, ...clock.settings });
    await write(server, 'a');
    clock.set('+400d');
    await server.logged(/warn: clock_jumped what="while running the clock went from /);
    await until('the offset', () => sql<{ days: number }>(server.database, 'SELECT offset_ms / 86400000 AS days FROM clock')[0]?.days === 400);
    await server.kill();
    await server.restart({ KP_TEST_CLEANUP_INTERVAL_MS: 100 });
    await expectAll(server, 'a');
    expect(jumps(server)).toBe(0);
  });

  test('the first start ever is in 1970; the pad of then stays when the clock is put right, with a restart or without', async () => {
    for (const isRestarted of [false, true]) {
      const clock = new FakeClock('@1970-01-02 00:00:00');
      const server = await startServer({ ...WEEK, ...clock.settings });
      await write(server, 'early');
      if (isRestarted) await server.stop();
      clock.set('+0');
      if (isRestarted) await server.restart();
      await until('the warning', () => jumps(server) === 1);
      await write(server, 'late');
      await expectAll(server, 'early', 'late');
    }
  });

  test('a database from before there was a calendar, under a wrong clock', async () => {
    const clock = new FakeClock();
    const server = await startServer({ ...WEEK, ...clock.settings });
    await write(server, 'a', 'b');
    for (const at of ['+3y', '@1970-01-02 00:00:00']) {
      await server.stop();
      sql(server.database, backToSchema(102));
      clock.set(at);
      await server.restart();
      await expectAll(server, 'a', 'b');
      await server.stop();
      clock.set('+0');
      await server.restart();
      await expectAll(server, 'a', 'b');
    }
  });

  test('what was taken over from an ancestor under an unset clock stays', async () => {
    const clock = new FakeClock('@1970-01-02 00:00:00');
    const server = await startServer({ ...WEEK, ...clock.settings });
    await server.stop();
    sql(server.database, `DROP TABLE documents; DROP TABLE journal; DROP TABLE epochs; ${backToSchema(102)} DROP TABLE schema_migrations;
      CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT); INSERT INTO document VALUES ('plain', 'hello', NULL)`);
    await server.restart();
    expect(await server.text('plain')).toBe('hello');
    clock.set('+0');
    await until('the warning', () => jumps(server) === 1);
    await expectAll(server, 'plain');
  });

  test('after a jump pads expire by the time that passes, no sooner and no later', async () => {
    const clock = new FakeClock('+3y');
    const server = await startServer({ KP_TEST_EXPIRY_MS: 4_000, KP_TEST_CLEANUP_INTERVAL_MS: 100, ...clock.settings });
    await write(server, 'pad');
    const written = Date.now();
    clock.set('+0');
    await server.logged(/document_expired docId=pad/);
    expect(Date.now() - written).toBeGreaterThan(2_900); // times are whole seconds
    expect(Date.now() - written).toBeLessThan(20_000);
  });

  test('set back by years: typing is saved, memory is left, the time that people see is the present', async () => {
    const clock = new FakeClock('+3y');
    const server = await startServer({ KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_IDLE_PERSIST_MS: 1_000, KP_TEST_MEMORY_RETENTION_MS: 2_000, ...clock.settings });
    const visitor = await v2(server, 'left');
    await visitor.type('text');
    await visitor.close();
    const alice = await v2(server, 'pad');
    await alice.type('before');
    clock.set('+0');
    await until('the row', () => storedDocument(server.database, 'pad')?.text === 'before');
    await server.logged(/document_evicted docId=left/);
    await alice.type(', after');
    const known = json<{ updated_at: number; expires_at: number }>(await server.get('/api/document/pad'));
    expect(Math.abs(known.updated_at - Date.now() / 1000)).toBeLessThan(60);
    expect(Math.abs(known.expires_at - Date.now() / 1000 - 7 * 86_400)).toBeLessThan(60);
    expect((await server.stats())['uptime_seconds']).toBeLessThan(60);
  });

  test('set ahead by years: nobody is thrown out of memory, off the line or out of step', async () => {
    const clock = new FakeClock();
    const server = await startServer(clock.settings);
    await write(server, 'resting');
    const [alice, bob] = [await v1(server, 'pad'), await v2(server, 'pad')];
    await alice.type('before');
    await bob.close();
    clock.set('+3y');
    await sleep(2_500);
    await alice.type(', after');
    expect(alice.closed).toBeUndefined();
    const again = await v2(server, 'pad', { tab: bob.tab });
    expect(again.welcome).toMatchObject({ resumed: true });
    expect(again.text).toBe('before, after');
    expect(server.log).not.toMatch(/document_evicted/);
    expect((await server.stats())['uptime_seconds']).toBeLessThan(60);
  });
});
