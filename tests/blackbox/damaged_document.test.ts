// One document of which nothing can be written, while all others can: a damaged
// page of the database, played by a trigger that refuses its rows.
import { describe, expect, test } from 'vitest';
import { v1, v2, v2Silent } from './support/clients.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { quote, sql, storedDocument } from './support/sqlite.ts';
import { sleep, until } from './support/wait.ts';

const QUIET = { RATE_LIMITS: 'off', WORKERS: 1 };

/** Refuses what is written of the document to that table. */
function damage(server: Server, table: 'journal' | 'documents', id: string): void {
  const key = table === 'journal' ? 'document_id' : 'id';
  for (const event of ['INSERT', 'UPDATE', 'DELETE'])
    sql(
      server.database,
      `CREATE TRIGGER bad_${table}_${event} BEFORE ${event} ON ${table}
       WHEN ${event === 'DELETE' ? 'old' : 'new'}.${key} = ${quote(id)} BEGIN SELECT RAISE(ABORT, 'a damaged page'); END`,
    );
}

function mend(server: Server): void {
  for (const { name } of sql<{ name: string }>(server.database, "SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    sql(server.database, `DROP TRIGGER ${name}`);
}

describe.each(['journal', 'fsync'])('%s: a row of the journal that cannot be written', (durability) => {
  test('concerns the people of its document, and nobody else', async () => {
    const server = await startServer({ ...QUIET, DURABILITY: durability });
    const [bad, good] = [await v2(server, 'bad'), await v2(server, 'good')];
    await Promise.all([bad.type('a'), good.type('x')]);
    damage(server, 'journal', 'bad');
    bad.insert('b');
    good.insert('y');
    await bad.message('Storage', ({ writable }) => writable === false);
    await good.settled();
    for (let i = 0; i < 20; i += 1) await good.type('z'); // the shard goes on while it is tried again
    expect(good.all('Storage')).toEqual([]);
    expect((await server.get('/api/health')).status).toBe(200);

    const answers = await Promise.all(['/api/text/bad', '/api/document/bad', '/api/text/good'].map((path) => server.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    const late = await v2Silent(server, 'bad');
    late.hello();
    expect((await late.closing()).code).toBe(1013);
    expect((await v2(server, 'good')).text).toBe(good.text);
    expect((await v1(server, 'other')).text).toBe('');
    await server.logged(/error: document_write_failed docId=bad/);
    await server.logged(/error: database_write_failed docId=bad error="[^"]*a damaged page/);

    bad.insert('c');
    await sleep(300);
    expect(bad.replica.settled).toBe(false);
    mend(server);
    await bad.settled();
    await bad.message('Storage', ({ writable }) => writable === true);
    await server.logged(/warn: document_write_recovered docId=bad/);
    expect(await server.text('bad')).toBe('abc');
    await server.kill();
    await server.restart();
    expect(await server.text('bad')).toBe('abc');
    expect(await server.text('good')).toBe(good.text);
  });
});

test('lazy: a document whose row cannot be written is told so, alone', async () => {
  const server = await startServer({ ...QUIET, DURABILITY: 'lazy', KP_TEST_IDLE_PERSIST_MS: 200, KP_TEST_PERSIST_CHECK_MS: 100 });
  const [bad, good] = [await v2(server, 'bad'), await v2(server, 'good')];
  damage(server, 'documents', 'bad');
  await Promise.all([bad.type('a'), good.type('x')]);
  await bad.message('Storage', ({ writable }) => writable === false);
  await until('the other document', () => storedDocument(server.database, 'good')?.text === 'x');
  expect(good.all('Storage')).toEqual([]);
  expect((await server.get('/api/health')).status).toBe(200);
  mend(server);
  await bad.message('Storage', ({ writable }) => writable === true);
  expect(storedDocument(server.database, 'bad')?.text).toBe('a');
});

test('a stop says what it could not write, after having tried', async () => {
  const server = await startServer(QUIET);
  const [bad, good] = [await v2(server, 'bad'), await v2(server, 'good')];
  await Promise.all([bad.type('a'), good.type('x')]);
  damage(server, 'documents', 'bad');
  await bad.type('b'); // what was typed before may be written by now
  expect((await server.stop()).code).toBe(1);
  await server.logged(/database_write_failed unwritten=1/);
  expect(storedDocument(server.database, 'good')?.text).toBe('x');
  mend(server);
  await server.restart();
  expect(await server.text('bad')).toBe('ab'); // the journal has it
});
