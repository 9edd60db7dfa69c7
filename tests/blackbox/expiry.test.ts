// Documents leave memory when nobody needs them, and the database when nobody
// came back for them. Never while somebody is there.
import { describe, expect, test } from 'vitest';
import { freshTab, v1, v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { startServer } from './support/server.ts';
import { rowsOf, sql, storedDocument } from './support/sqlite.ts';
import { sleep, until } from './support/wait.ts';

const EXPIRING = { KP_TEST_EXPIRY_MS: 1500, KP_TEST_CLEANUP_INTERVAL_MS: 150, KP_TEST_MEMORY_RETENTION_MS: 200 };
const GONE = { documents: 0, journal: 0, epochs: 0 };

describe('expiry', () => {
  test('a document nobody opened is deleted for good: row, journal and epochs', async () => {
    const server = await startServer(EXPIRING);
    const alice = await v1(server, 'old');
    await alice.type('to be forgotten');
    await alice.close();
    await until('the row', () => storedDocument(server.database, 'old'));
    await server.logged(/info: document_expired docId=old age=/);
    expect(rowsOf(server.database, 'old')).toEqual(GONE);
    expect((await server.stats())['document_expirations_total']).toBe(1);
    expect(json(await server.get('/api/document/old'))).toMatchObject({ exists: false });
  });

  test('a document that only other sessions know is deleted too', async () => {
    const server = await startServer();
    await (await v1(server, 'stored')).type('text');
    await server.restart(EXPIRING);
    await server.logged(/document_expired docId=stored/);
    expect(rowsOf(server.database, 'stored')).toEqual(GONE);
  });

  test('regression: never while somebody is connected, however quiet', async () => {
    const server = await startServer(EXPIRING);
    const alice = await v1(server, 'open');
    await alice.type('still here');
    await sleep(EXPIRING.KP_TEST_EXPIRY_MS * 3);
    expect(server.log).not.toMatch(/document_expired docId=open/);
    expect(alice.closed).toBeUndefined();
    await alice.type('!');
    expect(await server.text('open')).toBe('still here!');
  });

  test('the time counts from the last visit, not from the last edit', async () => {
    const server = await startServer(EXPIRING);
    const first = await v1(server, 'visited');
    await first.type('text');
    await first.close();
    for (let i = 0; i < 5; i++) {
      await sleep(EXPIRING.KP_TEST_EXPIRY_MS / 2);
      const visitor = await v2(server, 'visited');
      expect(visitor.text).toBe('text');
      await visitor.close();
    }
    expect(server.log).not.toMatch(/document_expired docId=visited/);
  });

  test('afterwards it is a new document: an old tab gets an empty Snapshot and keeps what it did not send', async () => {
    const server = await startServer(EXPIRING);
    const tab = freshTab();
    const alice = await v2(server, 'again', { tab });
    await alice.type('old text');
    await alice.close();
    await server.logged(/document_expired docId=again/);
    const again = await v2(server, 'again', { tab });
    expect(again.welcome).toMatchObject({ resumed: false, revision: 0 });
    expect(again.all('Snapshot')).toEqual([{ revision: 0, text: '' }]);
    await again.type('new text');
    expect(await server.text('again')).toBe('new text');
  });

  test('EXPIRY_DAYS=0 keeps for ever', async () => {
    const server = await startServer();
    await (await v1(server, 'eternal')).type('text');
    await server.stop();
    sql(server.database, 'UPDATE documents SET accessed_at = 1, updated_at = 1, created_at = 1');
    await server.restart({ EXPIRY_DAYS: 0, KP_TEST_CLEANUP_INTERVAL_MS: 100 });
    await sleep(600);
    expect(await server.text('eternal')).toBe('text');
  });

  test('Welcome and the API say when', async () => {
    const server = await startServer({ EXPIRY_DAYS: 3 });
    const alice = await v2(server, 'when');
    await alice.type('text');
    const expected = Date.now() / 1000 + 3 * 86_400;
    expect(Math.abs(alice.welcome.expires_at - expected)).toBeLessThan(120);
    const known = json<{ expires_at: number }>(await server.get('/api/document/when'));
    expect(Math.abs(known.expires_at - expected)).toBeLessThan(120);
  });
});

describe('expires_at', () => {
  test('reading does not move it, and being there does', async () => {
    const server = await startServer({ EXPIRY_DAYS: 3 });
    await (await v2(server, 'old')).type('text');
    await server.stop();
    sql(server.database, 'UPDATE documents SET accessed_at = accessed_at - 2 * 86400; UPDATE journal SET time_ms = time_ms - 2 * 86400 * 1000');
    const expiresAt = async (): Promise<number> => json<{ expires_at: number }>(await server.get('/api/document/old')).expires_at;
    for (let starts = 0; starts < 2; starts += 1) {
      await server.restart();
      for (let reads = 0; reads < 2; reads += 1) {
        expect(await server.text('old')).toBe('text');
        expect(Math.abs((await expiresAt()) - Date.now() / 1000 - 86_400)).toBeLessThan(120);
      }
    }
    const alice = await v2(server, 'old');
    expect(Math.abs(alice.welcome.expires_at - Date.now() / 1000 - 3 * 86_400)).toBeLessThan(120);
    expect(Math.abs((await expiresAt()) - Date.now() / 1000 - 3 * 86_400)).toBeLessThan(120);
  });
});

describe('eviction from memory', () => {
  const EVICTING = { KP_TEST_MEMORY_RETENTION_MS: 300, KP_TEST_CLEANUP_INTERVAL_MS: 100 };

  test('a document without connections leaves memory and comes back as it was', async () => {
    const server = await startServer(EVICTING);
    const tab = freshTab();
    const alice = await v2(server, 'pad', { tab });
    await alice.type('evicted text');
    await alice.close();
    await server.logged(/info: document_evicted docId=pad age=/);
    await until('no document in memory', async () => (await server.stats())['documents_in_memory'] === 0);
    expect((await server.stats())['document_evictions_total']).toBe(1);
    expect(storedDocument(server.database, 'pad')).toMatchObject({ text: 'evicted text' });
    const again = await v2(server, 'pad', { tab });
    expect(again.welcome).toMatchObject({ resumed: true });
    expect(again.text).toBe('evicted text');
  });

  test('not while somebody is connected', async () => {
    const server = await startServer(EVICTING);
    const alice = await v1(server, 'pad');
    await alice.type('text');
    await sleep(1200);
    expect(server.log).not.toMatch(/document_evicted/);
    await alice.type('!');
  });
});
