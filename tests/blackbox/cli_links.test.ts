// links: makes, lists and withdraws them; and what the other commands may do by one.
import { describe, expect, test } from 'vitest';
import { Cli, addressOf, cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { freshId, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });

async function padWith(text: string): Promise<string> {
  const id = freshId();
  const alice = await v2(server(), id, { name: 'Alice' });
  await alice.type(text);
  return id;
}

/** The address of a new link. */
async function link(id: string, role: 'view' | 'edit', name = 'Class 7b'): Promise<string> {
  const { code, out, err } = await cli(['links', addressOf(server(), id), `--${role}`, name]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\/link\/[A-Za-z0-9_-]{22}\n$/);
  return out.trimEnd();
}

describe('links', () => {
  test('are made, listed and withdrawn', async () => {
    const id = await padWith('text\n');
    const address = addressOf(server(), id);
    const viewed = await link(id, 'view');
    const made = await cli(['links', address, '--edit', 'Ed\u001b[31m', '--days', '3', '--json']);
    expect(made.code).toBe(0);
    const { token, url, role, expires_at } = JSON.parse(made.out);
    expect(url).toMatch(new RegExp(`#/link/${token}$`));
    expect(role).toBe('edit');
    expect(Math.abs(expires_at - Date.now() / 1000 - 3 * 86_400)).toBeLessThan(3600);

    const listed = await cli(['links', address]);
    expect(listed.out).toMatch(/^ID\tROLE\tMADE\tUNTIL\tLAST USED\tNAME\n/);
    expect(listed.out).toMatch(/\tview\t\d{4}-\d\d-\d\d \d\d:\d\d\t-\t.*\tClass 7b\n/);
    expect(listed.out).not.toMatch(/\u001b/);
    for (const secret of [token, viewed.split('/').at(-1)!]) expect(listed.out).not.toContain(secret);

    const all = JSON.parse((await cli(['links', address, '--json'])).out) as { id: string; role: string }[];
    expect(all.map((one) => one.role).sort()).toEqual(['edit', 'view']);
    const { id: withdrawn } = all.find((one) => one.role === 'view')!;
    expect(await cli(['cat', viewed])).toMatchObject({ code: 0, out: 'text\n' });
    expect(await cli(['links', address, '--revoke', withdrawn])).toMatchObject({ code: 0, out: '', err: '' });
    expect(await cli(['cat', viewed])).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/withdrawn/) });
    expect(await cli(['links', address, '--revoke', withdrawn])).toMatchObject({ code: 1 });
  });

  test.each<[string, string[], number, RegExp]>([
    ['two wishes', ['--view', 'a', '--edit', 'b'], 2, /one of/],
    ['days of nothing', ['--days', '3'], 2, /--days goes with/],
    ['days that are none', ['--view', 'a', '--days', 'x'], 2, /--days wants a number/],
    ['a link that is not there', ['--revoke', 'AAAAAAAAAAAA'], 1, /refuses/],
    ['a link that cannot be', ['--revoke', '../x'], 1, /refuses/],
  ])('bad input: %s', async (_what, options, code, says) => {
    const id = await padWith('x');
    const ended = await cli(['links', addressOf(server(), id), ...options]);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(says);
  });

  test('a link tells nothing of the others', async () => {
    const viewed = await link(await padWith('x'), 'view');
    expect(await cli(['links', viewed])).toMatchObject({ code: 1, err: expect.stringMatching(/takes the address of the pad/) });
  });
});

describe('by a link', () => {
  test('that can only be read, nothing is written', async () => {
    const id = await padWith('text\n');
    const viewed = await link(id, 'view');
    for (const command of ['put', 'append', 'edit']) {
      const ended = await cli([command, viewed], { input: 'more', env: { EDITOR: 'echo more >>' } });
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(ended.err).toMatch(/can only read/);
    }
    expect(await server().text(id)).toBe('text\n');
  });

  test('that can write, everything is as by the address', async () => {
    const id = await padWith('text\n');
    const writable = await link(id, 'edit');
    expect(await cli(['append', writable], { input: 'more\n' })).toMatchObject({ code: 0, err: '' });
    expect(await server().text(id)).toBe('text\nmore\n');
    expect(await cli(['cat', writable])).toMatchObject({ code: 0, out: 'text\nmore\n' });
  });

  test('that is withdrawn, watch ends and says so', async () => {
    const id = await padWith('text\n');
    const watch = new Cli(['watch', await link(id, 'view')]);
    await watch.prints('text\n');
    const [{ id: withdrawn }] = JSON.parse((await cli(['links', addressOf(server(), id), '--json'])).out);
    await cli(['links', addressOf(server(), id), '--revoke', withdrawn]);
    expect(await watch.ended).toMatchObject({ code: 1, err: expect.stringMatching(/withdrawn/) });
  });
});
