// Metrics mean what docs/metrics.md says, and health tells the truth.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { WriteLock } from './support/sqlite.ts';
import { until } from './support/wait.ts';

type Histogram = { count: number; sum: number; p50?: number; p99?: number };
type Stats = Record<string, number> & { rejected: Record<string, number> };

const stats = async (server: Server): Promise<Stats> => json<Stats>(await server.get('/api/stats'));
const histogram = (all: Stats, name: string): Histogram => all[name] as unknown as Histogram;

/** Waits until the metric is at least that. */
const reaches = (server: Server, name: string, least: number): Promise<unknown> =>
  until(`${name} ≥ ${least}`, async () => ((await stats(server))[name] as number) >= least);

/** Every sample of the Prometheus text, by name with labels. */
async function samples(server: Server): Promise<Map<string, number>> {
  const { text } = await server.get('/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

describe('each reason to write has its counter', () => {
  test('idle, password, last user, eviction', async () => {
    const server = await startServer({ KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_IDLE_PERSIST_MS: 200, KP_TEST_MEMORY_RETENTION_MS: 800 });
    const alice = await v1(server, 'pad');
    await alice.type('a');
    await reaches(server, 'idle_persist_total', 1);
    await server.get('/api/document/pad/protect', jsonBody('POST', { user_id: 0, user_name: 'A' }));
    expect((await stats(server))['critical_write_total']).toBe(1);
    await alice.type('b');
    await alice.close();
    await reaches(server, 'last_user_flush_total', 1);
    await reaches(server, 'document_evictions_total', 1);
    const { db_writes_per_minute: perMinute, safety_net_persist_total: net } = await stats(server);
    expect(perMinute).toBeGreaterThanOrEqual(3);
    expect(net).toBe(0);
  });

  test('the safety net, when people never pause', async () => {
    const server = await startServer({ KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_SAFETY_NET_MS: 300, KP_TEST_IDLE_PERSIST_MS: 60_000 });
    const alice = await v1(server, 'pad');
    await until('a write of the safety net', async () => {
      await alice.type('x');
      return ((await stats(server))['safety_net_persist_total'] as number) > 0;
    });
    expect((await stats(server))['idle_persist_total']).toBe(0);
  });
});

describe('histograms', () => {
  test.each(['journal', 'lazy'])('DURABILITY=%s: an edit is timed from its arrival to its broadcast', async (durability) => {
    const server = await startServer({ DURABILITY: durability });
    const alice = await v2(server, 'pad');
    const bob = await v2(server, 'pad');
    for (let i = 0; i < 5; i++) await alice.type('x');
    await bob.sees('xxxxx');
    const all = await stats(server);
    expect(histogram(all, 'edit_apply_seconds').count).toBe(5);
    expect(histogram(all, 'fanout_seconds').count).toBe(5);
    expect(histogram(all, 'fanout_seconds').sum).toBeGreaterThan(histogram(all, 'edit_apply_seconds').sum);
    expect(histogram(all, 'fanout_seconds').sum).toBeLessThan(60);
    if (durability === 'journal') expect(histogram(all, 'journal_commit_seconds').count).toBeGreaterThan(0);
    expect(all['edits_total']).toBe(5);
    expect(all['deliveries_total']).toBe(10);
  });

  test('a snapshot is timed', async () => {
    const server = await startServer();
    const alice = await v1(server, 'pad');
    await alice.type('x');
    await alice.close();
    await until('a snapshot', async () => histogram(await stats(server), 'persist_latency_seconds').count === 1);
  });
});

test('bytes of both directions are counted', async () => {
  const server = await startServer();
  const alice = await v2(server, 'pad');
  const before = await stats(server);
  await alice.type('x'.repeat(10_000));
  const after = await stats(server);
  const more = (name: string): number => (after[name] as number) - (before[name] as number);
  expect(more('websocket_received_bytes_total')).toBeGreaterThan(10_000);
  expect(more('websocket_received_bytes_total')).toBeLessThan(11_000);
  expect(more('websocket_sent_bytes_total')).toBeGreaterThan(100);
});

test('what was refused is counted once, by its reason', async () => {
  const server = await startServer({ MAX_DOCUMENT_SIZE_KB: 1 });
  const alice = await v2(server, 'pad');
  alice.insert('x'.repeat(2000));
  await alice.message('Rejected');
  await server.get('/nowhere');
  await server.get('/api/stats', { method: 'PUT' });
  const bob = await v2(server, 'pad');
  bob.sendText('nonsense');
  await bob.closing();
  const { rejected, rejected_total: total } = await stats(server);
  expect(rejected).toMatchObject({ document_too_large: 1, not_found: 1, bad_method: 1, bad_message: 1 });
  expect(total).toBe(4);
});

test('when everybody has gone, the gauges are back where they were', async () => {
  const server = await startServer();
  const gauges = ['websocket_connections', 'users', 'active_persisters', 'documents_active', 'goroutine_count'];
  const read = async (): Promise<number[]> => {
    const all = await stats(server);
    return gauges.map((name) => all[name] as number);
  };
  const before = await read();
  const clients = await Promise.all([v1(server, 'a'), v2(server, 'a'), v2(server, 'b')]);
  const during = await stats(server);
  expect(during).toMatchObject({ websocket_connections: 3, users: 3, active_persisters: 2, documents_active: 2, documents_in_memory: 2 });
  expect(during['goroutine_count']).toBe((before[4] as number) + 5);
  await Promise.all(clients.map((client) => client.cut()));
  await until('the gauges of before', async () => JSON.stringify(await read()) === JSON.stringify(before));
});

test('no label tells a document, a person or an address', async () => {
  const server = await startServer();
  const alice = await v2(server, 'secret-document', { name: 'Alice' });
  await alice.type('x');
  const { text } = await server.get('/metrics');
  expect(text).not.toMatch(/secret-document|Alice|127\.0\.0\.1/);
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
  expect(labels).toEqual(new Set(['le', 'reason', 'version', 'commit']));
});

test('METRICS_BARE_NAMES=off leaves the prefixed names only', async () => {
  const [both, prefixed] = await Promise.all([startServer(), startServer({ METRICS_BARE_NAMES: 'off' })]);
  const names = [...(await samples(both)).keys()];
  const bare = names.filter((name) => !name.startsWith('kolabpad_'));
  expect(bare.sort()).toEqual(names.filter((name) => name.startsWith('kolabpad_')).map((name) => name.slice('kolabpad_'.length)).sort());
  expect([...(await samples(prefixed)).keys()].filter((name) => !name.startsWith('kolabpad_'))).toEqual([]);
});

test('the process and the disk: plausible numbers', async () => {
  const server = await startServer();
  const all = await stats(server);
  expect(all['memory_limit_bytes']).toBeGreaterThan(all['memory_usage_bytes'] as number / 1000);
  expect(all['process_open_fds']).toBeGreaterThan(5);
  expect(all['process_open_fds']).toBeLessThan(200);
  expect(all['disk_free_bytes']).toBeGreaterThan(0);
  expect(all['disk_size_bytes']).toBeGreaterThanOrEqual(all['disk_free_bytes'] as number);
});

describe('health', () => {
  test('ok: live, ready, database, lag', async () => {
    const server = await startServer();
    const answer = await server.get('/api/health');
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ status: 'ok', live: true, ready: true, database: 'ok', journal_lag_ms: 0 });
    expect((await server.get('/api/health', { method: 'HEAD' })).status).toBe(200);
  });

  test('a database that cannot be written: live, not ready, counted, logged with the document', async () => {
    const server = await startServer();
    const alice = await v2(server, 'abc123');
    await alice.type('a');
    const lock = await WriteLock.hold(server.database);
    alice.insert('b');
    await until('503', async () => (await server.get('/api/health')).status === 503);
    expect(json(await server.get('/api/health'))).toMatchObject({ status: 'failing', live: true, ready: false, database: 'not writable' });
    expect((await server.get('/api/health/live')).status).toBe(200);
    await reaches(server, 'journal_lag_seconds', 0.1);
    expect((await stats(server))['persist_errors']).toBeGreaterThan(0);
    await server.logged(/error: database_write_failed docId=abc123 error="[^"]*locked/);
    await lock.release();
    await until('200', async () => (await server.get('/api/health')).status === 200);
    await alice.settled();
  });
});
