// /debug/pprof: for this machine or with the token, and what it tells is true.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { startServer, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const ENDPOINTS = ['', 'goroutine', 'goroutine?debug=2', 'heap', 'profile?seconds=1', 'symbol', 'cmdline'];

describe('who may', () => {
  const server = useServer({ DEBUG_TOKEN: 'let me in' });
  const through = (headers: Record<string, string>, target = 'cmdline'): Promise<Answer> =>
    server().get(`/debug/pprof/${target}`, { headers });

  test.each(ENDPOINTS)('/debug/pprof/%s is for this machine', async (target) => {
    expect((await server().get(`/debug/pprof/${target}`)).status).toBe(200);
    expect((await through({ 'x-forwarded-for': '203.0.113.7' }, target)).status).toBe(403);
  });

  test.each(['x-forwarded-for', 'x-real-ip', 'forwarded', 'via', 'x-forwarded-proto'])(
    'a proxy on this machine, known by %s, is not this machine',
    async (header) => expect((await through({ [header]: '127.0.0.1' })).status).toBe(403),
  );

  test('the token opens it from anywhere', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.7' };
    expect((await through({ ...forwarded, authorization: 'Bearer let me in' })).status).toBe(200);
    expect((await through(forwarded, 'cmdline?token=let%20me%20in')).status).toBe(200);
    expect((await through({ ...forwarded, authorization: 'Bearer let me' })).status).toBe(403);
    expect((await through(forwarded, 'cmdline?token=')).status).toBe(403);
  });

  test('without DEBUG_TOKEN no token does', async () => {
    const own = await startServer();
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect((await own.get('/debug/pprof/heap?token=', { headers })).status).toBe(403);
    expect((await own.get('/debug/pprof/heap', { headers: { ...headers, authorization: 'Bearer ' } })).status).toBe(403);
  });

  test('a client behind a trusted proxy is judged by its own address', async () => {
    const own = await startServer({ TRUSTED_PROXIES: '127.0.0.1' });
    expect((await own.get('/debug/pprof/heap', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(403);
  });
});

describe('goroutine', () => {
  test('?debug=2: one block for each connection, persister and thread, with its age and state', async () => {
    const server = await startServer();
    await v1(server, 'abc 123');
    await v2(server, 'abc 123');
    const bob = await v2(server, 'other');
    await bob.type('x');
    const { text } = await server.get('/debug/pprof/goroutine?debug=2');
    const blocks = text.trim().split('\n\n');
    for (const block of blocks) expect(block).toMatch(/^goroutine \d+ \[[a-z ]+, \d+ seconds\]:\n(connection|persister|thread) .*\n\t(shard-\d+|thread \d+)$/);
    expect(new Set(blocks.map((block) => block.match(/\d+/)?.[0])).size).toBe(blocks.length);
    const about = (what: RegExp): number => blocks.filter((block) => what.test(block)).length;
    expect(about(/\nconnection docId="abc 123" .*protocol=v1/)).toBe(1);
    expect(about(/\nconnection docId="abc 123" .*protocol=v2/)).toBe(1);
    expect(about(/\[joined, /)).toBe(3);
    expect(about(/\npersister docId="abc 123" users=2 /)).toBe(1);
    expect(about(/\npersister docId="other" users=1 revision=1 committed=1 saved_revision=0/)).toBe(1);
    expect(about(/\nthread (store|log|shard-\d+)/)).toBeGreaterThanOrEqual(3);
    expect((await server.stats())['goroutine_count']).toBe(blocks.length);
  });

  test('the summary counts them', async () => {
    const server = await startServer();
    const clients = await Promise.all(['a', 'a', 'b'].map((id) => v2(server, id)));
    const { text } = await server.get('/debug/pprof/goroutine');
    expect(text).toMatch(/^goroutine profile: total \d+\n/);
    expect(text).toContain('\n3 connection joined\n');
    expect(text).toContain('\n2 persister waiting\n');
    await Promise.all(clients.map((client) => client.close()));
    await until('no connection in the dump', async () => !/connection|persister/.test((await server.get('/debug/pprof/goroutine')).text));
  });

  test('texts, names and passwords are not in it', async () => {
    const server = await startServer();
    const alice = await v2(server, 'pad', { name: 'Alice Example' });
    await alice.type('the text of the document');
    expect((await server.get('/debug/pprof/goroutine?debug=2')).text).not.toMatch(/Alice|the text/);
  });
});

describe('profiles', () => {
  test('heap: the text format of gperftools, with the memory map', async () => {
    const server = await startServer();
    const { text, headers } = await server.get('/debug/pprof/heap');
    expect(text).toMatch(/^heap profile: \d+: \d+ \[\d+: \d+\] @ heap_v2\/524288\n/);
    expect(text).toContain('\nMAPPED_LIBRARIES:\n');
    expect(text).toMatch(/r-xp .*kolabpad-server/);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('profile: the binary format of gperftools, after so many seconds, while the server serves', async () => {
    const server = await startServer();
    const began = Date.now();
    const profile = server.get('/debug/pprof/profile?seconds=2');
    const alice = await v2(server, 'pad');
    for (let i = 0; i < 20; i++) await alice.type('x');
    const second = until('503 for a second one', async () => (await server.get('/debug/pprof/profile?seconds=1')).status === 503);
    await second;
    const { status, body } = await profile;
    expect(status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(2000);
    expect([0, 1, 2, 3, 4].map((word) => Number(body.readBigUInt64LE(word * 8)))).toEqual([0, 3, 0, 10_000, 0]);
    expect(body.toString('latin1')).toMatch(/r-xp .*kolabpad-server/);
    expect((await server.get('/debug/pprof/profile?seconds=1')).status).toBe(200);
  });

  // `go tool pprof` asks for what it does not find in files, and gives up when it is refused
  test('symbol: names the addresses in libraries', async () => {
    const server = await startServer();
    const { text: heap } = await server.get('/debug/pprof/heap');
    const [start, end] = /^([0-9a-f]+)-([0-9a-f]+) r-xp .*libmicrohttpd/m.exec(heap)!.slice(1).map((digits) => BigInt(`0x${digits}`)) as [bigint, bigint];
    const addresses = Array.from({ length: 200 }, (_, i) => `0x${(start + (BigInt(i) * (end - start)) / 200n).toString(16)}`);
    const { status, text } = await server.get('/debug/pprof/symbol', { method: 'POST', body: addresses.join('+') });
    expect(status).toBe(200);
    expect(text).toMatch(/^0x[0-9a-f]+\tMHD_[a-z_]+$/m);
    for (const line of text.trim().split('\n')) expect(addresses).toContain(line.split('\t')[0]);
    expect((await server.get('/debug/pprof/symbol', { method: 'POST', body: addresses[0]!, headers: { via: 'x' } })).status).toBe(403);
  });

  test.each(['0', '-1', 'x', '301', '99999999999999999999', ''])('seconds=%s is refused', async (seconds) => {
    const server = await startServer();
    expect((await server.get(`/debug/pprof/profile?seconds=${seconds}`)).status).toBe(400);
  });

  test('the server does not wait for a profile when it stops', async () => {
    const server = await startServer();
    const profile = server.get('/debug/pprof/profile?seconds=300').catch(() => undefined);
    await until('the profile to run', async () => (await server.get('/debug/pprof/profile?seconds=1')).status === 503);
    const began = Date.now();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(Date.now() - began).toBeLessThan(20_000);
    await profile;
  });
});
