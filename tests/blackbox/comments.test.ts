// Comments: about a piece of the text, which they stay at; and what is one.
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { all, author, comments, make, remove, reply, resolve, reword } from './support/comments.ts';
import type { Changed } from './support/comments.ts';
import { json } from './support/http.ts';
import { ask, expectError, pathOf } from './support/rights.ts';
import { freshId, useServer } from './support/server.ts';
import { NODES } from './support/store.ts';
import { QUICK, TEXT, commentedPads } from './support/commented_pad.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });
const { pad, threadOf, placeOf } = commentedPads(server);

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
