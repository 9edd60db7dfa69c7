// Every secret that is wrong counts against whoever shows it, at whichever door and beside whatever else is right.
import { expect, test } from 'vitest';
import { freshTab, freshToken, v1, v2 } from './support/clients.ts';
import { Connection, Refused } from './support/connection.ts';
import type { Answer } from './support/http.ts';
import { json } from './support/http.ts';
import { linkSocketUrl } from './support/links.ts';
import { ask, makeLink, pathOf, takeCharge } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { startServer } from './support/server.ts';
import { until } from './support/wait.ts';

const LIMIT = 5;
const TRIES = 3 * LIMIT;

/** Tries once; true: it was stopped, because too many were wrong. */
type Guess = () => Promise<boolean>;
/** A pad with a password and an owner, and somebody who is in it. */
type Pad = { own: Server; id: string; otp: string; userId: number; client: string };

const isStopped = async (answer: Promise<Answer>): Promise<boolean> => (await answer).status === 429;

/** Connects and says this Hello; true when it was refused for the rate. */
async function greets(url: string, hello: object): Promise<boolean> {
  const client = (await Connection.dial(url, ['kolabpad.v2'])) as Connection;
  client.send({ Hello: { client: freshToken(), otp: null, epoch: null, revision: 0, name: '', hue: 0, ...hello } });
  await until('an answer', () => client.messages.length > 0 || client.closed !== undefined);
  client.socket.terminate();
  return client.closed?.code === 4429;
}

async function lockedPad(): Promise<Pad> {
  const own = await startServer({ RATE_LIMITS: 'on', PASSWORD_ATTEMPTS_PER_MINUTE: LIMIT, DEBUG_TOKEN: 'let me in' });
  const id = 'pad';
  await (await v1(own, id)).type('text'); // so it has no owner
  const owner = await takeCharge(own, id);
  const { otp } = json<{ otp: string }>(await ask(own, 'POST', pathOf(id, '/protect'), {}, owner));
  const alice = await v2(own, id, { tab: freshTab(otp) });
  return { own, id, otp, userId: alice.id, client: alice.tab.token };
}

const doors: [what: string, guess: (pad: Pad) => Promise<Guess> | Guess][] = [
  ['a password as Bearer', ({ own, id }) => () => isStopped(own.get(`/api/text/${id}`, { headers: { authorization: 'Bearer wrong' } }))],
  ['a password in the address', ({ own, id }) => () => isStopped(own.get(`/api/text/${id}?otp=wrong`))],
  ['a password, to follow', ({ own, id }) => () => isStopped(own.get(`/api/events/${id}?otp=wrong`))],
  ['a password of a v1 client', ({ own, id }) => async () => {
    const outcome = await v1(own, id, { otp: 'wrong' }).catch((error: unknown) => error);
    return outcome instanceof Refused && outcome.status === 429;
  }],
  ['a password in a Hello', ({ own, id }) => () => greets(own.socketUrl(id), { otp: 'wrong' })],
  ['a password in a body', ({ own, id, userId, client }) => () =>
    isStopped(ask(own, 'DELETE', pathOf(id, '/protect'), { user_id: userId, client, otp: 'wrong' }))],
  ['a link', ({ own }) => () => isStopped(ask(own, 'GET', '/api/link', undefined, freshToken()))],
  ['a link in a Hello', ({ own }) => () => greets(linkSocketUrl(own), { otp: null, link: freshToken() })],
  ['an owner’s token', ({ own, id }) => () => isStopped(ask(own, 'DELETE', pathOf(id), undefined, freshToken()))],
  ['an owner’s token beside the right password', ({ own, id, otp }) => () => greets(own.socketUrl(id), { otp, owner: freshToken() })],
  ['an owner’s token beside a link', async ({ own, id, otp }) => {
    const { token: link } = await makeLink(own, id, { role: 'view' }, otp);
    return () => greets(linkSocketUrl(own), { otp: null, link, owner: freshToken() });
  }],
  ['a tab’s token, to change the password', ({ own, id, otp, userId }) => () =>
    isStopped(ask(own, 'POST', pathOf(id, '/protect'), { user_id: userId, client: freshToken(), otp }))],
  ['a tab’s token, to change settings', ({ own, id, otp, userId }) => () =>
    isStopped(ask(own, 'PATCH', pathOf(id), { user_id: userId, client: freshToken(), language: 'c' }, otp))],
  ['the token for profiles', ({ own }) => () =>
    isStopped(own.get('/debug/pprof/cmdline', { headers: { 'x-forwarded-for': '192.0.2.1', authorization: 'Bearer wrong' } }))],
];

test.each(doors)('%s', async (_what, make) => {
  const guess = await make(await lockedPad());
  let tries = 0;
  while (tries < TRIES && !(await guess())) tries++;
  expect(tries).toBeLessThan(TRIES);
});

test('what is right is no guess, however often it is shown', async () => {
  const { own, id, otp } = await lockedPad();
  const { token } = await makeLink(own, id, { role: 'view' }, otp);
  for (let i = 0; i < TRIES; i++) {
    expect(await own.text(id, otp)).toBe('text');
    expect((await ask(own, 'GET', '/api/link/text', undefined, token)).text).toBe('text');
  }
});
