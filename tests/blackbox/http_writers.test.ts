// Who may write over HTTP, how often, and under which name it is told and kept.
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { makeLink } from './support/links.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';
import { refused, revisionOf, textApi } from './support/text_api.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 64 });
const { put, post, patch, text } = textApi(server);

describe('who may', () => {
  test('the password, as Bearer or ?otp=', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('secret');
    const client = { user_id: alice.id, user_name: 'x', client: alice.tab.token };
    const { otp } = json<{ otp: string }>(await server().get(`/api/document/${id}/protect`, jsonBody('POST', client)));
    await refused(await put(id, 'mine'), 401, 'bad_password');
    await refused(await post(id, 'mine', '?otp=wrong'), 401, 'bad_password');
    await refused(await patch(id, { replace: 'secret', with: 'mine' }, { authorization: 'Bearer wrong' }), 401, 'bad_password');
    expect(alice.text).toBe('secret');
    revisionOf(await put(id, 'one', { authorization: `Bearer ${otp}` }));
    revisionOf(await post(id, 'two', `?otp=${otp}`));
    await alice.sees('one\ntwo');
  });

  test('not by a link that is for reading; by one to edit with, and as the owner', async () => {
    const made = json<{ id: string; owner: string }>(await server().get('/api/documents', { method: 'POST', body: 'text' }));
    const view = (await makeLink(server(), made.id, 'view')).token;
    const edit = (await makeLink(server(), made.id, 'edit')).token;
    const headers = { authorization: `Bearer ${view}` };
    await refused(await put(made.id, 'x', headers), 403, 'view_only');
    await refused(await post(made.id, 'x', '', headers), 403, 'view_only');
    await refused(await patch(made.id, { replace: 'text', with: 'x' }, headers), 403, 'view_only');
    expect(await text(made.id)).toBe('text');
    revisionOf(await put(made.id, 'by a link', { authorization: `Bearer ${edit}` }));
    revisionOf(await put(made.id, 'by the owner', { authorization: `Bearer ${made.owner}` }));
    expect(await text(made.id)).toBe('by the owner');
  });

  test('no page of another site', async () => {
    const id = freshId();
    const origin = { origin: 'https://evil.example' };
    await refused(await put(id, 'x', origin), 403, 'bad_origin');
    await refused(await post(id, 'x', '', origin), 403, 'bad_origin');
    await refused(await patch(id, { replace: 'a', with: 'b' }, origin), 403, 'bad_origin');
    await refused(await server().get('/api/documents', { method: 'POST', body: 'x', headers: origin }), 403, 'bad_origin');
    await refused(await post(id, 'x', '', { 'sec-fetch-site': 'cross-site' }), 403, 'bad_origin');
    expect(await text(id)).toBe('');
    revisionOf(await put(id, 'x', { origin: 'http://pad.example', host: 'pad.example' }));
  });

  test('pages that are allowed, which may also read the answer', async () => {
    const own = await startServer({ ALLOWED_ORIGINS: 'https://friend.example' });
    const origin = 'https://friend.example';
    const asked = await own.get('/api/text/x', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'idempotency-key' },
    });
    expect(asked.status).toBe(204);
    expect(asked.headers['access-control-allow-origin']).toBe(origin);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(asked.headers['access-control-allow-methods']).toContain(method);
    for (const name of ['Content-Type', 'Authorization', 'If-Match', 'Idempotency-Key', 'X-Author-Name'])
      expect(asked.headers['access-control-allow-headers']).toContain(name);
    const answer = await own.get('/api/text/x', { method: 'PUT', body: 'x', headers: { origin } });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(answer.headers['access-control-expose-headers']).toContain('ETag');
  });

  test('so many times a second, as on a socket', async () => {
    const own = await startServer({ EDITS_PER_SECOND: 1, EDITS_BURST: 3 });
    const statuses: number[] = [];
    let limited: Answer | undefined;
    for (let i = 0; i < 6; i++) {
      const answer = await own.get('/api/text/x', { method: 'POST', body: `${i}` });
      statuses.push(answer.status);
      if (answer.status === 429) limited = answer;
    }
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(limited?.headers['retry-after']).toMatch(/^[1-9]\d*$/);
    await sleep(Number(limited?.headers['retry-after']) * 1000 + 500);
    expect((await own.get('/api/text/x', { method: 'POST', body: 'again' })).status).toBe(200);
  });

  test('methods that are known of the addresses', async () => {
    expect((await server().get('/api/text/x', { method: 'OPTIONS' })).headers.allow).toBe('OPTIONS, GET, HEAD, PUT, POST, PATCH');
    expect((await server().get('/api/documents', { method: 'OPTIONS' })).headers.allow).toBe('OPTIONS, POST');
    expect((await server().get('/api/documents')).status).toBe(405);
    expect((await server().get('/api/text/x', { method: 'DELETE' })).status).toBe(405);
  });

  test.each(['a%00b', 'x'.repeat(129)])('no such document: %s', async (id) => {
    await refused(await put(id, 'x'), 400, 'bad_id');
  });
});

describe('who wrote', () => {
  test('is in the list of people while it lasts', async () => {
    const id = freshId();
    const old = await v1(server(), id);
    const alice = await v2(server(), id, { name: 'Alice' });
    const seen = [old, alice].map(async (client) => {
      await client.until('its name', () => [...client.users.values()].some(({ name }) => name === "Jörg's bot"));
      await client.sees('from a script');
      await client.until('its end', () => ![...client.users.values()].some(({ name }) => name === "Jörg's bot"));
    });
    await post(id, 'from a script', '', { 'x-author-name': 'J%C3%B6rg%27s%20bot%00' });
    await Promise.all(seen);
    await post(id, '2', '?name=other+bot');
    await alice.until('its name', () => [...alice.users.values()].some(({ name }) => name === 'other bot'));
  });

  test('one who writes again is the same', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const authors = new Set<number>();
    alice.socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { History?: { operations: { id: number }[] } };
      for (const entry of message.History?.operations ?? []) authors.add(entry.id);
    });
    for (const line of ['1', '2', '3']) await post(id, line, '', { 'x-author-name': 'bot' });
    for (const line of ['4', '5', '6']) await post(id, line, '', { 'x-author-name': 'bot', 'idempotency-key': `${id}-${line}` });
    await alice.sees('1\n2\n3\n4\n5\n6');
    expect(authors.size).toBe(1);
    expect([...alice.users.values()].filter(({ name }) => name === 'bot').length).toBeLessThanOrEqual(1);
    const [sitting] = json<{ authors: { name: string }[] }[]>(await server().get(`/api/document/${id}/history`));
    expect(sitting?.authors.filter(({ name }) => name === 'bot')).toHaveLength(1);
  });

  test.each(['%C3', '%zz'])('a name that is none: %s', async (name) => {
    const id = freshId();
    await refused(await put(id, 'x', { 'x-author-name': name }), 400, 'bad_name');
    expect(await text(id)).toBe('');
  });
});
