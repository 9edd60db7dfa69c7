// The HTTP side: every row of the table, static files, headers, numbers.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { Connection, Refused } from './support/connection.ts';
import { forTheTest, v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { freshId, startServer, temporaryFolder, useServer } from './support/server.ts';
import type { Server, Settings } from './support/server.ts';
import { WriteLock, sql } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

/** One part of the Content-Security-Policy. */
function directive(headers: Answer['headers'], name: string): string | undefined {
  const parts = String(headers['content-security-policy']).split('; ');
  return parts.find((part) => part.startsWith(`${name} `))?.slice(name.length + 1);
}

describe('errors', () => {
  test.each([
    ['an unknown address under /api', 'GET', '/api/nonsense', 404],
    ['an unknown file', 'GET', '/nonsense.js', 404],
    ['a bad document id', 'GET', '/api/text/a%00b', 400],
    ['a broken escape', 'GET', '/api/text/%G1', 400],
    ['a document id of 129 bytes', 'GET', `/api/text/${'x'.repeat(129)}`, 400],
    ['a method the address does not take', 'PUT', '/api/stats', 405],
    ['another one', 'GET', '/api/document/x/protect', 405],
    ['a file that is posted to', 'POST', '/index.html', 405],
  ])('%s: %s %s is JSON with %d', async (_what, method, target, status) => {
    const answer = await server().get(target, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(json(answer)).toEqual({ error: expect.stringMatching(/./), code: expect.stringMatching(/^[a-z_]+$/) });
  });
});

describe('the text', () => {
  test.each(['/api/text/', '/api/document/'])('%s…', async (prefix) => {
    const id = freshId('text é');
    const target = prefix + encodeURIComponent(id) + (prefix.includes('document') ? '/text' : '');
    const alice = await v1(server(), id);
    await alice.type('línea\n😀');
    const answer = await server().get(target);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toBe('línea\n😀');
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength('línea\n😀')));
    const tag = answer.headers.etag as string;
    expect(tag).toMatch(/^"[^"]*1[^"]*"$/);

    const same = await server().get(target, { headers: { 'if-none-match': tag } });
    expect(same.status).toBe(304);
    expect(same.body).toHaveLength(0);
    await alice.type('!');
    const changed = await server().get(target, { headers: { 'if-none-match': tag } });
    expect(changed.status).toBe(200);
    expect(changed.text).toBe('línea\n😀!');

    const head = await server().get(target, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.body).toHaveLength(0);
  });

  test('of a document nobody made is empty, and asking makes none', async () => {
    const id = freshId('never');
    const before = (await server().stats())['documents_in_memory'];
    const answer = await server().get(`/api/text/${id}`);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await server().stats())['documents_in_memory']).toBe(before);
    expect(sql(server().database, `SELECT id FROM documents WHERE id = '${id}'`)).toEqual([]);
  });

  test('of a document that is only in the database', async () => {
    const own = await startServer();
    await (await v1(own, 'stored')).type('from disk');
    await own.restart();
    expect(await own.text('stored')).toBe('from disk');
  });

  test('is never HTML for a browser', async () => {
    const id = freshId();
    await (await v1(server(), id)).type('<script>alert(1)</script>');
    const answer = await server().get(`/api/text/${id}`);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('what may be known of a document', () => {
  test('everything, when it is open', async () => {
    const id = freshId();
    const alice = await v2(server(), id, { name: 'Alice' });
    await alice.type('é😀');
    alice.send({ SetLanguage: 'ruby' });
    await alice.message('Language');
    const answer = await server().get(`/api/document/${id}`);
    expect(answer.status).toBe(200);
    const now = Date.now() / 1000;
    const known = json<Record<string, number>>(answer);
    expect(known).toMatchObject({ exists: true, protected: false, language: 'ruby', revision: 1, bytes: 6, users: expect.anything() });
    for (const moment of ['created_at', 'updated_at']) expect(Math.abs((known[moment] as number) - now)).toBeLessThan(120);
    expect(known['expires_at']).toBeGreaterThan(now);
  });

  test('that it does not exist', async () => {
    expect(json(await server().get(`/api/document/${freshId('never')}`))).toEqual({ exists: false, protected: false });
  });
});

describe('health', () => {
  test('200 and ok', async () => {
    const answer = await server().get('/api/health');
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({ status: 'ok' });
  });

  test('503 while the database cannot be written, and back', async () => {
    const own = await startServer();
    const alice = await v1(own, 'pad');
    const lock = await WriteLock.hold(own.database);
    alice.insert('x');
    await until('503', async () => (await own.get('/api/health')).status === 503);
    await lock.release();
    await until('200', async () => (await own.get('/api/health')).status === 200);
  });
});

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

describe('numbers', () => {
  test('GET /api/stats: JSON with every name of the founding document', async () => {
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

describe('static files', () => {
  const INDEX = '<!doctype html><title>Pad</title>' + '<p>filling</p>'.repeat(200);
  const SCRIPT = 'export const answer = 42;\n'.repeat(100);

  async function serving(settings: Settings = {}): Promise<Server> {
    const folder = temporaryFolder();
    const files = path.join(folder, 'dist');
    fs.mkdirSync(path.join(files, 'assets'), { recursive: true });
    const put = (name: string, content: string | Buffer, compressed = false): void => {
      fs.writeFileSync(path.join(files, name), content);
      if (!compressed) return;
      fs.writeFileSync(path.join(files, `${name}.br`), zlib.brotliCompressSync(content));
      fs.writeFileSync(path.join(files, `${name}.gz`), zlib.gzipSync(content));
    };
    put('index.html', INDEX, true);
    put('assets/index-Dk3xP9aB.js', SCRIPT, true);
    put('assets/style-B1c2D3e4.css', 'body{}');
    put('assets/kernel-AbCdEf12.wasm', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    put('assets/font-AbCdEf12.woff2', 'x');
    put('sw.js', 'self.addEventListener("fetch", () => {})', true);
    put('assets/icon-AbCdEf12.png', 'x');
    put('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
    put('favicon.ico', 'x');
    put('manifest.webmanifest', '{}');
    put('robots.txt', 'User-agent: *\n');
    fs.writeFileSync(path.join(folder, 'secret.txt'), 'outside');
    fs.symlinkSync(path.join(folder, 'secret.txt'), path.join(files, 'link.txt'));
    return startServer({ STATIC_DIR: files, ...settings }, folder);
  }

  test('types, caching and content', async () => {
    const own = await serving();
    const rows: [string, RegExp, 'immutable' | 'revalidated'][] = [
      ['/', /^text\/html; *charset=utf-8$/i, 'revalidated'],
      ['/index.html', /^text\/html; *charset=utf-8$/i, 'revalidated'],
      ['/assets/index-Dk3xP9aB.js', /^(text|application)\/javascript/, 'immutable'],
      ['/assets/style-B1c2D3e4.css', /^text\/css/, 'immutable'],
      ['/assets/kernel-AbCdEf12.wasm', /^application\/wasm$/, 'immutable'],
      ['/assets/font-AbCdEf12.woff2', /^font\/woff2$/, 'immutable'],
      ['/icon.svg', /^image\/svg\+xml/, 'revalidated'],
      ['/favicon.ico', /^image\/(x-icon|vnd\.microsoft\.icon)$/, 'revalidated'],
      ['/sw.js', /^text\/javascript/, 'revalidated'], // or a worker of yesterday would stay
      ['/assets/icon-AbCdEf12.png', /^image\/png$/, 'immutable'],
      ['/manifest.webmanifest', /^application\/manifest\+json/, 'revalidated'],
      ['/robots.txt', /^text\/plain/, 'revalidated'],
    ];
    for (const [target, type, caching] of rows) {
      const answer = await own.get(target);
      expect(answer.status, target).toBe(200);
      expect(answer.headers['content-type'], target).toMatch(type);
      const cache = answer.headers['cache-control'];
      if (caching === 'immutable') expect(cache, target).toMatch(/max-age=31536000.*immutable/);
      else expect(cache, target).toMatch(/no-cache|max-age=0/);
      expect(answer.headers.etag, target).toMatch(/^(W\/)?".+"$/);
    }
    expect((await own.get('/')).text).toBe(INDEX);
    expect((await own.get('/assets/index-Dk3xP9aB.js')).text).toBe(SCRIPT);
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate, br;q=1.0', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    ['brotli-ish', undefined],
  ])('Accept-Encoding: %s gets %s', async (accepted, encoding) => {
    const own = await serving();
    const answer = await own.get('/assets/index-Dk3xP9aB.js', { headers: { 'accept-encoding': accepted } });
    expect(answer.headers['content-encoding']).toBe(encoding);
    const decode = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync }[encoding ?? ''];
    expect((decode ? decode(answer.body) : answer.body).toString()).toBe(SCRIPT);
    expect(String(answer.headers['vary']).toLowerCase()).toContain('accept-encoding');
    expect(answer.headers['content-type']).toMatch(/javascript/);
  });

  test('ETag: 304 for the same, 200 for another, and each encoding its own', async () => {
    const own = await serving();
    const target = '/index.html';
    const plain = await own.get(target);
    const tag = plain.headers.etag as string;
    for (const sent of [tag, `"other", ${tag}`, '*', `W/${tag.replace(/^W\//, '')}`]) {
      const answer = await own.get(target, { headers: { 'if-none-match': sent } });
      expect(answer.status, sent).toBe(304);
      expect(answer.body).toHaveLength(0);
      expect(answer.headers.etag).toBeDefined();
    }
    expect((await own.get(target, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const packed = await own.get(target, { headers: { 'accept-encoding': 'br' } });
    if (!tag.startsWith('W/')) expect(packed.headers.etag).not.toBe(tag);
  });

  test.each([
    '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/../../secret.txt', '/assets/..%2f..%2fsecret.txt',
    '/....//secret.txt', '/..\\secret.txt', '/%5c..%5csecret.txt', '//etc/passwd', '/%2fetc/passwd', '/index.html%00.js', '/link.txt',
    '/assets', '/assets/', '/.', '/..', '/%', '/%zz',
  ])('%s shows nothing from outside', async (target) => {
    const own = await serving();
    const answer = await own.get(target);
    expect(answer.text).not.toMatch(/outside|root:/);
    expect([301, 400, 404]).toContain(answer.status);
  });

  test('the security headers are on everything', async () => {
    const own = await serving();
    for (const target of ['/', '/assets/index-Dk3xP9aB.js', '/api/stats', '/metrics', '/nonsense', '/api/text/a%00']) {
      const { headers } = await own.get(target);
      const policy = String(headers['content-security-policy']);
      expect(policy, target).toMatch(/default-src|script-src/);
      expect(policy, target).toContain('frame-ancestors');
      expect(policy.split(';').find((part) => part.trim().startsWith('script-src')) ?? '', target).not.toContain("'unsafe-inline'");
      expect(headers['x-content-type-options'], target).toBe('nosniff');
      expect(headers['referrer-policy'], target).toBe('no-referrer');
      expect(headers['strict-transport-security'], target).toBeUndefined();
    }
  });

  test('the page may have a service worker of this server, and makes code of strings for nothing else', async () => {
    const own = await serving();
    for (const target of ['/', '/sw.js']) {
      const { headers } = await own.get(target);
      expect(directive(headers, 'worker-src'), target).toBe("'self'");
      expect(directive(headers, 'manifest-src'), target).toBe("'self'");
      expect(directive(headers, 'connect-src'), target).toMatch(/^'self'/);
      expect(directive(headers, 'require-trusted-types-for'), target).toBe("'script'");
      expect(directive(headers, 'trusted-types'), target).toBe('service-worker');
    }
  });

  test('no site may frame the page, and none is asked for images, unless the settings say so', async () => {
    const closed = await serving();
    for (const target of ['/', '/api/stats', '/nonsense']) {
      const { headers } = await closed.get(target);
      expect(directive(headers, 'frame-ancestors'), target).toBe("'none'");
      expect(directive(headers, 'img-src'), target).toBe("'self' data: blob:");
      expect(headers['x-frame-options'], target).toBe('DENY');
    }
    expect(json(await closed.get('/api/config'))).toMatchObject({ remote_images: 'off', history_days: 0 });

    const open = await serving({ FRAME_ANCESTORS: 'https://Intranet.example.org, http://other.example:8080/', REMOTE_IMAGES: 'ask', HISTORY_DAYS: '30' });
    for (const target of ['/', '/api/stats', '/nonsense']) {
      const { headers } = await open.get(target);
      expect(directive(headers, 'frame-ancestors'), target).toBe('https://intranet.example.org http://other.example:8080');
      expect(directive(headers, 'img-src'), target).toBe("'self' data: blob: https:");
      expect(headers['x-frame-options'], target).toBeUndefined(); // it could only say no
    }
    expect(json(await open.get('/api/config'))).toMatchObject({ remote_images: 'ask', history_days: 30 });
    // who may frame the page may not talk to the server
    expect((await open.get('/api/stats', { headers: { origin: 'https://intranet.example.org' } })).status).toBe(403);

    const long = Array.from({ length: 15 }, (_, i) => `https://${'x'.repeat(57)}${10 + i}`).join(',');
    expect(directive((await (await serving({ FRAME_ANCESTORS: long })).get('/')).headers, 'frame-ancestors')).toHaveLength(15 * 67 + 14);
  });

  test('HSTS only when the request came over TLS, as a trusted proxy says', async () => {
    const own = await serving({ TRUSTED_PROXIES: '127.0.0.1' });
    const overTls = await own.get('/', { headers: { 'x-forwarded-proto': 'https' } });
    expect(overTls.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/);
    expect((await own.get('/', { headers: { 'x-forwarded-proto': 'http' } })).headers['strict-transport-security']).toBeUndefined();
  });

  test('a missing folder is no reason not to start', async () => {
    const own = await startServer({ STATIC_DIR: '/nonexistent/folder' });
    expect((await own.get('/')).status).toBe(404);
    expect((await own.get('/api/health')).status).toBe(200);
  });

  test('SIGHUP takes up new files', async () => {
    const own = await serving();
    fs.writeFileSync(path.join(own.folder, 'dist', 'new.txt'), 'new');
    own.signal('SIGHUP');
    await until('the new file', async () => (await own.get('/new.txt')).text === 'new');
  });

  test('BASE_PATH: everything lives below it', async () => {
    const own = await serving({ BASE_PATH: '/pad' });
    expect((await own.get('/pad/')).text).toBe(INDEX);
    expect((await own.get('/pad/api/health')).status).toBe(200);
    expect((await own.get('/api/health')).status).toBe(404);
    for (const query of ['', '?embed=1', '?', '?otp=a%20b&embed=1?x']) {
      for (const target of [`/pad${query}`, `/p%61d${query}`, `http://pad.example/pad${query}`]) {
        const answer = await own.get(target);
        expect([answer.status, answer.headers.location], target).toEqual([308, `/pad/${query}`]);
      }
      expect((await own.get(`/pad/${query}`)).text).toBe(INDEX);
    }
    expect((await own.get('/padding/')).status).toBe(404);
    const socket = await Connection.dial(`ws://127.0.0.1:${own.port}/pad/api/socket/x`);
    await forTheTest(socket).message('Identity');
  });
});

describe('Origin', () => {
  const target = '/api/document/x/protect';
  const status = async (own: Server, origin: string, host?: string): Promise<number> => {
    const headers = { origin, ...(host === undefined ? {} : { host }) };
    return (await own.get(target, jsonBody('POST', { user_id: 0, user_name: 'x' }, headers))).status;
  };
  const dial = async (own: Server, origin: string): Promise<number> => {
    const outcome = await Connection.dial(own.socketUrl('origin'), [], { origin }).catch((error: unknown) => error);
    if (outcome instanceof Refused) return outcome.status;
    forTheTest(outcome as Connection);
    return 101;
  };

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://127.0.0.1.evil.example', 'https://'])(
    '%s is refused with 403, for requests and for sockets',
    async (origin) => {
      const answer = await server().get('/api/stats', { headers: { origin } });
      expect(answer.status).toBe(403);
      expect(json(answer)).toMatchObject({ code: expect.any(String) });
      expect(await dial(server(), origin)).toBe(403);
    },
  );

  test('the host’s own is welcome', async () => {
    const origin = `http://127.0.0.1:${server().port}`;
    expect((await server().get('/api/stats', { headers: { origin } })).status).toBe(200);
    expect(await dial(server(), origin)).toBe(101);
    // 403 here is "not connected": the origin passed, the same body from elsewhere says bad_origin
    expect(await status(server(), origin)).toBe(403);
    expect((await server().get('/api/stats', { headers: { origin: 'https://pad.example', host: 'pad.example' } })).status).toBe(200);
  });

  test('ALLOWED_ORIGINS adds others', async () => {
    const own = await startServer({ ALLOWED_ORIGINS: 'https://one.example,https://two.example:8443' });
    expect(await dial(own, 'https://one.example')).toBe(101);
    expect(await dial(own, 'https://two.example:8443')).toBe(101);
    expect(await dial(own, 'https://two.example')).toBe(403);
    expect(await dial(own, 'http://one.example')).toBe(403);
  });

  const from = async (own: Server, origin: string, host: string, more: Record<string, string> = {}): Promise<number> =>
    (await own.get('/api/stats', { headers: { origin, host, ...more } })).status;

  test.each([
    ['https://pad.example', 'pad.example:443'],
    ['http://pad.example', 'pad.example:80'],
    ['https://pad.example:443', 'pad.example'],
    ['http://pad.example:80', 'pad.example'],
    ['https://PAD.example', 'Pad.Example:443'],
    ['http://pad.example', 'pad.example:'],
    ['http://[::1]', '[::1]:80'],
    ['http://[::1]:3030', '[::1]:3030'],
  ])('%s is that of Host: %s', async (origin, host) => {
    expect(await from(server(), origin, host)).toBe(200);
  });

  test.each([
    ['https://pad.example', 'pad.example:80'],
    ['http://pad.example', 'pad.example:443'],
    ['https://pad.example:8443', 'pad.example'],
    ['https://pad.example', 'pad.example:8443'],
    ['http://pad.example:808', 'pad.example:80'],
    ['http://pad.example.evil', 'pad.example'],
    ['http://evilpad.example', 'pad.example'],
    ['http://pad.example@evil', 'pad.example'],
    ['http://[::1]:80', '[::1]:3030'],
    ['http://:80', ''],
    ['pad.example', 'pad.example'],
  ])('%s is not that of Host: %s', async (origin, host) => {
    expect(await from(server(), origin, host)).toBe(403);
  });

  test.each([
    ['x-forwarded-host', 'pad.example:8443'],
    ['x-forwarded-host', 'Pad.Example:8443, inner:3030'],
    ['x-forwarded-host', 'inner:3030, pad.example:8443'],
    ['forwarded', 'for=192.0.2.1;host="pad.example:8443";proto=https'],
    ['forwarded', 'for=192.0.2.1, for=192.0.2.2; Host="pad.example:8443"'],
  ])('behind a proxy that hides the host but says it in %s: %s', async (name, value) => {
    expect(await from(server(), 'https://pad.example:8443', '127.0.0.1:3030', { [name]: value })).toBe(200);
    expect(await from(server(), 'https://evil.example', '127.0.0.1:3030', { [name]: value })).toBe(403);
    const dialled = await Connection.dial(server().socketUrl(freshId()), [], {
      origin: 'https://pad.example:8443', headers: { host: '127.0.0.1', [name]: value },
    });
    await forTheTest(dialled).message('Identity');
  });

  test('a page of another site may not even ask to forge it', async () => {
    const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-forwarded-host' };
    const answer = await server().get(target, { method: 'OPTIONS', headers: { origin: 'https://evil.example', ...asks } });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-headers']).toBeUndefined();
  });

  test('ALLOWED_ORIGINS with the default port written out', async () => {
    const own = await startServer({ ALLOWED_ORIGINS: 'https://one.example:443,http://two.example:80' });
    for (const origin of ['https://one.example', 'https://one.example:443', 'http://two.example']) expect(await dial(own, origin), origin).toBe(101);
    for (const origin of ['http://one.example', 'https://one.example:80', 'https://two.example']) expect(await dial(own, origin), origin).toBe(403);
  });

  test('files are for every page, so that ours comes up and can say what is wrong', async () => {
    for (const file of ['/', '/index.html']) {
      const answer = await server().get(file, { headers: { origin: 'https://pad.example', host: '127.0.0.1' } });
      expect(answer.status).toBe(200);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect((await server().get('/api/text/x', { headers: { origin: 'https://pad.example' } })).status).toBe(403);
  });

  test('behind a trusted proxy the policy names the host that the browser knows', async () => {
    const own = await startServer({ TRUSTED_PROXIES: '127.0.0.1' });
    const policy = async (more: Record<string, string>): Promise<string | undefined> =>
      directive((await own.get('/', { headers: { host: 'inner:3030', ...more } })).headers, 'connect-src');
    expect(await policy({ 'x-forwarded-host': 'pad.example:8443' })).toBe("'self' ws://pad.example:8443 wss://pad.example:8443");
    expect(await policy({ 'x-forwarded-host': 'a b' })).toBe("'self' ws://inner:3030 wss://inner:3030");
    const other = await server().get('/', { headers: { host: 'inner:3030', 'x-forwarded-host': 'pad.example' } });
    expect(directive(other.headers, 'connect-src')).toBe("'self' ws://inner:3030 wss://inner:3030");
  });

  test('a refusal is in the log, once a minute, with what to set', async () => {
    const own = await startServer();
    for (let i = 0; i < 5; i++) expect(await from(own, 'https://pad.example:8443', 'pad.example')).toBe(403);
    const [line] = await own.logged(/warn: origin_refused .*/);
    expect(line).toMatch(/origin=https:\/\/pad\.example:8443 host=pad\.example forwarded_host=none path=\/api\/stats count=1 help=".*Host.*X-Forwarded-Host.*ALLOWED_ORIGINS/);
    expect(own.log.match(/origin_refused/g)).toHaveLength(1);
  });

  test('none at all (curl, scripts) is welcome', async () => {
    expect((await server().get('/api/stats')).status).toBe(200);
    await v1(server(), freshId());
  });
});
