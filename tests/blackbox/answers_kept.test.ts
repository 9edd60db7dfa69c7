// An answer of success over HTTP stands behind a commit: whatever was answered is there after kill -9 in the next moment.
import { expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { all, author, make, remove, reply, resolve, reword } from './support/comments.ts';
import type { Answer } from './support/http.ts';
import { json } from './support/http.ts';
import { ask, info, linksOf, makeLink, pathOf, takeCharge } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer } from './support/server.ts';

const TEXT = 'The quick brown fox';
const GIF = Buffer.from('GIF89a\x10\x00\x08\x00\x00\x00\x00;', 'latin1');

/** What a request did, and how one sees that it is so. */
type Row = [what: string, write: (own: Server, pad: string) => Promise<Check>];
type Check = (after: Server) => Promise<void>;

async function good(answer: Promise<Answer>): Promise<Answer> {
  const { status, text } = await answer;
  expect(status, text).toBeLessThan(300);
  return answer;
}

const textOf = (pad: string): string => `/api/text/${pad}`;

/** A setting of the pad, by whoever owns it. */
const setting = (body: Record<string, unknown>): Row => [
  `PATCH ${JSON.stringify(body)}`,
  async (own, pad) => {
    const owner = await takeCharge(own, pad);
    await good(ask(own, 'PATCH', pathOf(pad), body, owner));
    return async (after) => expect(await info(after, pad, owner)).toMatchObject(body);
  },
];

const text = (what: string, method: string, path: (pad: string) => string, body: string, wanted: string): Row => [
  what,
  async (own, pad) => {
    await good(own.get(path(pad), { method, body }));
    return async (after) => expect(await after.text(pad)).toBe(wanted);
  },
];

const rows: Row[] = [
  text('a text', 'PUT', textOf, 'x', 'x'),
  text('a line', 'POST', textOf, 'x', `${TEXT}\nx`),
  text('a replacement', 'PATCH', textOf, '{"replace":"fox","with":"dog"}', 'The quick brown dog'),
  text('an operation', 'PATCH', textOf, '{"revision":1,"operation":["x",19]}', `x${TEXT}`),
  text('an earlier text', 'POST', (pad) => pathOf(pad, '/history/restore'), '{"revision":0}', ''),
  ['a new pad with a language', async (own) => {
    const made = json<{ id: string; owner: string }>(await good(own.get('/api/documents?language=markdown', { method: 'POST', body: '# x\n' })));
    return async (after) => {
      expect(await after.text(made.id)).toBe('# x\n');
      expect(await info(after, made.id, made.owner)).toMatchObject({ language: 'markdown', access: 'own' });
    };
  }],
  ['the language, while nobody is there', async (own, pad) => {
    await good(ask(own, 'PATCH', pathOf(pad), { language: 'rust' }));
    return async (after) => expect(await info(after, pad)).toMatchObject({ language: 'rust' });
  }],
  ['the language, while somebody types', async (own, pad) => {
    const alice = await v2(own, pad);
    await alice.type('So: ', 0);
    await good(ask(own, 'PATCH', pathOf(pad), { language: 'rust' }));
    return async (after) => expect(await info(after, pad)).toMatchObject({ language: 'rust', bytes: TEXT.length + 4 });
  }],
  setting({ language: 'c++' }),
  setting({ manage: 'owner' }),
  setting({ write: 'owner' }),
  setting({ keep_days: 3 }),
  setting({ manage: 'owner', write: 'owner', language: 'go', keep_days: 7 }),
  ['an owner', async (own, pad) => {
    const owner = await takeCharge(own, pad);
    return async (after) => expect(await info(after, pad, owner)).toMatchObject({ access: 'own' });
  }],
  ['a password', async (own, pad) => {
    const alice = await v2(own, pad);
    const { otp } = json<{ otp: string }>(await good(ask(own, 'POST', pathOf(pad, '/protect'), { user_id: alice.id, client: alice.tab.token })));
    return async (after) => {
      expect((await after.get(`/api/text/${pad}`)).status).toBe(401);
      expect(await after.text(pad, otp)).toBe(TEXT);
    };
  }],
  ['no password any more', async (own, pad) => {
    const owner = await takeCharge(own, pad);
    await good(ask(own, 'POST', pathOf(pad, '/protect'), {}, owner));
    await good(ask(own, 'DELETE', pathOf(pad, '/protect'), {}, owner));
    return async (after) => expect(await after.text(pad)).toBe(TEXT);
  }],
  ['a link', async (own, pad) => {
    const { token } = await makeLink(own, pad, { role: 'view' });
    return async (after) => expect((await ask(after, 'GET', '/api/link/text', undefined, token)).text).toBe(TEXT);
  }],
  ['a link that is withdrawn', async (own, pad) => {
    const { id, token } = await makeLink(own, pad, { role: 'view' });
    await good(ask(own, 'DELETE', pathOf(pad, `/links/${id}`)));
    return async (after) => {
      expect(await linksOf(after, pad)).toEqual([]);
      expect((await ask(after, 'GET', '/api/link/text', undefined, token)).status).toBe(403);
    };
  }],
  ['the end of a history', async (own, pad) => {
    await good(ask(own, 'DELETE', pathOf(pad, '/history')));
    return async (after) => expect((await after.get(pathOf(pad, '/history/0'))).status).toBe(404);
  }],
  ['that none is kept', async (own, pad) => {
    await good(ask(own, 'PUT', pathOf(pad, '/history'), { keep: false }));
    return async (after) => expect(await info(after, pad)).toMatchObject({ history: false });
  }],
  ['a comment, its answer, another wording, its resolution', async (own, pad) => {
    const alice = author('Alice');
    const { thread } = await make(own, pad, { revision: 1, from: 4, to: 9 }, 'Why quick?', alice);
    const answer = await reply(own, pad, thread.id, 'It jumps.', alice);
    await reword(own, pad, thread.id, answer.comment, 'It leaps.', alice);
    await resolve(own, pad, thread.id, true, alice);
    const { threads } = await all(own, pad);
    expect(threads).toMatchObject([{ comments: [{ text: 'Why quick?' }, { text: 'It leaps.' }], resolved: {} }]);
    return async (after) => expect((await all(after, pad)).threads).toEqual(threads);
  }],
  ['that a thread is gone', async (own, pad) => {
    const { thread } = await make(own, pad, { revision: 1, from: 4, to: 9 }, 'Why quick?');
    await remove(own, pad, thread.id);
    return async (after) => expect((await all(after, pad)).threads).toEqual([]);
  }],
  ['an image', async (own, pad) => {
    const { url } = json<{ url: string }>(await good(own.get(pathOf(pad, '/images'), { method: 'POST', body: GIF })));
    return async (after) => expect((await after.get(url)).body.equals(GIF)).toBe(true);
  }],
  ['that a pad is gone', async (own, pad) => {
    await good(ask(own, 'DELETE', pathOf(pad)));
    return async (after) => expect((await info(after, pad))['exists']).toBe(false);
  }],
];

/** What the rows find that is not so. */
async function failuresOf(checks: readonly (readonly [what: string, check: Promise<void>])[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(checks.map(([, check]) => check));
  return outcomes.flatMap((it, i) => (it.status === 'rejected' ? [`${checks[i]![0]}: ${String(it.reason)}`] : []));
}

test('what was answered is there after kill -9 in the next moment', { timeout: 120_000 }, async () => {
  const own = await startServer({ IMAGES: 'on', EXPIRY_DAYS: 90, RATE_LIMITS: 'off' });
  const pads = await Promise.all(rows.map(async () => {
    const pad = freshId();
    await (await v1(own, pad)).type(TEXT); // so it has no owner
    return pad;
  }));
  const checks = await Promise.all(rows.map(([, write], i) => write(own, pads[i]!)));
  await own.kill();
  await own.restart();
  expect(await failuresOf(rows.map(([what], i) => [what, checks[i]!(own)] as const))).toEqual([]);
});
