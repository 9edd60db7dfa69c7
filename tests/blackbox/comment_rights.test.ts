// Who may write, change, delete and see comments, and that a request is carried out once.
import { describe, expect, test } from 'vitest';
import { all, author, comments, make, remove, reply, resolve, reword } from './support/comments.ts';
import { json } from './support/http.ts';
import { ask, expectError, makeLink, pathOf, takeCharge } from './support/rights.ts';
import { useServer } from './support/server.ts';
import { QUICK, commentedPads } from './support/commented_pad.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });
const { pad, threadOf } = commentedPads(server);

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
