// The files of the page: types, caching, compression, nothing from outside their folder, headers that protect.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { Connection } from './support/connection.ts';
import { forTheTest } from './support/clients.ts';
import { directive, json } from './support/http.ts';
import { startServer, temporaryFolder } from './support/server.ts';
import type { Server, Settings } from './support/server.ts';
import { until } from './support/wait.ts';

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
