// Idempotency-Key: a write is carried out once, however often it is sent, whatever happens to the
// connection and to the server meanwhile.
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { Random } from '../../frontend/src/testing/random.ts';
import type { Answer } from './support/http.ts';
import { json, jsonBody, request } from './support/http.ts';
import { seedOfRun } from './support/random.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const random = new Random(seedOfRun());

let keys = 0;
const freshKey = (): string => `key-${process.pid}-${++keys}`;
const keyed = (key: string, more = {}): Record<string, string> => ({ 'idempotency-key': key, ...more });

const append = (of: Server, id: string, line: string, key: string): Promise<Answer> =>
  of.get(`/api/text/${id}`, { method: 'POST', body: line, headers: keyed(key) });

describe('the same key again', () => {
  test('is answered as before, and nothing is written', async () => {
    const id = freshId();
    const key = freshKey();
    const first = await append(server(), id, 'once', key);
    await append(server(), id, 'other', freshKey());
    const again = await append(server(), id, 'once', key);
    expect([again.status, again.text, again.headers.etag]).toEqual([200, first.text, first.headers.etag]);
    expect(await server().text(id)).toBe('once\nother');
  });

  test('also where the first one changed nothing', async () => {
    const id = freshId();
    const key = freshKey();
    const put = (body: string, headers: Record<string, string>): Promise<Answer> => server().get(`/api/text/${id}`, { method: 'PUT', body, headers });
    await put('same', {});
    await put('same', keyed(key));
    await put('what came since', {});
    expect((await put('same', keyed(key))).status).toBe(200);
    expect(await server().text(id)).toBe('what came since');
  });

  test('also where If-Match would refuse it by now', async () => {
    const id = freshId();
    const key = freshKey();
    const put = (): Promise<Answer> => server().get(`/api/text/${id}`, { method: 'PUT', body: 'one', headers: keyed(key, { 'if-match': '"0"' }) });
    expect((await put()).status).toBe(200);
    expect((await put()).status).toBe(200);
  });

  test.each([
    ['another text', (id: string, key: string) => append(server(), id, 'other', key)],
    ['another place', (id: string, key: string) => server().get(`/api/text/${id}?at=start`, { method: 'POST', body: 'once', headers: keyed(key) })],
    ['another method', (id: string, key: string) => server().get(`/api/text/${id}`, { method: 'PUT', body: 'once', headers: keyed(key) })],
    ['a patch', (id: string, key: string) => server().get(`/api/text/${id}`, jsonBody('PATCH', { replace: 'once', with: 'x' }, keyed(key)))],
  ])('for %s is refused', async (_what, other) => {
    const id = freshId();
    const key = freshKey();
    await append(server(), id, 'once', key);
    const answer = await other(id, key);
    expect([answer.status, json(answer)['code']]).toEqual([422, 'key_reused']);
    expect(await server().text(id)).toBe('once');
  });

  test('in another pad is another key', async () => {
    const key = freshKey();
    for (const id of [freshId(), freshId()]) {
      await append(server(), id, id, key);
      expect(await server().text(id)).toBe(id);
    }
  });

  test('of one that was refused is free again', async () => {
    const id = freshId();
    const key = freshKey();
    const patch = (): Promise<Answer> => server().get(`/api/text/${id}`, jsonBody('PATCH', { replace: 'a', with: 'b' }, keyed(key)));
    expect((await patch()).status).toBe(409);
    await append(server(), id, 'a', freshKey());
    expect((await patch()).status).toBe(200);
    expect(await server().text(id)).toBe('b');
  });

  test('at the same time is one write', async () => {
    const id = freshId();
    const key = freshKey();
    const answers = await Promise.all(Array.from({ length: 10 }, () => append(server(), id, 'once', key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await server().text(id)).toBe('once');
  });

  test('for a new pad is that pad', async () => {
    const key = freshKey();
    const make = (body = 'text', by = server()): Promise<Answer> => by.get('/api/documents', { method: 'POST', body, headers: keyed(key) });
    const [first, again] = [await make(), await make()];
    expect([first.status, again.status]).toEqual([201, 201]);
    for (const name of ['id', 'owner', 'revision']) expect(json(again)[name], name).toBe(json(first)[name]);
    expect(json(first)['owner']).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const other = await make('other');
    expect([other.status, json(other)['code']]).toEqual([422, 'key_reused']);
    const elsewhere = await make('text', await startServer()); // nobody else can tell which pad a key leads to
    expect(json(elsewhere)['id']).not.toBe(json(first)['id']);
  });

  test('for a new pad whose key is not known any more writes to nobody\'s pad', async () => {
    const key = freshKey();
    const make = (): Promise<Answer> => server().get('/api/documents', { method: 'POST', body: 'text', headers: keyed(key) });
    const { id, owner } = json<{ id: string; owner: string }>(await make());
    await server().get(`/api/document/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${owner}` } });
    await server().get(`/api/text/${id}`, { method: 'PUT', body: 'of somebody else' });
    const again = await make();
    expect([again.status, json(again)['code']]).toEqual([422, 'key_reused']);
    expect(again.text).not.toContain(owner);
    expect(await server().text(id)).toBe('of somebody else');
  });

  test.each([['nothing', ''], ['65 characters', 'x'.repeat(65)], ['a tab', 'a\tb'], ['more than ASCII', 'ä']])('%s is no key', async (_what, key) => {
    const id = freshId();
    const answer = await append(server(), id, 'x', key);
    expect([answer.status, json(answer)['code']]).toEqual([400, 'bad_key']);
    expect(await server().text(id)).toBe('');
  });
});

test('across a restart, with the text written as a whole and with the journal only', { timeout: 60_000 }, async () => {
  const own = await startServer();
  const first = await append(own, 'x', 'once', 'k');
  const made = await own.get('/api/documents', { method: 'POST', body: 'new', headers: keyed('k') });
  await own.kill();
  await own.restart();
  const second = await append(own, 'x', 'once', 'k');
  expect(second.text).toBe(first.text);
  expect(json(await own.get('/api/documents', { method: 'POST', body: 'new', headers: keyed('k') }))).toMatchObject({ id: json(made)['id'], owner: json(made)['owner'] });
  await own.restart(); // stops it in an orderly way first
  expect((await append(own, 'x', 'once', 'k')).text).toBe(first.text);
  expect(json(await append(own, 'x', 'other', 'k'))['code']).toBe('key_reused');
  expect(await own.text('x')).toBe('once');
});

/** Sends a request, and cuts the connection after so many milliseconds, whether an answer came or not. */
function cutOff(of: Server, id: string, line: string, key: string, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect({ port: of.port, host: '127.0.0.1' }, () => {
      socket.write(`POST /api/text/${id} HTTP/1.1\r\nHost: x\r\nIdempotency-Key: ${key}\r\nContent-Length: ${line.length}\r\n\r\n${line}`);
      setTimeout(() => socket.destroy(), afterMs);
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}

test(`cut connections and kill -9 in between: each line once (seed ${random.seed})`, { timeout: 240_000 }, async () => {
  const own = await startServer({ RATE_LIMITS: 'off', KP_TEST_IDLE_PERSIST_MS: 60, KP_TEST_PERSIST_CHECK_MS: 40 });
  const LINES = 40;
  const writer = async (name: string): Promise<void> => {
    for (let n = 0; n < LINES; n++) {
      const [line, key] = [`${name}.${n}`, freshKey()];
      if (random.below(3) === 0) await cutOff(own, 'x', line, key, random.below(4));
      // Until there is an answer. The port is the same after each restart.
      for (let answer = ''; answer === ''; ) {
        const { status, text } = await request(own.port, '/api/text/x', { method: 'POST', body: line, headers: keyed(key) }).catch(() => ({ status: 0, text: '' }));
        if (status === 200) answer = text;
        else await sleep(20);
      }
    }
  };
  const writers = ['a', 'b', 'c'].map(writer);
  let isDone = false;
  const all = Promise.all(writers).finally(() => (isDone = true));
  while (!isDone) {
    await sleep(200 + random.below(400));
    await own.kill();
    await own.restart();
    await Promise.race([all, sleep(700)]);
  }
  await all;
  const lines = (await own.text('x')).split('\n').sort();
  expect(lines).toEqual(['a', 'b', 'c'].flatMap((name) => Array.from({ length: LINES }, (_, n) => `${name}.${n}`)).sort());
});

test('keys are bounded: when there is no place for one that must be kept, it is refused', { timeout: 240_000 }, async () => {
  const id = freshId();
  const MOST = 4096;
  for (let from = 0; from < MOST; from += 64) {
    await Promise.all(Array.from({ length: 64 }, (_, i) => append(server(), id, '', `bounded-${from + i}`)));
  }
  const answer = await append(server(), id, 'x', 'one-more');
  expect([answer.status, json(answer)['code']]).toEqual([429, 'too_many_keys']);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect((await server().get(`/api/text/${id}`, { method: 'POST', body: 'x' })).status).toBe(200); // without one
  expect((await append(server(), id, '', 'bounded-0')).status).toBe(200);
});
