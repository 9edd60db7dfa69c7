// Making a pad over HTTP: POST /api/documents.
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { RawHttp } from './support/raw_http.ts';
import { startServer, useServer } from './support/server.ts';
import { refused } from './support/text_api.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 64 });

describe('POST /api/documents', () => {
  test('makes a pad with a random id', async () => {
    const answer = await server().get('/api/documents?language=markdown', { method: 'POST', body: '# hi\n' });
    expect(answer.status, answer.text).toBe(201);
    const made = json<{ id: string; url: string; owner: string; revision: number }>(answer);
    expect(made.owner).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const known = json(await server().get(`/api/document/${made.id}`, { headers: { authorization: `Bearer ${made.owner}` } }));
    expect(known).toMatchObject({ access: 'own', owner: true });
    expect(made.id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(made.url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/#${made.id}$`));
    expect(made.revision).toBe(1);
    expect(answer.headers.location).toBe(made.url);
    expect(answer.headers.etag).toBe('"1"');
    const alice = await v2(server(), made.id);
    expect([alice.text, alice.language]).toEqual(['# hi\n', 'markdown']);
    const other = json(await server().get('/api/documents', { method: 'POST', body: '# hi\n' }));
    expect(other['id']).not.toBe(made.id);
  });

  test('an empty one too', async () => {
    const made = json<{ id: string; revision: number }>(await server().get('/api/documents', { method: 'POST' }));
    expect(made.revision).toBe(1);
    expect(json(await server().get(`/api/document/${made.id}`))['exists']).toBe(true);
  });

  test('just the address, for who wants plain text', async () => {
    const answer = await server().get('/api/documents', { method: 'POST', body: 'x', headers: { accept: 'text/plain' } });
    expect(answer.status).toBe(201);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.text).toMatch(/^http:\/\/\S+\/#[A-Za-z0-9_-]{22}\n$/);
    expect(answer.text.trim()).toBe(answer.headers.location);
  });

  test('the address is the one that the client came to', async () => {
    const proxied = await startServer({ TRUSTED_PROXIES: '127.0.0.1', BASE_PATH: '/pad' });
    const headers = { 'x-forwarded-host': 'pad.example', 'x-forwarded-proto': 'https' };
    const answer = await proxied.get('/pad/api/documents', { method: 'POST', body: 'x', headers });
    expect(answer.headers.location).toMatch(/^https:\/\/pad\.example\/pad\/#[A-Za-z0-9_-]{22}$/);
  });

  test('the address has no host where HTTP/1.0 names none', async () => {
    const raw = await RawHttp.connect(server().port);
    raw.send('POST /api/documents HTTP/1.0\r\nContent-Length: 1\r\n\r\nx');
    const answer = await raw.answer();
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toMatch(/^\/#[A-Za-z0-9_-]{22}$/);
    expect(JSON.parse(answer.body.toString()).url).toBe(answer.headers['location']);
  });

  test('a language that is none', async () => {
    await refused(await server().get('/api/documents?language=%00', { method: 'POST', body: 'x' }), 400, 'bad_language');
  });
});
