// Protection: who may switch it, who gets in, and what nobody may do.
import { describe, expect, test } from 'vitest';
import { Refused } from './support/connection.ts';
import { V1Client, forTheTest, freshTab, freshToken, v1, v2, v2Silent } from './support/clients.ts';
import type { Client, Tab } from './support/clients.ts';
import type { Answer, RequestOptions } from './support/http.ts';
import { json, jsonBody } from './support/http.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { WriteLock, storedDocument } from './support/sqlite.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });

const protect = (id: string, body: unknown, method = 'POST'): Promise<Answer> =>
  server().get(`/api/document/${encodeURIComponent(id)}/protect`, jsonBody(method, body));

async function protectedPad(): Promise<{ id: string; owner: Client & { tab: Tab }; otp: string }> {
  const id = freshId('secret');
  const owner = await v2(server(), id, { name: 'Alice' });
  await owner.type('secret text');
  const answer = await protect(id, { user_id: owner.id, user_name: 'Alice', client: owner.tab.token });
  expect(answer.status).toBe(200);
  const { otp } = json<{ otp: string }>(answer);
  await owner.message('OTP');
  return { id, owner, otp };
}

async function refusal(attempt: Promise<unknown>): Promise<Refused> {
  const outcome = await attempt.catch((error: unknown) => error);
  if (outcome instanceof Refused) return outcome;
  throw new Error('it was not refused');
}

describe('switching it on', () => {
  test('gives 12 base64url characters, stored before they are told, and everyone hears', async () => {
    const id = freshId();
    const alice = await v1(server(), id);
    const bob = await v2(server(), id);
    alice.info('Alice', 1);
    await alice.message('UserInfo');
    const answer = await protect(id, { user_id: 0, user_name: 'Alice' });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const { otp } = json<{ otp: string }>(answer);
    expect(otp).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{10}[A-Za-z0-9]$/);
    expect(storedDocument(server().database, id)?.otp).toBe(otp);
    for (const client of [alice, bob]) expect(await client.message('OTP')).toEqual({ otp, user_id: 0, user_name: 'Alice' });
  });

  test('two passwords are never the same', async () => {
    const otps = await Promise.all(Array.from({ length: 8 }, async () => (await protectedPad()).otp));
    expect(new Set(otps).size).toBe(8);
  });

  test('the broadcast name is the one the server knows, not the one in the body', async () => {
    const id = freshId();
    const alice = await v1(server(), id);
    alice.info('Alice', 1);
    await alice.message('UserInfo');
    await protect(id, { user_id: 0, user_name: 'Administrator' });
    expect((await alice.message('OTP')).user_name).toBe('Alice');
  });

  test.each([
    ['nothing', ''],
    ['not JSON', '{'],
    ['an array', '[]'],
    ['no user', '{"user_name":"x"}'],
    ['a negative user', '{"user_id":-1,"user_name":"x"}'],
    ['a fractional user', '{"user_id":0.5,"user_name":"x"}'],
    ['a string for the user', '{"user_id":"0","user_name":"x"}'],
    ['a number for the name', '{"user_id":0,"user_name":7}'],
    ['an object for the password', '{"user_id":0,"user_name":"x","otp":{}}'],
  ])('400 when the body is %s', async (_what, body) => {
    const id = freshId();
    await v1(server(), id);
    const answer = await server().get(`/api/document/${id}/protect`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body,
    });
    expect(answer.status).toBe(400);
    expect(json(answer)).toEqual({ error: expect.any(String), code: expect.any(String) });
  });

  test('403 for a user who is not connected', async () => {
    const id = freshId();
    const alice = await v1(server(), id);
    expect((await protect(id, { user_id: 1, user_name: 'x' })).status).toBe(403);
    await alice.close();
    expect((await protect(id, { user_id: 0, user_name: 'x' })).status).toBe(403);
    expect((await protect('never-opened', { user_id: 0, user_name: 'x' })).status).toBe(403);
  });

  /** A page of another site can make a browser send these without asking; a script does not care. */
  const TYPES = [['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], [undefined]] as const;
  const typed = (type: string | undefined, headers: Record<string, string> = {}): RequestOptions => ({
    method: 'POST',
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    body: JSON.stringify({ user_id: 0, user_name: 'x' }),
  });

  test.each(TYPES)('a body of type %s is taken from scripts', async (type) => {
    const id = freshId();
    const alice = await v1(server(), id);
    const answer = await server().get(`/api/document/${id}/protect`, typed(type));
    expect(answer.status).toBe(200);
    const { otp } = json<{ otp: string }>(answer);
    await alice.message('OTP', (content) => content.otp === otp);
    const off = await server().get(`/api/document/${id}/protect`, {
      ...typed(type), method: 'DELETE', body: JSON.stringify({ user_id: 0, user_name: 'x', otp }),
    });
    expect(off.status).toBe(204);
  });

  test.each(TYPES)('a body of type %s is refused from pages', async (type) => {
    const id = freshId();
    const alice = await v1(server(), id);
    const post = async (headers: Record<string, string>): Promise<number> =>
      (await server().get(`/api/document/${id}/protect`, typed(type, headers))).status;
    for (const origin of ['https://evil.example', 'null', '']) expect(await post({ origin }), origin).toBe(403);
    for (const site of ['cross-site', 'same-site', 'same-origin']) expect(await post({ 'sec-fetch-site': site }), site).toBe(415);
    expect(await post({ host: 'pad.example', origin: 'http://pad.example' })).toBe(415);
    await alice.type('still open');
    expect(alice.otp).toBeNull();
  });

  test('application/json with a charset is taken', async () => {
    const id = freshId();
    await v1(server(), id);
    const answer = await server().get(
      `/api/document/${id}/protect`,
      jsonBody('POST', { user_id: 0, user_name: 'x' }, { 'content-type': 'application/json; charset=utf-8' }),
    );
    expect(answer.status).toBe(200);
  });

  test('503 while the database cannot be written, and nothing is protected', async () => {
    const own = await startServer();
    const alice = await v1(own, 'pad');
    await alice.type('text');
    const lock = await WriteLock.hold(own.database);
    const body = jsonBody('POST', { user_id: 0, user_name: 'x' });
    expect((await own.get('/api/document/pad/protect', body)).status).toBe(503);
    await lock.release();
    expect(alice.otp).toBeNull();
    await until('writes to work again', async () => (await own.get('/api/health')).status === 200);
    expect((await own.get('/api/document/pad/protect', body)).status).toBe(200);
    await alice.message('OTP');
  });
});

test('in memory only (SQLITE_URI empty) a password works as everything else does, until the server stops', async () => {
  const own = await startServer({ SQLITE_URI: '' });
  const alice = await v1(own, 'pad');
  await alice.type('text');
  const body = { user_id: 0, user_name: 'x' };
  const answer = await own.get('/api/document/pad/protect', jsonBody('POST', body));
  expect(answer.status).toBe(200);
  const { otp } = json<{ otp: string }>(answer);
  await alice.message('OTP', (content) => content.otp === otp);
  expect((await own.get('/api/text/pad')).status).toBe(401);
  expect(await own.text('pad', otp)).toBe('text');
  expect((await refusal(v1(own, 'pad'))).status).toBe(401);
  await v1(own, 'pad', { otp });
  expect((await own.get('/api/document/pad/protect', jsonBody('DELETE', { ...body, otp: 'wrong' }))).status).toBe(403);
  expect((await own.get('/api/document/pad/protect', jsonBody('DELETE', { ...body, otp }))).status).toBe(204);
  expect((await own.get('/api/health')).status).toBe(200);
});

describe('regression: an outsider cannot take a protected document over', () => {
  test('a guessed user id is not enough', async () => {
    const { id, owner, otp } = await protectedPad();
    const guest = await v1(server(), id, { otp }); // v1 clients have nothing to prove who they are
    const wrong = [undefined, null, '', `${otp}x`, otp.slice(0, 11), [...otp].reverse().join('')];
    const members = [{ user_id: owner.id, client: owner.tab.token }, { user_id: guest.id }];
    for (const body of members.flatMap((member) => wrong.map((attempt) => ({ ...member, user_name: 'Mallory', otp: attempt })))) {
      expect((await protect(id, body)).status, JSON.stringify(body)).toBe(403);
    }
    expect(storedDocument(server().database, id)?.otp).toBe(otp);
    await v2(server(), id, { tab: freshTab(otp) });
  });

  test('as text/plain, the way a form on another site would send it', async () => {
    const { id, owner, otp } = await protectedPad();
    for (const [page, status] of [[{ origin: 'https://evil.example' }, 403], [{ 'sec-fetch-site': 'cross-site' }, 415], [{}, 403]] as const) {
      const answer = await server().get(`/api/document/${id}/protect`, {
        method: 'POST', headers: { 'content-type': 'text/plain', ...page }, body: JSON.stringify({ user_id: owner.id, user_name: 'M' }),
      });
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain(otp);
    }
  });

  test('from a foreign origin', async () => {
    const { id, owner, otp } = await protectedPad();
    const answer = await server().get(
      `/api/document/${id}/protect`,
      jsonBody('POST', { user_id: owner.id, user_name: 'M', otp, client: owner.tab.token }, { origin: 'https://evil.example' }),
    );
    expect(answer.status).toBe(403);
    expect(storedDocument(server().database, id)?.otp).toBe(otp);
  });

  test('another tab’s token does not speak for that user', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const answer = await protect(id, { user_id: alice.id, user_name: 'x', client: freshToken() });
    expect(answer.status).toBe(403);
    expect(alice.otp).toBeNull();
  });
});

test('the current password replaces it; the old one no longer opens', async () => {
  const { id, owner, otp } = await protectedPad();
  const answer = await protect(id, { user_id: owner.id, user_name: 'A', otp, client: owner.tab.token });
  expect(answer.status).toBe(200);
  const fresh = json<{ otp: string }>(answer).otp;
  expect(fresh).not.toBe(otp);
  await owner.message('OTP', (message) => message.otp === fresh);
  expect((await refusal(V1Client.open(server(), id, { otp }))).status).toBe(401);
  expect((await v1(server(), id, { otp: fresh })).id).toBeGreaterThan(0);
});

describe('switching it off', () => {
  test('needs the password, and everyone hears', async () => {
    const { id, owner, otp } = await protectedPad();
    const guest = await v1(server(), id, { otp });
    for (const wrong of [undefined, null, '', 'wrong-pass-w']) {
      const answer = await protect(id, { user_id: owner.id, user_name: 'A', otp: wrong, client: owner.tab.token }, 'DELETE');
      expect([400, 403]).toContain(answer.status); // without any it is not the JSON asked for
      expect(storedDocument(server().database, id)?.otp).toBe(otp);
    }
    expect((await protect(id, { user_id: 99, user_name: 'A', otp }, 'DELETE')).status).toBe(403);
    expect((await protect(id, { user_id: owner.id, user_name: 'A', otp }, 'DELETE')).status).toBe(403); // not that tab
    const answer = await protect(id, { user_id: owner.id, user_name: 'A', otp, client: owner.tab.token }, 'DELETE');
    expect(answer.status).toBe(204);
    expect(answer.body).toHaveLength(0);
    for (const client of [owner, guest]) {
      expect(await client.message('OTP', (message) => message.otp === null)).toMatchObject({ user_id: owner.id });
    }
    expect(storedDocument(server().database, id)?.otp).toBeNull();
    expect((await v1(server(), id)).otp).toBeNull();
  });

  test('400 when it is not on', async () => {
    const id = freshId();
    await v1(server(), id);
    expect((await protect(id, { user_id: 0, user_name: 'A', otp: 'whatever1234' }, 'DELETE')).status).toBe(400);
  });
});

describe('coming in', () => {
  test.each([
    ['no password', undefined],
    ['an empty one', ''],
    ['a wrong one', 'AAAAAAAAAAAA'],
    ['a very long one', 'A'.repeat(3000)],
    ['one with NUL', 'AAAA\u0000AAAAAAA'],
  ])('v1 with %s: 401 and the plain text, before the upgrade', async (_what, otp) => {
    const { id } = await protectedPad();
    const refused = await refusal(V1Client.open(server(), id, otp === undefined ? {} : { otp }));
    expect(refused.status).toBe(401);
    expect(refused.body.trim()).toBe('Invalid or missing OTP');
    expect(refused.headers['content-type']).toMatch(/^text\/plain/);
  });

  test('v2 with a wrong one: 4401, and not a word about the document', async () => {
    const { id, otp } = await protectedPad();
    for (const wrong of [null, '', 'AAAAAAAAAAAA', `${otp} `]) {
      const tab = await v2Silent(server(), id);
      tab.hello({ otp: wrong });
      expect(await tab.closing()).toMatchObject({ code: 4401, reason: expect.stringMatching(/./) });
      expect(tab.messages).toEqual([]);
    }
  });

  test('the check comes before the document is loaded', async () => {
    const own = await startServer();
    const alice = await v1(own, 'pad');
    await own.get('/api/document/pad/protect', jsonBody('POST', { user_id: 0, user_name: 'A' }));
    await alice.close();
    await own.restart();
    await refusal(V1Client.open(own, 'pad'));
    const tab = await v2Silent(own, 'pad');
    tab.hello();
    await tab.closing();
    expect((await own.stats())['documents_in_memory']).toBe(0);
    await own.logged(/info: otp_validation docId=pad source=database result=invalid/);
    expect((await own.stats())['otp_validation_errors_total']).toBe(2);
  });

  test('with the right one, while in memory: the log says so', async () => {
    const { id, otp } = await protectedPad();
    await v1(server(), id, { otp });
    await server().logged(new RegExp(`info: otp_validation docId=${id} source=memory result=valid`));
    const tab = await v2(server(), id, { tab: freshTab(otp) });
    expect(tab.welcome.otp).toBe(otp);
  });

  test('an unprotected document takes any password for none', async () => {
    const id = freshId();
    expect((await v1(server(), id, { otp: 'left-over-otp' })).id).toBe(0);
  });

  test('the HTTP API asks for it too, and takes it either way', async () => {
    const { id, otp } = await protectedPad();
    for (const path of [`/api/text/${id}`, `/api/document/${id}/text`]) {
      expect((await server().get(path)).status).toBe(401);
      expect((await server().get(`${path}?otp=AAAAAAAAAAAA`)).status).toBe(401);
      expect((await server().get(`${path}?otp=${otp}`)).text).toBe('secret text');
      expect((await server().get(path, { headers: { authorization: `Bearer ${otp}` } })).text).toBe('secret text');
    }
    expect(json(await server().get(`/api/document/${id}`))).toEqual({ exists: true, protected: true });
    const known = json(await server().get(`/api/document/${id}?otp=${otp}`));
    expect(known).toMatchObject({ exists: true, protected: true, revision: 1, bytes: 11 });
  });
});

test('regression: after switching it on, everyone’s reconnect works with what they were told', async () => {
  const id = freshId();
  const alice = await v2(server(), id);
  const bob = await v1(server(), id);
  await protect(id, { user_id: alice.id, user_name: 'A', client: alice.tab.token });
  await alice.message('OTP');
  await bob.message('OTP');
  await alice.cut();
  await bob.cut();
  const again = await v2(server(), id, { tab: { ...alice.tab, otp: alice.otp } });
  expect(again.id).toBe(alice.id);
  expect(forTheTest(await V1Client.open(server(), id, { otp: bob.otp as string })).id).toBeGreaterThan(0);
});

test('regression: the password is part of the first sync for v2; a v1 client, which shows it as news, came with it', async () => {
  const { id, otp } = await protectedPad();
  const old = await v1(server(), id, { otp });
  await old.type('x');
  expect(old.all('OTP')).toEqual([]);
  expect((await v2(server(), id, { tab: freshTab(otp) })).welcome.otp).toBe(otp);
});

test('passwords are never in the log, right or wrong', async () => {
  const { id, owner, otp } = await protectedPad();
  await refusal(V1Client.open(server(), id, { otp: 'WRONGPASS999' }));
  await server().get(`/api/text/${id}?otp=${otp}`);
  await protect(id, { user_id: owner.id, user_name: 'A', otp: 'WRONGPASS888' });
  await server().get(`/api/document/${id}?otp=WRONGPASS777`);
  await v1(server(), id, { otp });
  await server().logged(new RegExp(`docId=${id} source=memory result=invalid`));
  expect(server().log).not.toContain(otp);
  expect(server().log).not.toContain('WRONGPASS');
});

test('many wrong passwords from one address are refused for a while, and reported', async () => {
  const own = await startServer();
  const alice = await v1(own, 'pad');
  const { otp } = json<{ otp: string }>(
    await own.get('/api/document/pad/protect', jsonBody('POST', { user_id: alice.id, user_name: 'A' })),
  );
  const statuses = new Set<number>();
  for (let i = 0; i < 80; i++) {
    const wrong = i.toString().padStart(12, 'A');
    statuses.add((await own.get(`/api/text/pad?otp=${wrong}`)).status);
  }
  expect([...statuses].sort()).toEqual([401, 429]);
  await own.logged(/warn: otp_validation_rate_high ip=127\.0\.0\.1 count=\d+/);
  expect((await own.get('/api/text/pad', { headers: { authorization: `Bearer ${otp}` } })).status).toBe(429);
});
