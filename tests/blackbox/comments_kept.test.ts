// Comments are there again: after a restart, a kill, a snapshot; and they go with their pad.
import { describe, expect, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { all, author, comments, make, remove, reply, resolve } from './support/comments.ts';
import type { Thread } from './support/comments.ts';
import { ask, pathOf } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { sql } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';
import { QUICK, TEXT } from './support/commented_pad.ts';

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
