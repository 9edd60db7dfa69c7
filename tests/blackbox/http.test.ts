// The HTTP side: every row of the table that needs no file of its own: errors, the text, what may be known of it, health.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { WriteLock, sql } from './support/sqlite.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

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
