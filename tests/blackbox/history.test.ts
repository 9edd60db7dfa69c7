// What was typed when and by whom: lists, texts, operations, who wrote what; deleting it and switching it off.
import fs from 'node:fs';
import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { converged, freshTab, v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { ask, bearer, expectError, makeLink } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { WriteLock, sql } from './support/sqlite.ts';
import { NODES, ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

type Component = number | string;
type Sitting = {
  first: number;
  end: number;
  began_at: number;
  ended_at: number;
  authors: { id: number; name: string; hue: number }[];
  inserted: number;
  deleted: number;
};
type Step = { revision: number; end?: number; author: number | null; time: number; operation: Component[] };
type Authorship = { revision: number; runs: [number, number | null][]; authors: Record<string, { name: string; hue: number }> };

/** Snapshots come soon, so that the journal is emptied while a test runs. */
const SOON = { RATE_LIMITS: 'off', KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 100, KP_TEST_HISTORY_MS: 1 };
const server = useServer(SOON);

const of = (id: string, rest: string): string => `/api/document/${id}/${rest}`;
const sittings = async (s: Server, id: string, query = ''): Promise<Sitting[]> => json<Sitting[]>(await s.get(of(id, `history${query}`)));
const textAt = (s: Server, id: string, revision: number): Promise<Answer> => s.get(of(id, `history/${revision}`));
const steps = async (s: Server, id: string, query: string): Promise<Step[]> => json<Step[]>(await s.get(of(id, `history/operations?${query}`)));

/** The first message of an event stream. */
function firstEvent(s: Server, target: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port: s.port, path: `/api/events/${target}`, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        const data = /^data: (.*)$/m.exec((text += part))?.[1];
        if (data === undefined) return;
        resolve(JSON.parse(data));
        request.destroy();
      });
    });
    request.on('error', reject);
  });
}

/** A text's code points after an operation. */
function apply(text: string, operation: readonly Component[]): string {
  const points = [...text];
  let at = 0;
  let result = '';
  for (const component of operation) {
    if (typeof component === 'string') result += component;
    else if (component > 0) {
      result += points.slice(at, at + component).join('');
      at += component;
    } else at -= component;
  }
  return result;
}

/** Writes words one after the other, and says which text each revision had. */
async function write(s: Server, id: string, words: readonly string[], name = 'Alice'): Promise<string[]> {
  const texts = [''];
  const alice = await v2(s, id, { name, hue: 20 });
  for (const word of words) {
    await alice.type(word);
    texts.push(texts.at(-1)! + word);
  }
  await alice.close();
  return texts;
}

/** The same of a document that is made by it: gives the owner's token. */
async function make(s: Server, id: string, words: readonly string[]): Promise<string> {
  const alice = await v2(s, id, { name: 'Alice', hue: 20 });
  for (const word of words) await alice.type(word);
  const { token } = await alice.message('Owner');
  await alice.close();
  return token;
}

const WORDS = Array.from({ length: 40 }, (_, i) => `word${i}😀${'-'.repeat(80)} `);

/** The journal lets go what nobody may need any more with the snapshots that follow: some more is typed until there is a segment. */
async function packed(s: Server, id: string): Promise<void> {
  const segments = (): number => sql<{ n: number }>(s.database, `SELECT count(*) AS n FROM ${ON_POSTGRES ? 'kp_' : ''}history WHERE document_id = '${id}'`)[0]!.n;
  await until('a segment', async () => {
    await write(s, id, ['.'], 'Packer');
    await sleep(100);
    return segments() > 0;
  });
}

describe('the text at a revision', () => {
  test('is the one that was there, while it is in the journal and when it is packed', async () => {
    const id = freshId();
    const texts = await write(server(), id, WORDS);
    for (const when of ['at once', 'packed']) {
      if (when === 'packed') await packed(server(), id);
      for (const revision of [0, 1, 7, 39, 40]) {
        const answer = await textAt(server(), id, revision);
        expect(answer.status, `${when}, revision ${revision}`).toBe(200);
        expect(answer.text).toBe(texts[revision]);
        expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      }
    }
    const tag = (await textAt(server(), id, 7)).headers.etag as string;
    expect((await server().get(of(id, 'history/7'), { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect((await textAt(server(), id, 8)).headers.etag).not.toBe(tag);
  });

  test('that there is not is 404, with the nearest that there are', async () => {
    const id = freshId();
    await write(server(), id, ['a', 'b']);
    const answer = await textAt(server(), id, 9);
    expect(answer.status).toBe(404);
    expect(json(answer)).toEqual({ error: expect.any(String), code: 'gone', before: 2, after: null });
    expect((await textAt(server(), freshId('nobody'), 0)).status).toBe(404);
    for (const bad of ['x', '-1', '1.5', '99999999999999999999', ''])
      expect((await server().get(of(id, `history/${bad}`))).status, bad).toBe(400);
  });
});

describe('sittings', () => {
  test('are one person with pauses, newest first', async () => {
    const id = freshId();
    await write(server(), id, ['one ', 'two '], 'Alice');
    await write(server(), id, ['three'], 'Bob');
    const list = await sittings(server(), id);
    expect(list.map(({ first, end, inserted, deleted }) => ({ first, end, inserted, deleted }))).toEqual([
      { first: 2, end: 3, inserted: 5, deleted: 0 },
      { first: 0, end: 2, inserted: 8, deleted: 0 },
    ]);
    expect(list.map((s) => s.authors.map((a) => a.name))).toEqual([['Bob'], ['Alice']]);
    expect(list[1]!.authors[0]!.hue).toBe(20);
    expect(Math.abs(list[0]!.began_at - Date.now() / 1000)).toBeLessThan(60);
    expect(list[0]!.ended_at).toBeGreaterThanOrEqual(list[0]!.began_at);
    expect(await sittings(server(), id, '?before=2')).toEqual([list[1]]);
    expect(await sittings(server(), id, '?limit=1')).toEqual([list[0]]);
    expect((await server().get(of(id, 'history?limit=0'))).status).toBe(400);
    expect((await server().get(of(id, 'history?before=x'))).status).toBe(400);
  });

  test('have the names that people had then', async () => {
    const id = freshId();
    const alice = await v2(server(), id, { name: 'Alice', hue: 20 });
    await alice.type('a');
    alice.info('Alice B.', 30);
    await alice.type('b');
    await alice.close();
    const shown = await json<Authorship>(await server().get(of(id, 'authorship')));
    expect(Object.values(shown.authors)).toEqual([{ name: 'Alice B.', hue: 30 }]);
    const list = await sittings(server(), id);
    expect(list).toHaveLength(1);
    expect(list[0]!.authors.map((a) => a.name)).toEqual(['Alice B.']);
  });
});

describe('operations', () => {
  test('lead from one text to the next, also when they are packed', async () => {
    const id = freshId();
    const texts = await write(server(), id, WORDS);
    await packed(server(), id);
    const all = await steps(server(), id, 'from=0&to=40');
    expect(all.map((s) => s.revision)).toEqual(WORDS.map((_, i) => i));
    let text = '';
    for (const step of all) text = apply(text, step.operation);
    expect(text).toBe(texts.at(-1));
    const some = await steps(server(), id, 'from=10&to=12');
    expect(some).toEqual(all.slice(10, 12));
    expect(new Set(all.map((s) => s.author)).size).toBe(1);
    expect(Math.abs(all[0]!.time - Date.now())).toBeLessThan(60_000);
    expect(await steps(server(), id, 'from=99')).toEqual([]);
    expect((await server().get(of(id, 'history/operations'))).status).toBe(400);
    expect((await server().get(of(id, 'history/operations?from=1&to=x'))).status).toBe(400);
  });

  test('end at about 1 MiB, and are gone on with', async () => {
    const id = freshId();
    const large = 'x'.repeat(400_000);
    const alice = await v2(server(), id);
    for (const letter of ['a', 'b', 'c', 'd']) {
      await alice.type(large.replaceAll('x', letter));
      alice.delete(0, 400_000);
      await alice.settled();
    }
    const first = await steps(server(), id, 'from=0');
    expect(first.length).toBeLessThan(8);
    const rest = await steps(server(), id, `from=${first.length}`);
    expect([...first, ...rest].map((s) => s.revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('the difference', () => {
  test('is the shortest operation between two texts', async () => {
    const id = freshId();
    const texts = await write(server(), id, WORDS);
    const there = json<Component[]>(await server().get(of(id, 'history/diff?from=3&to=30')));
    expect(apply(texts[3]!, there)).toBe(texts[30]);
    const back = json<Component[]>(await server().get(of(id, 'history/diff?from=30&to=3')));
    expect(apply(texts[30]!, back)).toBe(texts[3]);
    expect((await server().get(of(id, 'history/diff?from=3'))).status).toBe(400);
    expect((await server().get(of(id, 'history/diff?from=3&to=99'))).status).toBe(404);
  });
});

describe('who wrote it', () => {
  test('is known of every code point', async () => {
    const id = freshId();
    await write(server(), id, WORDS, 'Alice');
    await packed(server(), id);
    const bob = await v2(server(), id, { name: 'Bob', hue: 200 });
    const points = [...WORDS.join('')].length;
    await bob.type('BOB', 3);
    const shown = json<Authorship>(await server().get(of(id, 'authorship')));
    const names = shown.runs.map(([length, author]) => [length, shown.authors[String(author)]!.name]);
    expect(names.slice(0, 3)).toEqual([[3, 'Alice'], [3, 'Bob'], [points - 3, 'Alice']]);
    expect(shown.runs.reduce((sum, [length]) => sum + length, 0)).toBe(bob.length);
    expect(shown.revision).toBe(bob.replica.revision);
  });
});

describe('bringing back', () => {
  test('an earlier text is an edit like any other, by whoever asks', async () => {
    const id = freshId();
    const texts = await write(server(), id, ['one ', 'two ', 'three']);
    const bob = await v2(server(), id, { name: 'Bob' });
    bob.delete(0, bob.length);
    await bob.type('gone');
    const answer = await server().get(of(id, 'history/restore'), jsonBody('POST', { revision: 3 }, { 'x-author-name': 'Carol' }));
    expect(answer.status, answer.text).toBe(200);
    await bob.sees(texts[3]!);
    expect(json<{ revision: number }>(answer).revision).toBe(bob.replica.revision);
    expect((await sittings(server(), id))[0]!.authors.map((a) => a.name)).toEqual(['Carol']);
    expect((await textAt(server(), id, bob.replica.revision)).text).toBe(texts[3]);
    const again = await server().get(of(id, 'history/restore'), jsonBody('POST', { revision: bob.replica.revision - 1 }));
    expect(again.status).toBe(200);
    await bob.sees('gone');
  });

  test('takes what was there before, and nothing that is typed from then on', async () => {
    const id = freshId();
    await write(server(), id, ['first line\n', 'last line\n']);
    const bob = await v2(server(), id, { name: 'Bob' });
    bob.delete(0, 'first line\n'.length);
    await bob.settled();
    const asked = server().get(of(id, 'history/restore'), jsonBody('POST', { revision: 2 }));
    for (const letter of 'typed by Bob') await bob.type(letter);
    expect((await asked).status).toBe(200);
    await until('the earlier text', () => bob.text.startsWith('first line\nlast line\n'));
    expect('typed by Bob'.endsWith(bob.text.slice('first line\nlast line\n'.length)), bob.text).toBe(true);
    await converged(server(), id, [bob]);
  });

  test('what is wrong is said, and nothing is done', async () => {
    const id = freshId();
    await write(server(), id, ['text']);
    for (const [body, status] of [[{ revision: 'x' }, 400], [{}, 400], [{ revision: 9 }, 404]] as const)
      expect((await server().get(of(id, 'history/restore'), jsonBody('POST', body))).status).toBe(status);
    const forged = await server().get(of(id, 'history/restore'), { method: 'POST', body: '{"revision":0}', headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' } });
    expect(forged.status).toBe(415);
    expect((await server().get(`/api/text/${id}`)).text).toBe('text');
  });
});

describe('deleting', () => {
  test('leaves the text and nothing before it', async () => {
    const id = freshId();
    const owner = await make(server(), id, ['a secret ', 'that goes']);
    expectError(await ask(server(), 'DELETE', of(id, 'history')), 403, 'owner_only');
    expect((await ask(server(), 'DELETE', of(id, 'history'), undefined, owner)).status).toBe(204);
    expect(await sittings(server(), id)).toEqual([]);
    expect((await textAt(server(), id, 1)).status).toBe(404);
    expect(json(await textAt(server(), id, 1))).toMatchObject({ before: null, after: 2 });
    expect((await textAt(server(), id, 2)).text).toBe('a secret that goes');
    await write(server(), id, ['!'], 'Bob');
    expect((await sittings(server(), id)).map((s) => s.authors[0]!.name)).toEqual(['Bob']);
    expect((await textAt(server(), id, 3)).status).toBe(200);
  });

  test.each([
    ['deleted', 'DELETE', undefined],
    ['switched off', 'PUT', { keep: false }],
  ])('what is %s is not told to those who come back either', async (_what, method, body) => {
    const id = freshId();
    const put = (text: string) => server().get(`/api/text/${id}`, { method: 'PUT', body: text });
    await put('a secret');
    const tab = freshTab();
    await (await v2(server(), id, { tab })).close();
    const reader = await v2(server(), id);
    await put('public');
    await reader.sees('public');
    expect(await firstEvent(server(), `${id}?revision=1`)).toHaveProperty('History');
    expect((await ask(server(), method, of(id, 'history'), body)).status).toBe(204);
    expect(await firstEvent(server(), `${id}?revision=0`)).toEqual({ Snapshot: { revision: 2, text: 'public' } });
    expect(await firstEvent(server(), `${id}?revision=1`)).toEqual({ Snapshot: { revision: 2, text: 'public' } });
    const again = await v2(server(), id, { tab });
    expect([again.welcome.resumed, again.text]).toEqual([false, 'public']);
    await reader.type('!');
    await again.sees('public!');
  });

  test('nor to v1 clients, and those who were there go on where they were', async () => {
    const id = freshId();
    const reader = await v1(server(), id);
    await reader.type('a secret');
    reader.delete(0, 8);
    await reader.type('public');
    await reader.settled();
    expect((await ask(server(), 'DELETE', of(id, 'history'))).status).toBe(204);
    const late = await v1(server(), id);
    await late.sees('public');
    expect(late.raw.join('')).not.toContain('secret');
    await reader.type('!', 6);
    await late.sees('public!');
    await late.type('?', 7);
    await reader.sees('public!?');
    const { replica: known } = reader;
    await reader.close();
    await late.type('?', 8);
    const again = await v1(server(), id, { known });
    await again.sees('public!??');
    await again.type('.', 9);
    await converged(server(), id, [again, late]);
  });

  test.each([
    ['deleting it', 'DELETE', undefined],
    ['switching it off', 'PUT', { keep: false }],
  ])('%s does not bring back a document that is being deleted', async (_what, method, body) => {
    const own = await startServer();
    const id = freshId();
    await own.get(`/api/text/${id}`, { method: 'PUT', body: 'a secret' });
    const lock = await WriteLock.hold(own.database);
    const deletion = ask(own, 'DELETE', `/api/document/${id}`);
    await sleep(100);
    const change = ask(own, method, of(id, 'history'), body);
    await sleep(100);
    await lock.release();
    const { status } = await deletion;
    expect([404, 503]).toContain((await change).status);
    expect(json(await own.get(`/api/document/${id}`))['exists']).toBe(status !== 204);
    expect(status).toBe(ON_POSTGRES ? 503 : 204);
  });

  test('off for one document nothing more is kept, until it is on', async () => {
    const id = freshId();
    const owner = await make(server(), id, ['a', 'b']);
    const keep = async (value: unknown): Promise<number> => (await ask(server(), 'PUT', of(id, 'history'), { keep: value }, owner)).status;
    expect(await keep(false)).toBe(204);
    await write(server(), id, ['c'], 'Bob');
    expect(await sittings(server(), id)).toEqual([]);
    expect((await textAt(server(), id, 3)).status).toBe(404);
    expect((await server().get(of(id, 'authorship'))).status).toBe(404);
    expect(await keep(true)).toBe(204);
    await write(server(), id, ['d'], 'Carol');
    expect((await sittings(server(), id)).map((s) => s.authors[0]!.name)).toEqual(['Carol']);
    expect(await keep(1)).toBe(400);
  });
});

describe('who may see it', () => {
  test('is whoever came by a link for editing, or by one that shows history', async () => {
    for (const [role, history, status] of [['edit', false, 200], ['view', true, 200], ['view', false, 403]] as const) {
      const other = freshId();
      const token = await make(server(), other, ['one', 'two']);
      const link = await makeLink(server(), other, { role, name: role, history }, token);
      for (const rest of ['history', 'history/1', 'authorship']) {
        const answer = await server().get(of(other, rest), { headers: bearer(link.token) });
        expect(answer.status, `${role} ${history} ${rest}`).toBe(status);
      }
    }
  });

  test('needs the password', async () => {
    const id = freshId();
    const tab = freshTab();
    const alice = await v2(server(), id, { tab });
    await alice.type('secret');
    const answer = await server().get(of(id, 'protect'), jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: tab.token }));
    const otp = json(answer)['otp'] as string;
    for (const rest of ['history', 'history/1', 'history/operations?from=0', 'history/diff?from=0&to=1', 'authorship']) {
      expect((await server().get(of(id, rest))).status, rest).toBe(401);
      expect((await server().get(of(id, rest), { headers: { authorization: `Bearer ${otp}` } })).status, rest).toBe(200);
    }
    expect((await server().get(of(id, 'history'), { method: 'DELETE' })).status).toBe(401);
  });
});

describe.skipIf(ON_POSTGRES || NODES > 1)('HISTORY=off', () => {
  test('leaves nothing behind, not even of what was kept before', async () => {
    const s = await startServer(SOON);
    await write(s, 'pad', ['the secret ', ...WORDS], 'Alice Appleseed');
    await packed(s, 'pad');
    const bob = await v2(s, 'pad', { name: 'Bob' });
    bob.delete(0, bob.length);
    await bob.type('harmless');
    await bob.close();
    await s.logged(/flush docId=pad/);
    await s.stop();
    expect(fs.readFileSync(s.database).includes('Alice Appleseed')).toBe(true);
    await s.restart({ HISTORY: 'off' });
    await write(s, 'pad', ['!', '!', '!'], 'Carol Carrot');
    await s.logged(/flush docId=pad/);
    expect(await sittings(s, 'pad')).toEqual([]);
    await s.stop();
    const file = fs.readFileSync(s.database);
    for (const name of ['Alice Appleseed', 'Carol Carrot']) expect(file.includes(name), name).toBe(false);
    for (const table of ['history', 'history_fresh', 'checkpoints', 'authors'])
      expect(sql<{ n: number }>(s.database, `SELECT count(*) AS n FROM ${table}`)[0]!.n, table).toBe(0);
  });
});
