// Writing over HTTP: the whole text, something to add, a patch. Whoever is in the pad sees it
// live, and what is refused changes nothing.
import { describe, expect, test } from 'vitest';
import type { V2Client } from './support/clients.ts';
import { v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json } from './support/http.ts';
import { RawHttp } from './support/raw_http.ts';
import { freshId, useServer } from './support/server.ts';
import { refused, revisionOf, textApi } from './support/text_api.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 64 });
const { put, post, patch, text } = textApi(server);

/** As somebody who comes now is told. */
async function caretOf(client: V2Client, at: number): Promise<void> {
  const { pathname } = new URL(client.socket.url);
  const later = await v2(server(), decodeURIComponent(pathname.split('/').at(-1) as string));
  expect(later.cursors.get(client.id)?.cursors).toEqual([at]);
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
    const full = await post(id, 'y', '?raw=1');
    await refused(full, 413, 'document_too_large');
    expect(json(full)).toMatchObject({ max_bytes: LIMIT, error: expect.stringContaining(`At most ${LIMIT} bytes`) });
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
