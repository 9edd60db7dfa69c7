// Comments: about a piece of the text, which they stay at; who may write and delete them, and who is told.
import { describe, expect, test } from 'vitest';
import { converged, freshTab, v1, v2, v2Silent } from './support/clients.ts';
import type { V2Client } from './support/clients.ts';
import { all, author, comments, known, make, remove, reply, resolve, reword } from './support/comments.ts';
import type { Changed, Thread, Who } from './support/comments.ts';
import { json } from './support/http.ts';
import { byLink as enterByLink } from './support/links.ts';
import { ask, expectError, makeLink, pathOf, takeCharge } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { sql } from './support/sqlite.ts';
import { NODES, ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });
const TEXT = 'The quick brown fox';
const QUICK = { revision: 1, from: 4, to: 9 };

/** Made by a v1 client, so that nobody owns it. */
async function pad(text = TEXT, of: Server = server()): Promise<string> {
  const id = freshId('comments');
  await (await v1(of, id)).type(text);
  return id;
}

/** In the pad, and told of its comments. */
async function follower(id: string, of: Server = server(), options: { tab?: ReturnType<typeof freshTab> } = {}): Promise<V2Client> {
  const client = await v2Silent(of, id);
  client.tab = options.tab ?? client.tab;
  client.replica = client.tab.replica;
  client.hello({ comments: true });
  await client.until('Welcome, the text and the users', () => client.ready);
  return client;
}

const threadOf = async (id: string, thread: string, who?: Who, of: Server = server()): Promise<Thread> => {
  const found = (await all(of, id, who)).threads.find((it) => it.id === thread);
  expect(found, `the thread ${thread}`).toBeDefined();
  return found as Thread;
};
const placeOf = async (id: string, thread: string): Promise<[number, number]> => {
  const { from, to } = await threadOf(id, thread);
  return [from, to];
};
/** The client knows the same places as the server, each at the text that it has. */
async function knowsAll(client: V2Client, id: string, of: Server = server()): Promise<void> {
  await until('the same comments as the server', async () => {
    const { revision, threads } = await all(of, id);
    return revision === client.replica.revision && JSON.stringify(threads) === JSON.stringify([...known(client).values()]);
  });
}

describe('a thread', () => {
  test('is told whole, by who made it and when', async () => {
    const id = await pad();
    const alice = author('Älice');
    const made = await make(server(), id, QUICK, 'Why "quick"?\n\tReally \u{1F98A}?', { ...alice, hue: 200 });
    expect(made).toEqual({
      revision: 1,
      comment: made.thread.id,
      thread: {
        id: expect.stringMatching(/^[\w-]{12}$/), from: 4, to: 9, quote: 'quick', made_at: expect.any(Number), resolved: null,
        comments: [{
          id: made.thread.id, author: { name: 'Älice', hue: 200, key: expect.stringMatching(/^[\w-]{12}$/) },
          text: 'Why "quick"?\n\tReally \u{1F98A}?', made_at: made.thread.made_at, edited_at: null,
        }],
      },
    });
    expect(Math.abs(made.thread.made_at - Date.now() / 1000)).toBeLessThan(60);
    const { revision, comments: may, you, threads } = await all(server(), id, alice);
    expect({ revision, may, you, threads }).toEqual({ revision: 1, may: 'write', you: made.thread.comments[0]!.author.key, threads: [made.thread] });
    expect((await all(server(), id)).you).toBeNull();
  });

  test('is answered, resolved, opened again, reworded', async () => {
    const id = await pad();
    const [alice, bob] = [author('Alice'), author('Bob')];
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'Why?', alice);
    const answered = await reply(server(), id, thread, 'Because.', bob);
    expect(answered.thread.comments.map(({ text, author: by }) => [by.name, text])).toEqual([['Alice', 'Why?'], ['Bob', 'Because.']]);
    expect(answered.comment).toBe(answered.thread.comments[1]!.id);
    const resolved = await resolve(server(), id, thread, true, bob);
    expect(resolved.thread.resolved).toEqual({ at: expect.any(Number), by: answered.thread.comments[1]!.author });
    expect((await resolve(server(), id, thread, true, alice)).thread.resolved!.by.name).toBe('Bob');
    expect((await resolve(server(), id, thread, false, alice)).thread.resolved).toBeNull();
    const reworded = await reword(server(), id, thread, thread, 'Why not?', alice);
    expect(reworded.thread.comments[0]).toMatchObject({ text: 'Why not?', edited_at: expect.any(Number) });
    expect(await threadOf(id, thread)).toEqual(reworded.thread);
  });

  test('without a name is of Anonymous, without a hue has that of the name, without a token has no key', async () => {
    const id = await pad();
    const { thread } = await make(server(), id, QUICK, 'x');
    expect(thread.comments[0]!.author).toMatchObject({ name: 'Anonymous', key: null });
    const [one, two] = [await make(server(), id, QUICK, 'x', { name: 'Jörg' }), await make(server(), id, QUICK, 'x', { name: 'Jörg' })];
    expect(one.thread.comments[0]!.author).toEqual(two.thread.comments[0]!.author);
  });

  test('is not in the text, its history, nor its revision', async () => {
    const id = await pad();
    await make(server(), id, QUICK, 'unseen');
    for (const path of [`/api/text/${id}`, pathOf(id), pathOf(id, '/history'), pathOf(id, '/history/operations?from=0')]) {
      const answer = await ask(server(), 'GET', path);
      expect([answer.status, answer.text.includes('unseen')], path).toEqual([200, false]);
    }
    expect(await server().text(id)).toBe(TEXT);
  });

  test('an author has another key in another pad', async () => {
    const alice = author('Alice');
    const keys = await Promise.all([0, 1].map(async () => (await make(server(), await pad(), QUICK, 'x', alice)).thread.comments[0]!.author.key));
    expect(new Set(keys).size).toBe(2);
  });
});

describe('its place', () => {
  test('moves with the text', async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    const bob = await v2(server(), id);
    await bob.type('So: ', 0);
    expect(await placeOf(id, thread)).toEqual([8, 13]);
    await bob.type('very ', 8); // at its start
    await bob.type('er', 18); // at its end
    expect(await placeOf(id, thread)).toEqual([13, 18]);
    await bob.type('u\u{1F98A}', 15); // inside
    expect(await placeOf(id, thread)).toEqual([13, 20]);
    bob.delete(0, 15);
    await bob.settled();
    expect(await placeOf(id, thread)).toEqual([0, 5]);
  });

  test('is kept with its quote when its text is deleted, and is back when that is brought back', async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    const bob = await v2(server(), id);
    bob.delete(2, 10);
    await bob.settled();
    expect(await threadOf(id, thread)).toMatchObject({ from: 2, to: 2, quote: 'quick' });
    await bob.type('>>', 0);
    await bob.type(TEXT.slice(2, 12), 4);
    expect(await threadOf(id, thread)).toMatchObject({ from: 6, to: 11, quote: 'quick' });
  });

  test('is of the revision that was named, whatever came since', async () => {
    const id = await pad();
    const bob = await v2(server(), id);
    await bob.type('So: ', 0);
    const { revision, thread } = await make(server(), id, QUICK, 'x');
    expect([revision, thread.from, thread.to, thread.quote]).toEqual([2, 8, 13, 'quick']);
    bob.delete(8, 5);
    await bob.settled();
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, text: 'x' }), 409, 'text_gone');
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, revision: 9, text: 'x' }), 409, 'unknown_revision');
  });

  test.each([[4, 4], [9, 4], [0, 20], [19, 20]])('%i to %i is none', async (from, to) => {
    const id = await pad();
    expectError(await comments(server(), 'POST', id, '', { revision: 1, from, to, text: 'x' }), 400, 'bad_place');
  });

  test('may be all of the text; the quote is its first 200 code points', async () => {
    const text = '\u{1F98A}ab'.repeat(100);
    const id = await pad(text);
    const { thread } = await make(server(), id, { revision: 1, from: 0, to: 300 }, 'x');
    expect(thread).toMatchObject({ from: 0, to: 300, quote: [...text].slice(0, 200).join('') });
  });
});

describe('what is no comment', () => {
  test.each([
    ['no text', {}], ['an empty one', { text: '' }], ['blanks', { text: ' \n\t' }], ['a control character', { text: 'a\u0007' }], ['NUL', { text: 'a\u0000b' }],
    ['C1', { text: 'a\u0085' }], ['a carriage return', { text: 'a\r\nb' }], ['4,001 characters', { text: 'x'.repeat(4001) }], ['a number', { text: 5 }],
  ])('%s', async (_what, body) => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    for (const [method, rest, more] of [['POST', '', QUICK], ['POST', `/${thread}`, {}], ['PATCH', `/${thread}/${thread}`, {}]] as const) {
      const answer = await comments(server(), method, id, rest, { ...more, ...body });
      expect([answer.status, json(answer)['code']]).toEqual([400, expect.stringMatching(/^bad_(comment|request)$/)]);
    }
    expect((await all(server(), id)).threads).toHaveLength(1);
  });

  test('4,000 of the widest characters are one, also when all of them are escaped', async () => {
    const id = await pad();
    const text = '\u{1F98A}'.repeat(4000);
    expect((await make(server(), id, QUICK, text)).thread.comments[0]!.text).toBe(text);
    const body = `{"revision":1,"from":4,"to":9,"text":"${'\\ud83e\\udd8a'.repeat(4000)}"}`;
    const answer = await server().get(pathOf(id, '/comments'), { method: 'POST', body });
    expect([answer.status, json<Changed>(answer).thread.comments[0]!.text === text]).toEqual([201, true]);
  });

  test.each([
    ['no JSON', 'POST', '', 'hello'], ['a list', 'POST', '', '[]'], ['no place', 'POST', '', '{"revision":1,"text":"x"}'],
    ['a fraction', 'POST', '', '{"revision":1,"from":4.5,"to":9,"text":"x"}'], ['a negative place', 'POST', '', '{"revision":1,"from":-1,"to":9,"text":"x"}'],
    ['no state', 'PATCH', '/aaaaaaaaaaaa', '{}'], ['a state that is none', 'PATCH', '/aaaaaaaaaaaa', '{"resolved":1}'],
  ])('%s', async (_what, method, rest, body) => {
    const id = await pad();
    expectError(await server().get(pathOf(id, `/comments${rest}`), { method, body }), 400, 'bad_request');
  });

  test.each([['a hue of 360', { 'x-author-hue': '360' }], ['a hue in words', { 'x-author-hue': 'red' }], ['a short token', { 'x-author-token': 'abc' }]])('%s', async (_what, headers) => {
    const id = await pad();
    expectError(await server().get(pathOf(id, '/comments'), { method: 'POST', body: JSON.stringify({ ...QUICK, text: 'x' }), headers }), 400, 'bad_author');
  });

  test('threads, comments and pads that are not there', async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    for (const [method, rest, body] of [
      ['POST', '/aaaaaaaaaaaa', { text: 'x' }], ['PATCH', '/aaaaaaaaaaaa', { resolved: true }], ['DELETE', '/aaaaaaaaaaaa', undefined],
      ['PATCH', `/${thread}/aaaaaaaaaaaa`, { text: 'x' }], ['DELETE', `/${thread}/aaaaaaaaaaaa`, undefined], ['DELETE', '/no%20id', undefined], ['DELETE', '/%ff', undefined],
    ] as const) expectError(await comments(server(), method, id, rest, body), 404, 'not_found');
    expectError(await comments(server(), 'GET', freshId(), '', undefined), 404, 'not_found');
    expectError(await comments(server(), 'POST', freshId(), '', { ...QUICK, text: 'x' }), 404, 'not_found');
    expect((await server().get(pathOf(id, '/comments'), { method: 'OPTIONS' })).headers.allow).toMatch(/GET.*POST/);
    expect((await server().get(pathOf(id, '/comments'), { method: 'PUT', body: '{}' })).status).toBe(405);
  });
});

describe('whose right it is', () => {
  test('the author changes a comment, nobody else does, not even the owner', async () => {
    const id = await pad();
    const owner = await takeCharge(server(), id);
    const alice = author('Alice');
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x', alice);
    for (const who of [{}, author('Alice'), { secret: owner }]) expectError(await comments(server(), 'PATCH', id, `/${thread}/${thread}`, { text: 'y' }, who), 403, 'not_author');
    await reword(server(), id, thread, thread, 'y', alice);
  });

  test('without an owner any editor deletes', async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x', author('Alice'));
    const { comment } = await reply(server(), id, thread, 'y', author('Bob'));
    await remove(server(), id, `${thread}/${thread}`);
    expect((await threadOf(id, thread)).comments.map((it) => it.id)).toEqual([comment]);
    await remove(server(), id, `${thread}/${comment}`); // the last one takes the thread along
    expect((await all(server(), id)).threads).toEqual([]);
    expectError(await comments(server(), 'DELETE', id, `/${thread}`, undefined), 404, 'not_found');
  });

  test('with an owner only the author and the owner do', async () => {
    const id = await pad();
    const owner = { secret: await takeCharge(server(), id) };
    const [alice, bob] = [author('Alice'), author('Bob')];
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x', alice);
    const { comment } = await reply(server(), id, thread, 'y', bob);
    expectError(await comments(server(), 'DELETE', id, `/${thread}/${comment}`, undefined, alice), 403, 'owner_only');
    expectError(await comments(server(), 'DELETE', id, `/${thread}`, undefined, alice), 403, 'owner_only'); // Bob's is in it
    await remove(server(), id, `${thread}/${comment}`, bob);
    await remove(server(), id, thread, alice);
    const second = await make(server(), id, QUICK, 'x', alice);
    await remove(server(), id, second.thread.id, owner);
    expect((await all(server(), id)).threads).toEqual([]);
  });

  test('a link for reading shows none, unless it was made to', async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x', author('Alice'));
    const reading = await makeLink(server(), id, { role: 'view' });
    const reviewing = await makeLink(server(), id, { role: 'view', comments: true });
    expect([reading.comments, reviewing.comments]).toEqual([false, true]);
    const mallory = { ...author('Mallory'), secret: reading.token };
    for (const of of ['', id])
      for (const [method, rest, body] of [
        ['GET', '', undefined], ['POST', '', { ...QUICK, text: 'x' }], ['POST', `/${thread}`, { text: 'x' }], ['PATCH', `/${thread}`, { resolved: true }],
        ['PATCH', `/${thread}/${thread}`, { text: 'y' }], ['DELETE', `/${thread}/${thread}`, undefined], ['DELETE', `/${thread}`, undefined],
      ] as const) expectError(await comments(server(), method, of, rest, body, mallory), 403, 'view_only');
    const carol = { ...author('Carol'), secret: reviewing.token };
    const before = await all(server(), id);
    expect(await all(server(), '', carol)).toEqual({ ...before, you: expect.any(String) });
    const { comment } = await reply(server(), '', thread, 'by a link', carol);
    const own = await make(server(), '', QUICK, 'my own', carol);
    expect(own.thread.comments[0]!.author.key).toBe((await all(server(), id, { token: carol.token })).you);
    await reword(server(), '', thread, comment, 'better', carol);
    await resolve(server(), '', thread, true, carol);
    expectError(await comments(server(), 'DELETE', '', `/${thread}`, undefined, carol), 403, 'owner_only');
    await remove(server(), '', `${thread}/${comment}`, carol);
    await remove(server(), '', own.thread.id, carol);
    expectError(await ask(server(), 'PUT', `/api/text/${id}`, 'x', reviewing.token), 403, 'view_only');
    await ask(server(), 'DELETE', pathOf(id, `/links/${reviewing.id}`));
    expectError(await comments(server(), 'GET', '', '', undefined, carol), 403, 'link_withdrawn');
  });

  test('while only the owner writes, all others read them', async () => {
    const id = await pad();
    const owner = await takeCharge(server(), id);
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    await ask(server(), 'PATCH', pathOf(id), { write: 'owner' }, owner);
    expect((await all(server(), id)).comments).toBe('read');
    expectError(await comments(server(), 'POST', id, `/${thread}`, { text: 'x' }), 403, 'view_only');
    expect((await all(server(), id, { secret: owner })).comments).toBe('write');
    await reply(server(), id, thread, 'mine', { secret: owner });
  });

  test('the password is asked for', async () => {
    const id = await pad();
    const owner = await takeCharge(server(), id);
    const otp = json<{ otp: string }>(await ask(server(), 'POST', pathOf(id, '/protect'), {}, owner)).otp;
    expectError(await comments(server(), 'GET', id, '', undefined), 401, 'bad_password');
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, text: 'x' }), 401, 'bad_password');
    await make(server(), id, QUICK, 'x', { secret: otp });
    expectError(await comments(server(), 'GET', '', '', undefined), 401, 'bad_password');
  });

  test('a page of another site may not', async () => {
    const id = await pad();
    const body = JSON.stringify({ ...QUICK, text: 'x' });
    const from = (headers: Record<string, string>) => server().get(pathOf(id, '/comments'), { method: 'POST', body, headers });
    expectError(await from({ origin: 'https://evil.example', 'content-type': 'application/json' }), 403, 'bad_origin');
    expectError(await from({ 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' }), 415, 'bad_media_type');
    expect((await all(server(), id)).threads).toEqual([]);
  });
});

describe('once', () => {
  test('the same request under the same key makes one comment', async () => {
    const id = await pad();
    const who = { ...author('Alice'), key: 'one' };
    const [first, again] = [await make(server(), id, QUICK, 'x', who), await make(server(), id, QUICK, 'x', who)];
    expect(again).toEqual(first);
    const thread = first.thread.id;
    const answers = await Promise.all(Array.from({ length: 8 }, () => reply(server(), id, thread, 'y', { ...who, key: 'two' })));
    expect(new Set(answers.map((it) => it.comment)).size).toBe(1);
    expect((await threadOf(id, thread)).comments.map((it) => it.text)).toEqual(['x', 'y']);
    expectError(await comments(server(), 'POST', id, `/${thread}`, { text: 'z' }, { ...who, key: 'two' }), 422, 'key_reused');
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, text: 'y' }, { ...who, key: 'two' }), 422, 'key_reused');
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, text: 'y' }, { key: '' }), 400, 'bad_key');
  });

  test('without one each makes its own', async () => {
    const id = await pad();
    await make(server(), id, QUICK, 'x');
    await make(server(), id, QUICK, 'x');
    expect((await all(server(), id)).threads).toHaveLength(2);
  });
});

describe('following', () => {
  test('one that does not ask hears nothing of them', async () => {
    const id = await pad();
    await make(server(), id, QUICK, 'there before');
    const [old, quiet] = [await v1(server(), id), await v2(server(), id)];
    expect(quiet.welcome).not.toHaveProperty('comments');
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'while they are in');
    await remove(server(), id, thread);
    await quiet.type('x');
    await old.sees(`${TEXT}x`);
    for (const client of [old, quiet]) expect(client.raw.filter((it) => /omment/.test(String(it)))).toEqual([]);
  });

  test('one that asks is told all behind the text, and what changes', async () => {
    const id = await pad();
    const { thread } = await make(server(), id, QUICK, 'x');
    const eve = await follower(id);
    expect(eve.welcome).toMatchObject({ comments: 'write' });
    await knowsAll(eve, id);
    expect(eve.messages.findIndex((it) => 'Comments' in it)).toBeGreaterThan(eve.messages.findIndex((it) => 'Users' in it));
    const second = await make(server(), id, { revision: 1, from: 0, to: 3 }, 'y');
    await reply(server(), id, thread.id, 'z');
    await resolve(server(), id, thread.id, true);
    await knowsAll(eve, id);
    await remove(server(), id, second.thread.id);
    await eve.message('CommentGone');
    await knowsAll(eve, id);
    expect(eve.all('Comments')).toHaveLength(1);
  });

  test('without any there is nothing to tell; the first one is', async () => {
    const id = await pad();
    const eve = await follower(id);
    await eve.type('.');
    expect(eve.messages.filter((it) => 'Comments' in it)).toEqual([]);
    await make(server(), id, QUICK, 'x');
    await eve.message('Comment');
    await knowsAll(eve, id);
  });

  test('places of a message are at the revision that the reader has then, while everybody types', async () => {
    const id = await pad(TEXT.repeat(20));
    const people = [await follower(id), await follower(id), await follower(id)];
    let made = 0;
    const typing = people.map(async (person, n) => {
      for (let i = 0; i < 60; i++) {
        const at = (i * 37 + n * 11) % (person.length - 8);
        if (i % 4 === 3) person.delete(at, 1 + (i % 7));
        else person.insert(`${n}${i}`, at);
        if (i % 5 === 0) await person.settled();
      }
    });
    const commenting = (async () => {
      for (let i = 0; i < 40; i++) {
        const { revision } = people[0]!.replica;
        const from = (i * 53) % 300;
        const answer = await comments(server(), 'POST', id, '', { revision, from, to: from + 1 + (i % 9), text: `about ${i}` });
        made += answer.status === 201 ? 1 : 0;
        expect([201, 409]).toContain(answer.status);
      }
    })();
    await Promise.all([...typing, commenting]);
    await converged(server(), id, people);
    expect(made).toBeGreaterThan(10);
    for (const person of people) await knowsAll(person, id);
  });

  test('one that comes back is told what there is, also if that is nothing', async () => {
    const id = await pad();
    const { thread } = await make(server(), id, QUICK, 'x');
    const tab = freshTab();
    const eve = await follower(id, server(), { tab });
    await eve.close();
    await remove(server(), id, thread.id);
    const again = await follower(id, server(), { tab });
    expect(again.welcome.resumed).toBe(true);
    expect(await again.message('Comments')).toEqual({ revision: 1, threads: [] });
  });

  test('by a link: as it says', async () => {
    const id = await pad();
    await make(server(), id, QUICK, 'x');
    const [reading, reviewing] = [await makeLink(server(), id, { role: 'view' }), await makeLink(server(), id, { role: 'view', comments: true })];
    const enter = (token: string) => enterByLink(server(), token, { comments: true });
    const eve = await enter(reading.token);
    expect(eve.welcome).not.toHaveProperty('comments');
    const carol = await enter(reviewing.token);
    expect(carol.welcome).toMatchObject({ access: 'view', comments: 'write' });
    await carol.message('Comments');
    await make(server(), id, QUICK, 'y');
    await carol.message('Comment');
    await eve.sees(TEXT);
    expect(eve.raw.filter((it) => /omment/.test(String(it)))).toEqual([]);
  });

  test('what one may do changes with the access', async () => {
    const id = await pad();
    const owner = await takeCharge(server(), id);
    const eve = await follower(id);
    await ask(server(), 'PATCH', pathOf(id), { write: 'owner' }, owner);
    expect(await eve.message('Access')).toEqual({ role: 'view', comments: 'read' });
    await make(server(), id, QUICK, 'x', { secret: owner });
    await eve.message('Comment');
  });
});

describe('limits', () => {
  test('100 comments in a thread, 500 threads, 1 MiB', { timeout: 120_000 }, async () => {
    const id = await pad();
    const { thread: { id: thread } } = await make(server(), id, QUICK, 'x');
    for (let i = 1; i < 100; i++) await reply(server(), id, thread, `${i}`);
    expectError(await comments(server(), 'POST', id, `/${thread}`, { text: 'x' }), 409, 'too_many_comments');
    for (let i = 1; i < 500; i++) await make(server(), id, QUICK, 'x');
    expectError(await comments(server(), 'POST', id, '', { ...QUICK, text: 'x' }), 409, 'too_many_comments');
    await remove(server(), id, thread);
    await make(server(), id, QUICK, 'x');
    const full = await pad();
    const large = '\u{1F98A}'.repeat(4000);
    const { thread: { id: of } } = await make(server(), full, QUICK, large);
    for (let i = 1; i < 65; i++) await comments(server(), 'POST', full, `/${of}`, { text: large });
    expectError(await comments(server(), 'POST', full, `/${of}`, { text: large }), 409, 'too_many_comments');
    expect((await all(server(), full)).threads[0]!.comments.length).toBeGreaterThan(60);
  });

  test('they count as writes', async () => {
    const own = await startServer({ EDITS_PER_SECOND: 1, EDITS_BURST: 3 });
    await own.get('/api/text/pad', { method: 'PUT', body: TEXT });
    const statuses: number[] = [];
    for (let i = 0; i < 8 * NODES; i++) statuses.push((await comments(own, 'POST', 'pad', '', { ...QUICK, text: 'x' })).status);
    expect(statuses).toContain(429);
    expect(statuses).toContain(201);
  });
});

describe('storage', () => {
  const SOON = { RATE_LIMITS: 'off', KP_TEST_PERSIST_CHECK_MS: 50, KP_TEST_IDLE_PERSIST_MS: 100 };

  /** Comments, and edits around them; gives what must be there again. */
  async function written(own: Server): Promise<Thread[]> {
    await own.get('/api/text/pad', { method: 'PUT', body: TEXT.repeat(3) }); // so it has no owner
    const bob = await v2(own, 'pad');
    const alice = author('Alice');
    const first = await make(own, 'pad', QUICK, 'first', alice);
    await bob.type('So: ', 0);
    await make(own, 'pad', { revision: 1, from: 10, to: 15 }, 'second \u{1F98A}', alice);
    await reply(own, 'pad', first.thread.id, 'third');
    await resolve(own, 'pad', first.thread.id, true, alice);
    bob.delete(14, 6); // the text of the second
    await bob.settled();
    await bob.type('last', 2);
    const { threads } = await all(own, 'pad');
    expect(threads.map((it) => [it.from, it.to])).toEqual([[12, 17], [18, 18]]);
    await bob.close();
    return threads;
  }

  test.each(['restart', 'kill'])('a %s takes nothing, and what was lost comes back afterwards', async (how) => {
    const own = await startServer();
    const threads = await written(own);
    if (how === 'kill') await own.kill();
    else await own.stop();
    await own.restart();
    expect((await all(own, 'pad')).threads).toEqual(threads);
    await (await v2(own, 'pad')).type('brown ', 18);
    expect((await all(own, 'pad')).threads[1]).toMatchObject({ from: 18, to: 23 });
  });

  test('snapshots carry the places on, a kill behind them too', async () => {
    const own = await startServer(SOON);
    const threads = await written(own);
    await until('a snapshot of the newest text', () => sql<{ revision: number }>(own.database, `SELECT revision FROM documents WHERE id = 'pad'`)[0]!.revision >= 4, 20_000);
    await (await v2(own, 'pad')).type('!', 0);
    await own.kill();
    await own.restart();
    expect((await all(own, 'pad')).threads.map((it) => [it.from, it.to])).toEqual(threads.map((it) => [it.from + 1, it.to + 1]));
  });

  test('they go with the pad', async () => {
    const own = await startServer();
    await written(own);
    expect((await ask(own, 'DELETE', pathOf('pad'))).status).toBe(204);
    expect((await comments(own, 'GET', 'pad', '', undefined)).status).toBe(404);
    await own.get('/api/text/pad', { method: 'PUT', body: TEXT });
    expect((await all(own, 'pad')).threads).toEqual([]);
  });

  test.skipIf(ON_POSTGRES)('without a journal what was answered is there, with its text', async () => {
    const own = await startServer({ DURABILITY: 'lazy' });
    await own.get('/api/text/pad', { method: 'PUT', body: TEXT });
    const { thread } = await make(own, 'pad', QUICK, 'x');
    await own.kill();
    await own.restart();
    expect(await own.text('pad')).toBe(TEXT);
    expect((await all(own, 'pad')).threads).toEqual([thread]);
  });

  test('a pad without comments has no rows of them', async () => {
    const own = await startServer(SOON);
    await own.get('/api/text/pad', { method: 'PUT', body: TEXT });
    const { thread } = await make(own, 'pad', QUICK, 'x');
    await remove(own, 'pad', thread.id);
    await own.stop();
    const table = (name: string) => (ON_POSTGRES ? `kp_${name}` : name);
    for (const name of ['comments', 'commented']) expect(Number(sql<{ n: number }>(own.database, `SELECT count(*) AS n FROM ${table(name)}`)[0]!.n), name).toBe(0);
  });
});

test('metrics count what is done, the log names the pad and says nothing of it', async () => {
  const id = await pad();
  const before = await server().stats();
  const { thread } = await make(server(), id, QUICK, 'a secret remark', author('A. Name'));
  await reply(server(), id, thread.id, 'another secret');
  await resolve(server(), id, thread.id, true);
  await remove(server(), id, thread.id);
  const after = await server().stats();
  const grown = (name: string) => Number(after[name]) - Number(before[name]);
  if (NODES === 1)
    expect(['comments_made_total', 'comments_answered_total', 'comments_resolved_total', 'comments_deleted_total', 'comment_threads'].map(grown)).toEqual([1, 1, 1, 1, 0]);
  expect(server().log).toContain(`comment_made docId=${id}`);
  expect(server().log).not.toMatch(/secret|A\. Name/);
});
