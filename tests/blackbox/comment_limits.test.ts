// How many comments there may be, and how fast they may be written.
import { describe, expect, test } from 'vitest';
import { all, comments, make, remove, reply } from './support/comments.ts';
import { expectError } from './support/rights.ts';
import { startServer, useServer } from './support/server.ts';
import { NODES } from './support/store.ts';
import { QUICK, TEXT, commentedPads } from './support/commented_pad.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const { pad } = commentedPads(server);

describe('limits', () => {
  test('100 comments in a thread, 500 threads, 1 MiB', { timeout: 300_000 }, async () => {
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
