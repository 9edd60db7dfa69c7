// Stopping: the founding document's "Testing graceful shutdown", with a client.
import { expect, test } from 'vitest';
import { V1Client, v1, v2 } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { startServer } from './support/server.ts';
import { WriteLock, sql } from './support/sqlite.ts';
import { PATIENCE_MS, sleep } from './support/wait.ts';

const QUIET = { KP_TEST_IDLE_PERSIST_MS: 3_600_000, KP_TEST_SAFETY_NET_MS: 3_600_000 };

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: the log lines, exit 0, everybody told, the text in the database`, async () => {
    const server = await startServer(QUIET);
    const alice = await v1(server, 'test123');
    const bob = await v2(server, 'test123');
    await alice.type('the latest data');
    await bob.sees('the latest data');

    server.signal(signal);
    expect(await server.exited()).toEqual({ code: 0, signal: null });
    for (const client of [alice, bob]) {
      expect(await client.closing()).toMatchObject({ code: 1001, reason: expect.stringMatching(/restart/i) });
    }
    const order = ['Shutting down...', 'Flushed document test123', 'Graceful shutdown complete - flushed 1 documents'];
    const at = order.map((line) => server.log.indexOf(`info: ${line}`));
    expect(at.every((position) => position >= 0), server.log).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(sql(server.database, "SELECT id, text FROM documents WHERE id='test123'")).toEqual([
      { id: 'test123', text: 'the latest data' },
    ]);
  });
}

test('only changed documents are flushed, and each once', async () => {
  const server = await startServer(QUIET);
  const changed = await v1(server, 'changed');
  await v1(server, 'looked-at');
  const left = await v1(server, 'left');
  await left.type('x');
  await left.close();
  await server.logged(/flush docId=left/);
  await changed.type('y');
  expect((await server.stop()).code).toBe(0);
  expect(server.log).toContain('Flushed document changed');
  expect(server.log).not.toMatch(/Flushed document (looked-at|left)/);
  expect(server.log).toContain('flushed 1 documents');
});

test('the database is closed: no journal files of SQLite are left behind', async () => {
  const server = await startServer();
  await (await v1(server, 'pad')).type('text');
  await server.stop();
  const { existsSync } = await import('node:fs');
  expect(existsSync(`${server.database}-wal`)).toBe(false);
});

test('a second signal exits at once with 1', async () => {
  // At once: a shard that has ended already is not waited for, which TSan takes for a leak.
  const impatient = { TSAN_OPTIONS: `${process.env['TSAN_OPTIONS'] ?? ''} report_thread_leaks=0` };
  const server = await startServer({ ...QUIET, ...impatient });
  const alice = await v1(server, 'pad');
  await alice.type('text');
  const lock = await WriteLock.hold(server.database); // so the flush cannot finish
  server.signal('SIGTERM');
  await server.logged('Shutting down...');
  await sleep(300);
  expect(server.running).toBe(true);
  const before = Date.now();
  server.signal('SIGTERM');
  expect((await server.exited()).code).toBe(1);
  expect(Date.now() - before).toBeLessThan(5000);
  await lock.release();
});

test('connections that never finish anything do not hold up the end', async () => {
  const server = await startServer();
  const { connect } = await import('node:net');
  const halfOpen = Array.from({ length: 5 }, () => connect(server.port, '127.0.0.1'));
  halfOpen.forEach((socket) => {
    socket.on('error', () => undefined);
    socket.write('GET /api/socket/x HTTP/1.1\r\nHost: localhost\r\n');
  });
  const deaf = await v1(server, 'pad');
  deaf.socket.pause();
  await sleep(100);
  const before = Date.now();
  expect((await server.stop()).code).toBe(0);
  expect(Date.now() - before).toBeLessThan(Math.min(PATIENCE_MS, 8000));
  halfOpen.forEach((socket) => socket.destroy());
});

test('new visitors are turned away, and edits after the signal are not half taken', async () => {
  const server = await startServer(QUIET);
  const alice = await v2(server, 'pad');
  await alice.type('kept');
  const lock = await WriteLock.hold(server.database);
  server.signal('SIGTERM');
  await server.logged('Shutting down...');
  alice.insert(' late');
  await expect(V1Client.open(server, 'other')).rejects.toThrow();
  await lock.release();
  expect((await server.exited()).code).toBe(0);
  const stored = sql<{ text: string }>(server.database, "SELECT text FROM documents WHERE id='pad'")[0]?.text;
  // either it was acknowledged and is there, or it was not and is not
  expect(stored).toBe(alice.replica.settled ? 'kept late' : 'kept');
});

// The server waits for the database as long as SQLite waits for the lock, or a little less.
test('a password change that the database does not answer is answered all the same', async () => {
  const server = await startServer(QUIET);
  const alice = await v2(server, 'pad');
  await alice.type('text');
  const lock = await WriteLock.hold(server.database);
  const change = server.get('/api/document/pad/protect', jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }));
  await sleep(20);
  const [answer] = await Promise.all([change, server.stop()]);
  expect(answer.status).toBe(503);
  await lock.release();
  await server.restart();
  expect(await server.text('pad'), 'no password that nobody was told').toBe('text');
});

test('whoever deletes the history while the server stops is told what became of it', async () => {
  const server = await startServer(QUIET);
  await (await v1(server, 'pad')).type('text');
  const lock = await WriteLock.hold(server.database);
  const deletion = server.get('/api/document/pad/history', { method: 'DELETE' });
  await sleep(200);
  server.signal('SIGTERM');
  await server.logged('Shutting down...');
  await sleep(100);
  await lock.release();
  const { status } = await deletion;
  expect((await server.exited()).code).toBe(0);
  await server.restart();
  const left = json<unknown[]>(await server.get('/api/document/pad/history')).length;
  expect([status, left]).toEqual(status === 204 ? [204, 0] : [503, 1]);
});

// how long 10,000 take is for `make bench`
test('a thousand changed pads are all there', async () => {
  const server = await startServer({ ...QUIET, RATE_LIMITS: 'off' });
  for (let batch = 0; batch < 10; batch++) {
    const pads = await Promise.all(Array.from({ length: 100 }, (_, i) => v1(server, `pad-${batch * 100 + i}`)));
    await Promise.all(pads.map((pad) => pad.type('changed '.repeat(64))));
  }
  expect((await server.stop()).code).toBe(0);
  expect(server.log).toContain('flushed 1000 documents');
  expect(sql(server.database, "SELECT count(*) AS n FROM documents WHERE text <> ''")).toEqual([{ n: 1000 }]);
});
