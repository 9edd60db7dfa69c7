// What is written when, and what is there afterwards.
import { describe, expect, test } from 'vitest';
import { freshTab, v1, v2, v2Silent } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { startServer } from './support/server.ts';
import { WriteLock, damageText, rowsOf, sql, storedDocument } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

/** Nothing is written by itself, unless a test wants it. */
const QUIET = { KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 3_600_000, KP_TEST_SAFETY_NET_MS: 3_600_000 };

describe('snapshots', () => {
  test('idle_threshold: some time after the last edit', async () => {
    const server = await startServer({ ...QUIET, KP_TEST_IDLE_PERSIST_MS: 300 });
    const alice = await v1(server, 'idle');
    await alice.type('abc');
    await server.logged(/info: persisted docId=idle reason=idle_threshold revision=1\b/);
    expect(storedDocument(server.database, 'idle')).toMatchObject({ text: 'abc', revision: 1 });
    expect((await server.stats())['idle_persist_total']).toBe(1);
  });

  test('idle_threshold: not while somebody types, and once only', async () => {
    const server = await startServer({ ...QUIET, KP_TEST_IDLE_PERSIST_MS: 700 });
    const alice = await v1(server, 'busy');
    for (let i = 0; i < 12; i++) {
      await alice.type('x');
      await sleep(100);
    }
    expect(server.log).not.toMatch(/persisted docId=busy/);
    await server.logged(/persisted docId=busy reason=idle_threshold revision=12\b/);
    await sleep(1000);
    expect(server.log.match(/persisted docId=busy/g)).toHaveLength(1);
  });

  test('safety_net: at last even while somebody types', async () => {
    const server = await startServer({ ...QUIET, KP_TEST_SAFETY_NET_MS: 400 });
    const alice = await v1(server, 'typing');
    const end = Date.now() + 15_000;
    while (!/persisted docId=typing reason=safety_net revision=\d+/.test(server.log)) {
      if (Date.now() > end) throw new Error(`no safety net:\n${server.log}`);
      await alice.type('y');
      await sleep(20);
    }
    expect((await server.stats())['safety_net_persist_total']).toBeGreaterThan(0);
  });

  test('a language change counts as a change', async () => {
    const server = await startServer({ ...QUIET, KP_TEST_IDLE_PERSIST_MS: 200 });
    const alice = await v1(server, 'language');
    alice.send({ SetLanguage: 'haskell' });
    await server.logged(/persisted docId=language reason=idle_threshold/);
    expect(storedDocument(server.database, 'language')).toMatchObject({ language: 'haskell' });
  });

  test('critical_write: a password is stored before it is answered', async () => {
    const server = await startServer(QUIET);
    const alice = await v1(server, 'secret');
    await alice.type('text');
    const answer = await server.get('/api/document/secret/protect', jsonBody('POST', { user_id: 0, user_name: 'A' }));
    const stored = storedDocument(server.database, 'secret');
    expect(stored).toMatchObject({ otp: json(answer)['otp'], text: 'text' });
    await server.logged(/info: critical_write docId=secret type=otp_protect/);
    expect((await server.stats())['critical_write_total']).toBeGreaterThan(0);
  });

  test('last_disconnect: when the last one leaves, not before', async () => {
    const server = await startServer(QUIET);
    const alice = await v1(server, 'last');
    const bob = await v2(server, 'last');
    await alice.type('abc');
    await bob.sees('abc');
    await alice.close();
    await bob.type('def');
    expect(server.log).not.toMatch(/flush docId=last/);
    await bob.close();
    await server.logged(/info: flush docId=last reason=last_disconnect/);
    expect(storedDocument(server.database, 'last')).toMatchObject({ text: 'abcdef', revision: 2 });
    await server.logged(/info: persister_stopped docId=last reason=last_user_disconnect/);
    const stats = await server.stats();
    expect(stats['last_user_flush_total']).toBe(1);
    expect(stats['active_persisters']).toBe(0);
  });

  test('an unchanged document is not written again', async () => {
    const server = await startServer(QUIET);
    const alice = await v1(server, 'unchanged');
    await alice.type('abc');
    await alice.close();
    await server.logged(/flush docId=unchanged/);
    await (await v1(server, 'unchanged')).close();
    await until('the persister to stop twice', () => (server.log.match(/persister_stopped docId=unchanged/g) ?? []).length === 2);
    expect(server.log.match(/flush docId=unchanged/g)).toHaveLength(1);
  });
});

describe('after a restart', () => {
  for (const how of ['SIGTERM', 'kill -9'] as const) {
    test(`text, language and password are there (${how})`, async () => {
      const server = await startServer(QUIET);
      const alice = await v1(server, 'pad');
      await alice.type('hello 😀\nworld');
      alice.send({ SetLanguage: 'c++' });
      await alice.message('Language');
      const { otp } = json<{ otp: string }>(
        await server.get('/api/document/pad/protect', jsonBody('POST', { user_id: 0, user_name: 'A' })),
      );
      if (how === 'SIGTERM') expect((await server.stop()).code).toBe(0);
      else await server.kill();
      await server.restart();
      const bob = await v2(server, 'pad', { tab: freshTab(otp) });
      expect(bob.text).toBe('hello 😀\nworld');
      expect(bob.welcome).toMatchObject({ language: 'c++', otp });
    });
  }
});

describe('regression: kill -9 right after typing loses nothing', () => {
  test('a single edit, killed at the moment of its echo', async () => {
    const server = await startServer(QUIET);
    const alice = await v1(server, 'pad');
    await alice.type('acknowledged');
    await server.kill();
    await server.restart();
    expect(await server.text('pad')).toBe('acknowledged');
  });

  test('edits after a snapshot are in the journal, and revisions go on', async () => {
    const server = await startServer({ ...QUIET, KP_TEST_IDLE_PERSIST_MS: 100 });
    const alice = await v2(server, 'pad');
    await alice.type('snapshot');
    await server.logged(/persisted docId=pad/);
    await alice.type(' and journal');
    await server.kill();
    await server.restart();
    const bob = await v2(server, 'pad');
    expect(bob.text).toBe('snapshot and journal');
    expect(bob.welcome.revision).toBe(2);
    await bob.type('!');
    await server.kill();
    await server.restart();
    expect(await server.text('pad')).toBe('snapshot and journal!');
  });

  test('edits of many documents at once', async () => {
    const server = await startServer({ ...QUIET, RATE_LIMITS: 'off' });
    const pads = await Promise.all(Array.from({ length: 40 }, (_, i) => v1(server, `many-${i}`)));
    await Promise.all(pads.map((pad, i) => pad.type(`text ${i}`)));
    await server.kill();
    await server.restart();
    for (let i = 0; i < pads.length; i++) expect(await server.text(`many-${i}`)).toBe(`text ${i}`);
  });
});

test('the journal does not grow with every snapshot', async () => {
  const server = await startServer(QUIET);
  for (let round = 0; round < 3; round++) {
    const alice = await v1(server, 'pad');
    for (let i = 0; i < 20; i++) await alice.type('z');
    await alice.close();
    await until('the flush', () => storedDocument(server.database, 'pad')?.revision === (round + 1) * 20);
  }
  expect(rowsOf(server.database, 'pad').documents).toBe(1);
  expect(rowsOf(server.database, 'pad').journal).toBeLessThanOrEqual(60);
});

test('journal before broadcast: nobody hears of an edit that is not stored', async () => {
  const server = await startServer(QUIET);
  const alice = await v1(server, 'pad');
  const bob = await v2(server, 'pad');
  await alice.type('one');
  await bob.sees('one');
  const lock = await WriteLock.hold(server.database);
  alice.insert(' two');
  await sleep(500);
  expect(alice.replica.settled).toBe(false);
  expect(bob.text).toBe('one');
  await server.kill(); // and so nothing that anyone saw can be missing
  await lock.release();
  await server.restart();
  expect(await server.text('pad')).toMatch(/^one/);
});

test('a failed write is retried, counted and reported until it succeeds', async () => {
  const server = await startServer(QUIET);
  const alice = await v2(server, 'pad');
  await alice.type('one');
  const lock = await WriteLock.hold(server.database);
  alice.insert(' two');
  await server.logged(/error: database_write_failed .*error=/);
  await until('an unhealthy answer', async () => (await server.get('/api/health')).status === 503);
  expect(await alice.message('Storage', ({ writable }) => !writable)).toEqual({ writable: false });
  await until('the error to be counted', async () => ((await server.stats())['persist_errors'] ?? 0) > 0);
  await lock.release();
  await alice.settled();
  await alice.message('Storage', ({ writable }) => writable);
  await until('a healthy answer', async () => (await server.get('/api/health')).status === 200);
  await alice.close();
  await until('the text in the database', () => storedDocument(server.database, 'pad')?.text === 'one two');
});

test('regression: a read error is an error, never an empty document', async () => {
  const server = await startServer(QUIET);
  const alice = await v1(server, 'pad');
  await alice.type('precious');
  await alice.close();
  await server.stop();
  // damage that lets the server start but not read this document
  damageText(server.database, 'pad');
  const damaged = storedDocumentHex(server.database);
  await server.restart();

  const tab = await v2Silent(server, 'pad');
  tab.hello();
  expect((await tab.closing()).code).toBe(1013);
  expect(tab.messages).toEqual([]);
  expect((await server.get('/api/text/pad')).status).toBe(503);
  await server.stop();
  expect(storedDocumentHex(server.database)).toBe(damaged);
});

function storedDocumentHex(file: string): string {
  const from = ON_POSTGRES ? "encode(text, 'hex') AS text, otp, revision FROM kp_documents" : 'hex(text) AS text, otp, revision FROM documents';
  return JSON.stringify(sql(file, `SELECT ${from} WHERE id = 'pad'`));
}

test.skipIf(ON_POSTGRES)('DURABILITY=lazy still keeps everything through SIGTERM', async () => {
  const server = await startServer({ ...QUIET, DURABILITY: 'lazy' });
  await (await v1(server, 'pad')).type('lazy text');
  await server.restart();
  expect(await server.text('pad')).toBe('lazy text');
});

test('SQLITE_URI empty: memory only, nothing on disk', async () => {
  const server = await startServer({ ...QUIET, SQLITE_URI: '' });
  const alice = await v1(server, 'pad');
  await alice.type('volatile');
  expect(await server.text('pad')).toBe('volatile');
  expect(() => sql(server.database, 'SELECT 1 FROM documents')).toThrow();
});

test('the database file is for its owner only, in a folder made when missing', async () => {
  const { statSync } = await import('node:fs');
  const path = await import('node:path');
  const { temporaryFolder } = await import('./support/server.ts');
  const folder = temporaryFolder();
  const database = path.join(folder, 'new', 'folder', 'pads.db');
  const server = await startServer({ SQLITE_URI: `sqlite://${database}` }, folder);
  await (await v1(server, 'pad')).type('text');
  expect((statSync(database).mode & 0o777).toString(8)).toBe('600');
});

test.skipIf(ON_POSTGRES)('a backup taken while the server writes is whole', async () => {
  const server = await startServer({ RATE_LIMITS: 'off' });
  const alice = await v1(server, 'pad');
  let typing = true;
  const typist = (async (): Promise<void> => {
    while (typing) await alice.type('w');
  })();
  const copy = `${server.database}.backup`;
  for (let i = 0; i < 3; i++) {
    await sleep(100);
    sql(server.database, `.backup '${copy}'`);
    expect(sql(copy, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }
  typing = false;
  await typist;
});
