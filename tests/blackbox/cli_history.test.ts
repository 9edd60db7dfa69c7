// history: lists who typed what when, prints an earlier text, brings one back; by the address and by links.
import { describe, expect, test } from 'vitest';
import { Cli, addressOf, cli } from './support/cli.ts';
import type { V2Client } from './support/clients.ts';
import { v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { ask, makeLink } from './support/rights.ts';
import { freshId, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });

async function padOf(id: string): Promise<{ alice: V2Client; owner: string }> {
  const alice = await v2(server(), id, { name: 'Alice\u001b[31m', hue: 20 });
  for (const word of ['one\n', 'two\n', 'three\n']) await alice.type(word);
  const { token } = await alice.message('Owner');
  return { alice, owner: token };
}

describe('history', () => {
  test('lists, shows and brings back', async () => {
    const id = freshId();
    const address = addressOf(server(), id);
    const { alice } = await padOf(id);
    const listed = await cli(['history', address]);
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(listed.out).toMatch(/^FROM\tTO\tBEGAN\tENDED\tINSERTED\tDELETED\tBY\n0\t3\t\d{4}-\d\d-\d\d \d\d:\d\d\t\d{4}-\d\d-\d\d \d\d:\d\d\t14\t0\tAlice.*\n$/);
    expect(listed.out).not.toMatch(/\u001b/);
    const [sitting] = (await cli(['history', address, '--json'])).out.trimEnd().split('\n').map((line) => JSON.parse(line));
    expect(sitting).toMatchObject({ first: 0, end: 3, inserted: 14, deleted: 0 });
    expect(await cli(['history', address, 'show', '2'])).toMatchObject({ code: 0, out: 'one\ntwo\n', err: '' });
    expect(JSON.parse((await cli(['history', address, 'show', '1', '--json'])).out)).toEqual({ revision: 1, text: 'one\n' });
    expect(await cli(['history', address, 'show', '0'])).toMatchObject({ code: 0, out: '' });

    expect(await cli(['history', address, 'restore', '1'], { env: { KOLABPAD_NAME: 'Jörg' } })).toMatchObject({ code: 0, out: '', err: '' });
    await alice.sees('one\n');
    expect(await alice.message('Restored')).toMatchObject({ revision: 1, user_name: 'Jörg' });
    const back = await cli(['history', address, 'restore', '3', '--json', '--name', 'Eve']);
    expect(JSON.parse(back.out)).toEqual({ revision: 5 });
    await alice.sees('one\ntwo\nthree\n');
  });

  test('lists all of a long one, newest first', async () => {
    const id = freshId();
    const alice = await v2(server(), id, { name: 'Alice' });
    const bob = await v2(server(), id, { name: 'Bob' });
    for (let i = 0; i < 5; i++) for (const one of [alice, bob]) await one.type(`${i} `);
    const lines = (await cli(['history', addressOf(server(), id), '--json'])).out.trimEnd().split('\n').map((line) => JSON.parse(line));
    const told = json<{ first: number }[]>(await server().get(`/api/document/${id}/history`));
    expect(lines).toEqual(told);
  });

  test('by a link that shows it, it is read, and not changed', async () => {
    const id = freshId();
    const { owner } = await padOf(id);
    const addressOfLink = async (link: object): Promise<string> => `http://127.0.0.1:${server().port}/#/link/${(await makeLink(server(), id, link, owner)).token}`;
    const shows = await addressOfLink({ role: 'view', name: 'a', history: true });
    expect((await cli(['history', shows])).out).toMatch(/\n0\t3\t/);
    expect(await cli(['history', shows, 'show', '1'])).toMatchObject({ code: 0, out: 'one\n' });
    expect(await cli(['history', shows, 'restore', '1'])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/refuses/) });
    const without = await addressOfLink({ role: 'view', name: 'b' });
    for (const rest of [[], ['show', '1']]) expect(await cli(['history', without, ...rest])).toMatchObject({ code: 1, err: expect.stringMatching(/refuses/) });
    const edits = await addressOfLink({ role: 'edit', name: 'c' });
    expect(await cli(['history', edits, 'restore', '2'])).toMatchObject({ code: 0, err: '' });
    expect(await server().text(id)).toBe('one\ntwo\n');
  });

  test.each<[string, string[], number, RegExp]>([
    ['a verb that is none', ['undo'], 2, /neither "show" nor "restore"/],
    ['no revision', ['show'], 2, /wants a revision/],
    ['a revision that is none', ['restore', '1x'], 2, /wants a revision/],
    ['a negative one', ['show', '--', '-1'], 2, /wants a revision/],
    ['one that will never be', ['show', '99999999999999999999'], 2, /wants a revision/],
    ['one that is not there', ['show', '99'], 1, /nearest that it has: 3\./],
    ['one that cannot be brought back', ['restore', '99'], 1, /nearest that it has: 3\./],
    ['too many words', ['show', '1', '2'], 2, /too many arguments/],
  ])('bad input: %s', async (_what, words, code, says) => {
    const id = freshId();
    await padOf(id);
    const ended = await cli(['history', addressOf(server(), id), ...words]);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(says);
    expect(await server().text(id)).toBe('one\ntwo\nthree\n');
  });

  test('a server that is not there', async () => {
    expect(await cli(['history', 'http://127.0.0.1:1/#pad'])).toMatchObject({ code: 3, err: expect.stringMatching(/cannot be reached/) });
  });
});

test('watch --json tells what becomes of the past', async () => {
  const id = freshId();
  const { owner } = await padOf(id);
  const watch = new Cli(['watch', '--json', addressOf(server(), id)]);
  await watch.prints('"event":"text"');
  await cli(['history', addressOf(server(), id), 'restore', '1', '--name', 'Eve']);
  await watch.prints('{"event":"restored","revision":1,"at":');
  await watch.prints('"name":"Eve"}');
  expect((await ask(server(), 'PUT', `/api/document/${id}/history`, { keep: false }, owner)).status).toBe(204);
  await watch.prints('{"event":"history","change":"off","kept":false,"user_id":18446744073709551615,"name":"System"}');
  watch.signal('SIGINT');
  expect((await watch.ended).code).toBe(0);
});
