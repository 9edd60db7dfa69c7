// Writing over HTTP: the whole text, something to add, a patch. Whoever is in the pad sees it
// live, and what is refused changes nothing.
import { describe, expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import type { V2Client } from './support/clients.ts';
import { converged, v1, v2 } from './support/clients.ts';
import type { Answer, RequestOptions } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { seedOfRun } from './support/random.ts';
import { makeLink } from './support/links.ts';
import { RawHttp } from './support/raw_http.ts';

import { freshId, startServer, useServer } from './support/server.ts';
import { NODES, ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 64 });

type Headers = NonNullable<RequestOptions['headers']>;
const put = (id: string, body: string | Buffer, headers: Headers = {}): Promise<Answer> =>
  server().get(`/api/text/${id}`, { method: 'PUT', body, headers });
const post = (id: string, body: string | Buffer, query = '', headers: Headers = {}): Promise<Answer> =>
  server().get(`/api/text/${id}${query}`, { method: 'POST', body, headers });
const patch = (id: string, body: unknown, headers: Headers = {}): Promise<Answer> =>
  server().get(`/api/text/${id}`, jsonBody('PATCH', body, headers));

const revisionOf = (answer: Answer): number => {
  expect(answer.status, answer.text).toBe(200);
  const { revision } = json<{ revision: number }>(answer);
  expect(answer.headers.etag).toBe(`"${revision}"`);
  return revision;
};
const text = (id: string): Promise<string> => server().text(id);

/** As somebody who comes now is told. */
async function caretOf(client: V2Client, at: number): Promise<void> {
  const { pathname } = new URL(client.socket.url);
  const later = await v2(server(), decodeURIComponent(pathname.split('/').at(-1) as string));
  expect(later.cursors.get(client.id)?.cursors).toEqual([at]);
}

async function refused(answer: Answer, status: number, code: string): Promise<void> {
  expect([answer.status, json(answer)['code']], answer.text).toEqual([status, code]);
  expect(json(answer)['error']).toMatch(/\S/);
}

describe('PUT', () => {
  test('makes a text, and changes it', async () => {
    const id = freshId();
    expect(revisionOf(await put(id, 'one\ntwo\n'))).toBe(1);
    expect(revisionOf(await put(id, 'one\n2\n'))).toBe(2);
    expect(await text(id)).toBe('one\n2\n');
    expect(revisionOf(await put(id, ''))).toBe(3);
    expect(await text(id)).toBe('');
  });

  test('the same text again is no edit', async () => {
    const id = freshId();
    await put(id, 'same');
    expect(revisionOf(await put(id, 'same'))).toBe(1);
    const nothing = freshId();
    expect(revisionOf(await put(nothing, ''))).toBe(0);
  });

  test('is the shortest edit: carets stay where they were', async () => {
    const id = freshId();
    await put(id, 'first line\nsecond line\nthird line\n');
    const alice = await v2(server(), id, { name: 'Alice' });
    const bob = await v2(server(), id, { name: 'Bob' });
    alice.point([13], [[0, 5]]);
    await bob.until('the caret', () => bob.cursors.get(alice.id)?.cursors[0] === 13);
    await put(id, '1st line\nsecond line\nthird and last line\n');
    await bob.sees('1st line\nsecond line\nthird and last line\n');
    await caretOf(alice, 11);
  });

  test('If-Match: 412 when it has moved on', async () => {
    const id = freshId();
    await put(id, 'one');
    expect(revisionOf(await put(id, 'two', { 'if-match': '"1"' }))).toBe(2);
    await refused(await put(id, 'three', { 'if-match': '"1"' }), 412, 'precondition_failed');
    await refused(await put(id, 'three', { 'if-match': 'W/"2"' }), 412, 'precondition_failed');
    expect(await text(id)).toBe('two');
    const tag = (await server().get(`/api/text/${id}`)).headers.etag as string;
    expect(revisionOf(await put(id, 'three', { 'if-match': `"99", ${tag}` }))).toBe(3);
    expect(revisionOf(await put(id, 'four', { 'if-match': '*' }))).toBe(4);
    await refused(await put(id, 'five', { 'if-none-match': '*' }), 412, 'precondition_failed');
    expect(revisionOf(await put(freshId(), 'new', { 'if-none-match': '*' }))).toBe(1);
  });

  test('If-Match: * is not for a text that nobody has written, and If-None-Match takes weak tags', async () => {
    const id = freshId();
    await refused(await put(id, 'one', { 'if-match': '*' }), 412, 'precondition_failed');
    expect(revisionOf(await put(id, 'one', { 'if-match': '"0"' }))).toBe(1);
    await refused(await put(id, 'two', { 'if-none-match': 'W/"1"' }), 412, 'precondition_failed');
    expect(await text(id)).toBe('one');
  });
});

describe('POST', () => {
  test('adds at the end, on a line of its own', async () => {
    const id = freshId();
    await post(id, 'one');
    await post(id, 'two\n');
    expect(revisionOf(await post(id, 'three', '?at=end'))).toBe(3);
    expect(await text(id)).toBe('one\ntwo\nthree');
    await post(id, '!', '?raw=1');
    expect(await text(id)).toBe('one\ntwo\nthree!');
  });

  test('and elsewhere', async () => {
    const id = freshId();
    await put(id, '😀文b');
    await post(id, 'start', '?at=start');
    expect(await text(id)).toBe('start😀文b');
    await post(id, 'x', '?at=7&raw=1');
    expect(await text(id)).toBe('start😀文xb');
    await post(id, 'line\n', '?at=7');
    expect(await text(id)).toBe('start😀文\nline\nxb');
    await post(id, 'own ', '?at=8');
    expect(await text(id)).toBe('start😀文\nown line\nxb');
  });

  test.each(['?at=middle', '?at=', '?at=-1', '?at=4', '?at=99999999999999999999', '?at=1x'])('no such place: %s', async (query) => {
    const id = freshId();
    await put(id, 'abc');
    await refused(await post(id, 'x', query), 400, 'bad_place');
    expect(await text(id)).toBe('abc');
  });

  test('nothing is no edit', async () => {
    const id = freshId();
    await put(id, 'abc');
    expect(revisionOf(await post(id, ''))).toBe(1);
    expect(await text(id)).toBe('abc');
  });
});

describe('PATCH', () => {
  test('an operation against an older revision is transformed', async () => {
    const id = freshId();
    await put(id, 'hello world');
    await post(id, '>> ', '?at=start&raw=1');
    expect(revisionOf(await patch(id, { revision: 1, operation: [6, 'W', -1, 4] }))).toBe(3);
    expect(await text(id)).toBe('>> hello World');
  });

  test.each([
    ['not the length of that revision', { revision: 1, operation: [4, 'x'] }, 400, 'bad_operation'],
    ['a revision to come', { revision: 2, operation: [5, 'x'] }, 409, 'unknown_revision'],
    ['a carriage return', { revision: 1, operation: [5, 'x\r\n'] }, 400, 'bad_text'],
    ['a zero', { revision: 1, operation: [5, 0] }, 400, 'bad_operation'],
    ['no revision', { operation: [5, 'x'] }, 400, 'bad_patch'],
    ['a revision below 0', { revision: -1, operation: [5, 'x'] }, 400, 'bad_patch'],
    ['neither', {}, 400, 'bad_patch'],
    ['both', { revision: 1, operation: [5], replace: 'a', with: 'b' }, 400, 'bad_patch'],
    ['nothing to replace', { replace: '', with: 'b' }, 400, 'bad_patch'],
    ['nothing to put there', { replace: 'a' }, 400, 'bad_patch'],
    ['a count of 0', { replace: 'l', with: 'b', count: 0 }, 400, 'bad_patch'],
    ['a count that is none', { replace: 'l', with: 'b', count: '1' }, 400, 'bad_patch'],
    ['a carriage return to replace', { replace: 'l', with: '\r' }, 400, 'bad_text'],
    ['not there', { replace: 'x', with: 'b' }, 409, 'other_count'],
    ['twice there', { replace: 'l', with: 'b' }, 409, 'other_count'],
    ['not so often there', { replace: 'l', with: 'b', count: 3 }, 409, 'other_count'],
    ['not JSON', '{"replace"', 400, 'bad_patch'],
    ['no object', [], 400, 'bad_patch'],
  ])('is refused, and changes nothing: %s', async (_what, body, status, code) => {
    const id = freshId();
    await put(id, 'hello');
    const answer = typeof body === 'string' ? await server().get(`/api/text/${id}`, { method: 'PATCH', body }) : await patch(id, body);
    await refused(answer, status, code);
    expect(await text(id)).toBe('hello');
  });

  test('an operation that changes nothing must fit the text, too', async () => {
    const id = freshId();
    await put(id, 'hello');
    for (const operation of [[], [4], [6]]) await refused(await patch(id, { revision: 1, operation }), 400, 'bad_operation');
    expect((await patch(id, { revision: 1, operation: [5] })).status).toBe(200);
    expect(await text(id)).toBe('hello');
  });

  test('replaces what is there exactly so many times', async () => {
    const id = freshId();
    await put(id, 'colour, colour and 文colour😀');
    expect(revisionOf(await patch(id, { replace: 'colour', with: 'color', count: 3 }))).toBe(2);
    expect(await text(id)).toBe('color, color and 文color😀');
    await patch(id, { replace: '文color😀', with: 'x' });
    await patch(id, { replace: ' and x', with: '' });
    expect(await text(id)).toBe('color, color');
    await put(id, 'aaaa');
    await patch(id, { replace: 'aa', with: 'b', count: 2 });
    expect(await text(id)).toBe('bb');
  });

  test('a caret inside what is replaced stays where nothing changed', async () => {
    const id = freshId();
    await put(id, 'let total = 1;');
    const alice = await v2(server(), id);
    const bob = await v2(server(), id);
    alice.point([12]); // before the 1
    await bob.until('the caret', () => bob.cursors.get(alice.id)?.cursors[0] === 12);
    await patch(id, { replace: 'let total = 1;', with: 'const total = 1;' });
    await caretOf(alice, 14);
  });

  test('does not ask for application/json, but of a page', async () => {
    const id = freshId();
    await put(id, 'a');
    const body = JSON.stringify({ replace: 'a', with: 'b' });
    expect((await server().get(`/api/text/${id}`, { method: 'PATCH', body })).status).toBe(200);
  });
});

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

describe('text', () => {
  test.each([
    ['a carriage return', Buffer.from('ab\r\ncd'), 2],
    ['a lone byte', Buffer.from([0x61, 0xc3]), 1],
    ['an overlong form', Buffer.from([0x61, 0x62, 0xc0, 0xaf]), 2],
    ['a surrogate', Buffer.from([0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0x80]), 4],
  ])('%s is refused with its place', async (_what, body, offset) => {
    const id = freshId();
    await put(id, 'before');
    for (const answer of [await put(id, body), await post(id, body), await server().get('/api/documents', { method: 'POST', body })]) {
      await refused(answer, 400, 'bad_text');
      expect(json(answer)).toMatchObject({ offset, error: expect.stringContaining(`${offset}`) });
    }
    expect(await text(id)).toBe('before');
  });

  test('in a patch too; a carriage return between the values of JSON is a blank', async () => {
    const id = freshId();
    await put(id, 'before');
    const send = (body: Buffer): Promise<Answer> => server().get(`/api/text/${id}`, { method: 'PATCH', body });
    const answer = await send(Buffer.concat([Buffer.from('{\r\n"replace":"before","with":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]));
    await refused(answer, 400, 'bad_text');
    expect(json(answer)['offset']).toBe(30);
    expect(revisionOf(await send(Buffer.from('{\r\n"replace":"before",\r\n"with":"after"\r\n}\r\n')))).toBe(2);
    expect(await text(id)).toBe('after');
  });

  const LIMIT = 64 * 1024;
  test('as much as a document holds, and no more', async () => {
    const id = freshId();
    revisionOf(await put(id, 'x'.repeat(LIMIT)));
    await refused(await post(id, 'y', '?raw=1'), 413, 'document_too_large');
    await refused(await put(id, 'x'.repeat(LIMIT + 1)), 413, 'message_too_large');
    await refused(await server().get('/api/documents', { method: 'POST', body: 'x'.repeat(LIMIT + 1) }), 413, 'message_too_large');
    expect(await text(id)).toBe('x'.repeat(LIMIT));
    revisionOf(await put(id, 'small again'));
  });

  test('what is said to be too large is not read', async () => {
    const raw = await RawHttp.connect(server().port);
    raw.send(`PUT /api/text/${freshId()} HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT + 1}\r\nExpect: 100-continue\r\n\r\n`);
    expect((await raw.answer()).status).toBe(413);
  });

  test('without Content-Length it is read to its end', async () => {
    const id = freshId();
    const raw = await RawHttp.connect(server().port);
    const piece = 'y'.repeat(4096);
    raw.send(`PUT /api/text/${id} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    for (let i = 0; i < 17; i++) raw.send(`1000\r\n${piece}\r\n`);
    raw.send('0\r\n\r\n');
    expect((await raw.answer()).status).toBe(413);
    expect(await text(id)).toBe('');
    const small = await RawHttp.connect(server().port);
    small.send(`PUT /api/text/${id} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
    expect((await small.answer()).status).toBe(200);
    expect(await text(id)).toBe('hello');
  });
});

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

describe('while others type', () => {
  const random = new Random(seedOfRun());

  test(`everybody has the same, with nothing lost or doubled (seed ${random.seed})`, { timeout: 120_000 }, async () => {
    const id = freshId();
    await put(id, 'begin\n');
    const people = [await v1(server(), id), await v2(server(), id), await v2(server(), id)];
    const written: string[] = [];
    const token = (): string => {
      written.push(`<${written.length}>`);
      return written.at(-1) as string;
    };
    const typing = people.map(async (person) => {
      for (let i = 0; i < 30; i++) {
        person.insert(token(), random.below(person.length + 1));
        await sleep(random.below(8));
      }
    });
    const writing = Array.from({ length: 20 }, async (_, i) => {
      await sleep(random.below(150));
      if (i % 3 === 0) return revisionOf(await post(id, token()));
      if (i % 3 === 1) return revisionOf(await post(id, token(), '?at=start&raw=1'));
      return replaceOne();
    });
    // As a careful script does it: only if nothing has come since it looked.
    async function replaceOne(): Promise<void> {
      const mine = token();
      for (;;) {
        const seen = await server().get(`/api/text/${id}`);
        const answer = await put(id, mine + seen.text, { 'if-match': seen.headers.etag as string });
        if (answer.status === 200) return;
        expect(answer.status).toBe(412);
      }
    }
    await Promise.all([...typing, ...writing]);
    const all = await converged(server(), id, people);
    // An insert may stand inside another: tokens are counted after what stands inside them is taken out.
    let rest = all;
    const found: string[] = [];
    for (let one = /<\d+>/.exec(rest); one; one = /<\d+>/.exec(rest)) {
      found.push(one[0]);
      rest = rest.replace(one[0], '');
    }
    expect(found.sort()).toEqual([...written].sort());
  });
});

describe('the journal', () => {
  test('has what was answered: kill -9 takes nothing back', async () => {
    const own = await startServer();
    for (let round = 0; round < 3; round++) {
      const answer = await own.get('/api/text/x', { method: 'POST', body: `line ${round}` });
      await own.kill();
      await own.restart();
      const now = await own.get('/api/text/x');
      expect(now.text.split('\n')[round]).toBe(`line ${round}`);
      expect(answer.status).toBe(200);
    }
  });

  test.skipIf(ON_POSTGRES)('a line for an empty room does not write the whole text', async () => {
    const own = await startServer({ KP_TEST_IDLE_PERSIST_MS: 600_000 });
    await own.get('/api/text/x', { method: 'PUT', body: 'x'.repeat(1000) });
    await until('the writer has left', async () => ((await own.stats())['users'] as number) === 0);
    const stats = await own.stats();
    expect(stats['last_user_flush_total']).toBe(0);
    await own.stop();
  });

  test('is counted, by what it does and why not', async () => {
    const before = await server().stats();
    const [id, key] = [freshId(), { 'idempotency-key': 'counted' }];
    await put(id, 'a');
    await post(id, 'b', '', key);
    await post(id, 'b', '', key);
    await patch(id, { replace: 'a', with: 'c' });
    await patch(id, { replace: 'a', with: 'c' });
    await server().get('/api/documents', { method: 'POST', body: 'x' });
    const after = await server().stats();
    const counted = ['http_texts_put_total', 'http_texts_added_total', 'http_write_repeats_total', 'http_patches_total', 'http_documents_made_total'];
    for (const name of counted) expect(after[name]! - before[name]!, name).toBe(1);
    const prometheus = (await server().get('/metrics')).text;
    if (NODES === 1) expect(prometheus).toMatch(/kolabpad_rejected_total\{reason="other_count"\} [1-9]/);
  });

  test('nothing is left of a document that nothing was written to', async () => {
    const id = freshId();
    await refused(await patch(id, { replace: 'a', with: 'b' }), 409, 'other_count');
    expect(json(await server().get(`/api/document/${id}`))['exists']).toBe(false);
  });
});

