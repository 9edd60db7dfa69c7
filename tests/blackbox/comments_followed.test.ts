// Who is in the pad is told of comments, at the places that they have in its text.
import { describe, expect, test } from 'vitest';
import { converged, freshTab, v1, v2 } from './support/clients.ts';
import { comments, make, remove, reply, resolve } from './support/comments.ts';
import { byLink as enterByLink } from './support/links.ts';
import { ask, makeLink, pathOf, takeCharge } from './support/rights.ts';
import { useServer } from './support/server.ts';
import { QUICK, TEXT, commentedPads } from './support/commented_pad.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });
const { pad, follower, knowsAll } = commentedPads(server);

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
    const eve = await follower(id, { tab });
    await eve.close();
    await remove(server(), id, thread.id);
    const again = await follower(id, { tab });
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
