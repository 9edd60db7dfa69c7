// What the server counts: /api/stats, /metrics, and who is told which of them.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import { v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json } from './support/http.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import type { Server } from './support/server.ts';
import { ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

/** The founding document's names: example, metric lists, troubleshooting; and three more. */
const STATS = [
  'documents_in_memory', 'active_persisters', 'active_persisters_count', 'websocket_connections', 'websocket_connections_total',
  'memory_usage_mb', 'memory_usage_bytes', 'goroutine_count',
  'db_writes_total', 'db_writes_per_minute', 'db_reads_total', 'persist_errors', 'persist_errors_total', 'uptime_seconds',
  'idle_persist_total', 'safety_net_persist_total', 'critical_write_total', 'last_user_flush_total', 'eviction_flush_total',
  'shutdown_flush_total', 'otp_validation_errors_total', 'document_evictions_total', 'document_expirations_total',
  'start_time', 'num_documents', 'database_size', 'documents_stored', 'database_bytes',
];

/** The numbers, at once; PostgreSQL's documents are counted a moment after they were written. */
async function counted(from: Server, documents?: number): Promise<Answer> {
  const isCounted = (stored: number): boolean => (documents === undefined ? stored > 0 : stored === documents);
  const stored = async (): Promise<boolean> => isCounted((await from.stats())['documents_stored'] as number);
  if (ON_POSTGRES) await until('the documents are counted', stored);
  return from.get('/api/stats');
}

/** The exposition format, as much of it as a scraper trips over. */
function checkPrometheus(answer: Answer): void {
  expect(answer.text).not.toContain('\r');
  expect(answer.text.endsWith('\n')).toBe(true);
  const typed = new Set<string>();
  const samples = new Set<string>();
  for (const line of answer.text.trimEnd().split('\n')) {
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      expect(typed.has(type[1] as string), `${type[1]} declared twice`).toBe(false);
      typed.add(type[1] as string);
    } else if (!line.startsWith('# HELP ')) {
      const sample = /^([a-z_]+)(\{[^}]*\})? (NaN|[+-]Inf|[-+0-9.e]+)$/.exec(line);
      expect(sample, line).not.toBeNull();
      const [, name, labels] = sample as RegExpExecArray;
      expect(typed.has(name as string) || typed.has((name as string).replace(/_(bucket|sum|count)$/, '')), line).toBe(true);
      expect(samples.has(`${name}${labels ?? ''}`), `${line} twice`).toBe(false);
      samples.add(`${name}${labels ?? ''}`);
    }
  }
  expect(samples.size).toBeGreaterThan(10);
}

describe('numbers', () => {
  test('GET /api/stats: JSON with every name of the founding document', async () => {
    await (await v1(server(), freshId())).type('x');
    const answer = await counted(server());
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const stats = json<Record<string, number>>(answer);
    for (const name of STATS) expect(stats[name], name).toEqual(expect.any(Number));
    expect(stats['memory_usage_bytes']).toBeGreaterThan(100_000);
    expect(stats['database_size']).toBeGreaterThan(0);
    expect(Math.abs((stats['start_time'] as number) + (stats['uptime_seconds'] as number) - Date.now() / 1000)).toBeLessThan(5);
  });

  test('they count what happens', async () => {
    const own = await startServer();
    const zero = await own.stats();
    expect(zero).toMatchObject({ documents_in_memory: 0, websocket_connections: 0, active_persisters: 0, persist_errors: 0 });
    const alice = await v1(own, 'one');
    await v2(own, 'one');
    await v1(own, 'two');
    await alice.type('x');
    const stats = await own.stats();
    expect(stats).toMatchObject({ documents_in_memory: 2, websocket_connections: 3, active_persisters: 2 });
    expect(stats['db_writes_total']).toBeGreaterThan(zero['db_writes_total'] as number);
  });

  test('num_documents and database_size are what they were for Rustpad: documents in memory, documents stored', async () => {
    const own = await startServer();
    for (const id of ['one', 'two', 'three']) await (await v1(own, id)).type('x');
    const { text: three } = await counted(own, 3);
    expect(JSON.parse(three)).toMatchObject({ num_documents: 3, documents_in_memory: 3, database_size: 3, documents_stored: 3 });
    await own.restart();
    await v1(own, 'one');
    const stats = await own.stats();
    expect(stats).toMatchObject({ num_documents: 1, database_size: 3, documents_stored: 3 });
    expect(stats['database_bytes']).toBeGreaterThanOrEqual(ON_POSTGRES ? 8192 : fs.statSync(own.database).size);
    const text = (await own.get('/metrics')).text;
    expect(text).toMatch(/^kolabpad_documents_stored 3$/m);
    expect(text).not.toMatch(/num_documents|database_size/);
  });

  test.each([
    ['nothing', undefined, 'application/json'],
    ['curl', '*/*', 'application/json'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['JSON first', 'application/json, text/plain;q=0.5', 'application/json'],
    ['text/plain', 'text/plain', 'text/plain'],
    [
      'Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'text/plain',
    ],
  ])('what /api/stats says to %s', async (_who, accept, type) => {
    const answer = await server().get('/api/stats', { headers: accept === undefined ? {} : { accept } });
    expect(answer.status).toBe(200);
    if (type === 'text/plain') {
      expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      checkPrometheus(answer);
    } else expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(String(answer.headers['vary'] ?? '').toLowerCase()).toContain('accept');
  });

  test('/metrics is Prometheus text, whatever is asked for', async () => {
    const answer = await server().get('/metrics', { headers: { accept: 'application/json' } });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    checkPrometheus(answer);
    for (const name of ['kolabpad_documents_in_memory', 'kolabpad_db_writes_total', 'kolabpad_persist_latency_seconds_bucket']) {
      expect(answer.text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    }
  });

  test.each(['/api/stats', '/metrics', '/api/health', '/', '/index.html'])('HEAD %s is GET without the body', async (target) => {
    const [get, head] = [await server().get(target), await server().get(target, { method: 'HEAD' })];
    expect(head.status).toBe(get.status);
    expect(head.body).toHaveLength(0);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });
});
