// Owners: who becomes one, what they may, and that a pad is deleted for good.
import { describe, expect, test } from 'vitest';
import { converged, freshTab, v1, v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { ask, expectError, info, linksOf, makeLink, pathOf, takeCharge } from './support/rights.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { rowsOf, sql, storedDocument } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug', EXPIRY_DAYS: 90 });

/** Made by a v1 client, so that nobody owns it. */
async function padWithText(text = 'hello', name?: string): Promise<string> {
  const id = freshId(name);
  await (await v1(server(), id)).type(text);
  return id;
}

async function ownedPad(): Promise<{ id: string; owner: string }> {
  const id = await padWithText();
  return { id, owner: await takeCharge(server(), id) };
}

const set = (id: string, body: object, secret?: string) => ask(server(), 'PATCH', pathOf(id), body, secret);
const protect = (id: string, body: object, secret?: string) => ask(server(), 'POST', pathOf(id, '/protect'), body, secret);

async function expectSet(id: string, body: object, secret?: string): Promise<void> {
  const answer = await set(id, body, secret);
  expect(answer.status, answer.text).toBe(200);
  expect(json(answer)).toMatchObject(body);
}

describe('charge of a pad', () => {
  test('is taken once, by whoever comes first', async () => {
    const id = await padWithText();
    expect(await info(server(), id)).toMatchObject({ access: 'edit', owner: false, manage: 'editors', write: 'editors' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(server(), 'POST', pathOf(id, '/owner'), {})));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(9).fill(409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expectError(answer, 409, 'has_owner');
    const { token } = json<{ token: string }>(answers.find(({ status }) => status === 201)!);
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(await info(server(), id, token)).toMatchObject({ access: 'own', owner: true });
    expect(await info(server(), id)).toMatchObject({ access: 'edit', owner: true });
    expectError(await ask(server(), 'POST', pathOf(id, '/owner'), {}, token), 409, 'has_owner');
  });

  test('needs the password where there is one', async () => {
    const id = await padWithText();
    const alice = await v2(server(), id);
    const { otp } = json<{ otp: string }>(await protect(id, { user_id: alice.id, client: alice.tab.token }));
    expectError(await ask(server(), 'POST', pathOf(id, '/owner'), {}), 401, 'bad_password');
    expectError(await ask(server(), 'POST', pathOf(id, '/owner'), {}, 'wrong'), 401, 'bad_password');
    const owner = await takeCharge(server(), id, otp);
    expect(await info(server(), id, owner)).toMatchObject({ access: 'own' });
  });

  test('of a pad that nobody has written to', async () => {
    const id = freshId();
    const owner = await takeCharge(server(), id);
    await (await v2(server(), id)).type('later');
    expect(await info(server(), id, owner)).toMatchObject({ access: 'own', bytes: 5 });
  });

  test.each([['a list', '[]'], ['not JSON', '{'], ['a word for the user', '{"user_id":"1"}'], ['a token that is none', '{"user_id":0,"client":"x"}']])(
    'is not given for %s',
    async (_what, body) => {
      const id = await padWithText();
      expectError(await server().get(pathOf(id, '/owner'), { method: 'POST', body, headers: { 'content-type': 'application/json' } }), 400, 'bad_request');
      expect(await info(server(), id)).toMatchObject({ owner: false });
    },
  );

  test('in somebody else’s name is not taken', async () => {
    const id = await padWithText();
    const alice = await v2(server(), id);
    expectError(await ask(server(), 'POST', pathOf(id, '/owner'), { user_id: alice.id, client: freshTab().token }), 403, 'forbidden');
    expectError(await ask(server(), 'POST', pathOf(id, '/owner'), { user_id: 99 }), 403, 'forbidden');
    expect((await ask(server(), 'POST', pathOf(id, '/owner'), { user_id: alice.id, client: alice.tab.token })).status).toBe(201);
  });

  test('survives kill -9', async () => {
    const own = await startServer();
    await (await v1(own, 'pad')).type('text');
    const owner = await takeCharge(own, 'pad');
    await own.kill();
    await own.restart();
    expect(await info(own, 'pad', owner)).toMatchObject({ access: 'own', owner: true });
    expectError(await ask(own, 'POST', pathOf('pad', '/owner'), {}), 409, 'has_owner');
  });
});

describe('the owner', () => {
  test('sets and removes the password without being there or knowing it', async () => {
    const { id, owner } = await ownedPad();
    const alice = await v2(server(), id);
    const { otp } = json<{ otp: string }>(await protect(id, {}, owner));
    expect(await alice.message('OTP')).toMatchObject({ otp });
    expectError(await ask(server(), 'GET', `/api/text/${id}`), 401, 'bad_password');
    expect((await ask(server(), 'GET', `/api/text/${id}`, undefined, owner)).text).toBe('hello');
    const { otp: second } = json<{ otp: string }>(await protect(id, {}, owner));
    expect(second).not.toBe(otp);
    expect((await ask(server(), 'DELETE', pathOf(id, '/protect'), {}, owner)).status).toBe(204);
    expect(await server().text(id)).toBe('hello');
    expect((await server().get(pathOf(id, '/protect'), { method: 'DELETE', headers: { authorization: `Bearer ${owner}` } })).status).toBe(400);
  });

  test('unlocks a pad that somebody has locked', async () => {
    const { id, owner } = await ownedPad();
    const mallory = await v1(server(), id);
    expect((await protect(id, { user_id: mallory.id, user_name: 'Mallory' })).status).toBe(200);
    expect((await ask(server(), 'DELETE', pathOf(id, '/protect'), {}, owner)).status).toBe(204);
    expect(await server().text(id)).toBe('hello');
  });

  test('alone manages it when he says so', async () => {
    const { id, owner } = await ownedPad();
    const alice = await v2(server(), id);
    const link = await makeLink(server(), id, { role: 'view' });
    const asAlice = { user_id: alice.id, client: alice.tab.token };
    expectError(await set(id, { manage: 'owner' }), 403, 'owner_only');
    await expectSet(id, { manage: 'owner' }, owner);
    expectError(await protect(id, asAlice), 403, 'owner_only');
    expectError(await ask(server(), 'POST', pathOf(id, '/links'), { role: 'view' }), 403, 'owner_only');
    expectError(await ask(server(), 'DELETE', pathOf(id, `/links/${link.id}`)), 403, 'owner_only');
    expectError(await set(id, { keep_days: 1 }), 403, 'owner_only');
    expectError(await set(id, { manage: 'editors' }), 403, 'owner_only');
    expect(await info(server(), id)).toMatchObject({ protected: false, manage: 'owner', keep_days: null });
    expect(await linksOf(server(), id)).toHaveLength(1);
    await expectSet(id, { language: 'rust' }); /* that is no matter of rights */
    await makeLink(server(), id, { role: 'view' }, owner);
    await expectSet(id, { manage: 'editors' }, owner);
    expect((await protect(id, asAlice)).status).toBe(200);
  });

  test('alone writes when he says so: all others read', async () => {
    const { id, owner } = await ownedPad();
    const link = await makeLink(server(), id, { role: 'edit' });
    expectError(await set(id, { write: 'owner' }), 403, 'owner_only');
    await expectSet(id, { write: 'owner' }, owner);
    expect(await info(server(), id)).toMatchObject({ access: 'view', write: 'owner' });
    expect(await info(server(), id, owner)).toMatchObject({ access: 'own' });
    expect(json(await ask(server(), 'GET', '/api/link', undefined, link.token))).toMatchObject({ role: 'view' });
    for (const secret of [undefined, link.token]) {
      expectError(await set(id, { language: 'rust' }, secret), 403, 'view_only');
      expectError(await ask(server(), 'POST', pathOf(id, '/links'), { role: 'edit' }, secret), 403, 'view_only');
    }
    await expectSet(id, { write: 'editors' }, owner);
    await expectSet(id, { language: 'rust' });
  });

  test('is nobody who shows another pad’s token', async () => {
    const [one, other] = [await ownedPad(), await ownedPad()];
    expectError(await set(one.id, { manage: 'owner' }, other.owner), 403, 'owner_only');
    expectError(await ask(server(), 'DELETE', pathOf(one.id), undefined, other.owner), 403, 'owner_only');
    expect(await info(server(), one.id, other.owner)).toMatchObject({ access: 'edit' });
  });
});

describe('settings', () => {
  test('the language is told to those who are there, and stays', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('text');
    await expectSet(id, { language: 'c++' });
    expect(await alice.message('Language')).toMatchObject({ language: 'c++' });
    await alice.close();
    await until('the row', () => storedDocument(server().database, id)?.language === 'c++');
    await expectSet(id, { language: 'rust' }); // nobody is there
    await until('the row', () => storedDocument(server().database, id)?.language === 'rust');
  });

  test('the days that it is kept are told as its end', async () => {
    const id = await padWithText();
    const days = async () => ((await info(server(), id))['expires_at'] as number - Date.now() / 1000) / 86400;
    expect(await days()).toBeCloseTo(90, 1);
    await expectSet(id, { keep_days: 3 });
    expect(await days()).toBeCloseTo(3, 1);
    await expectSet(id, { keep_days: 90 });
    await expectSet(id, { keep_days: null });
    expect(await days()).toBeCloseTo(90, 1);
  });

  test('several at once', async () => {
    const { id, owner } = await ownedPad();
    await expectSet(id, { manage: 'owner', write: 'owner', language: 'go', keep_days: 7 }, owner);
    expect(await info(server(), id, owner)).toMatchObject({ manage: 'owner', write: 'owner', language: 'go', keep_days: 7 });
  });

  test.each([
    ['nothing', '', 'bad_request'],
    ['an empty object', '{}', 'bad_request'],
    ['something unknown', '{"managed":"owner"}', 'bad_request'],
    ['not JSON', 'manage=owner', 'bad_request'],
    ['a list', '["manage"]', 'bad_request'],
    ['another manager', '{"manage":"everybody"}', 'bad_request'],
    ['true for the manager', '{"manage":true}', 'bad_request'],
    ['null for the writer', '{"write":null}', 'bad_request'],
    ['a language that is none', '{"language":"<b>"}', 'bad_request'],
    ['no language', '{"language":""}', 'bad_request'],
    ['null for the language', '{"language":null}', 'bad_request'],
    ['no days', '{"keep_days":0}', 'bad_keep_days'],
    ['negative days', '{"keep_days":-1}', 'bad_keep_days'],
    ['half a day', '{"keep_days":0.5}', 'bad_keep_days'],
    ['more than EXPIRY_DAYS', '{"keep_days":91}', 'bad_keep_days'],
    ['a word for the days', '{"keep_days":"7"}', 'bad_keep_days'],
    ['a good and a bad one', '{"manage":"owner","language":"go","keep_days":0}', 'bad_keep_days'],
  ])('%s changes nothing', async (_what, body, code) => {
    const { id, owner } = await ownedPad();
    const before = await info(server(), id, owner);
    const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
    expectError(await server().get(pathOf(id), { method: 'PATCH', body, headers }), 400, code);
    expect(await info(server(), id, owner)).toMatchObject({ manage: before['manage'], language: null, keep_days: null });
  });

  test('of a pad that is not there', async () => {
    expectError(await set(freshId(), { keep_days: 1 }), 404, 'not_found');
  });
});

describe('deleted for good', () => {
  const GONE = { documents: 0, journal: 0, epochs: 0 };
  const rightsOf = (id: string): number[] =>
    ['rights', 'links'].map((table) => Number(sql<{ n: number }>(server().database, `SELECT count(*) AS n FROM ${table} WHERE document_id = '${id}'`)[0]!.n));

  test('where there is no owner, by whoever may edit: rows, journal, links, and whoever is there is told', async () => {
    const id = await padWithText('to be forgotten');
    const people = [await v2(server(), id), await v1(server(), id)];
    await makeLink(server(), id, { role: 'view' });
    const answer = await ask(server(), 'DELETE', pathOf(id));
    expect([answer.status, answer.text]).toEqual([204, '']);
    for (const client of people) expect(await client.closing()).toMatchObject({ code: 4410, reason: expect.stringMatching(/deleted/) });
    expect(rowsOf(server().database, id)).toEqual(GONE);
    expect(rightsOf(id)).toEqual([0, 0]);
    expect(await info(server(), id)).toEqual({ exists: false, protected: false });
    expect(await server().text(id)).toBe('');
    expectError(await ask(server(), 'DELETE', pathOf(id)), 404, 'not_found');
    expect(server().log).toMatch(new RegExp(`document_deleted docId=${id}`));
  });

  test('an owned one by its owner alone', async () => {
    const { id, owner } = await ownedPad();
    const { token } = await makeLink(server(), id, { role: 'edit' });
    for (const secret of [undefined, 'wrong', token]) expectError(await ask(server(), 'DELETE', pathOf(id), undefined, secret), 403, 'owner_only');
    expect(await server().text(id)).toBe('hello');
    expect((await ask(server(), 'DELETE', pathOf(id), undefined, owner)).status).toBe(204);
    await (await v1(server(), id)).type('somebody else’s');
    expect(await info(server(), id, owner)).toMatchObject({ owner: false, access: 'edit' });
  });

  test('a protected one not without the password', async () => {
    const id = await padWithText();
    const alice = await v2(server(), id);
    const { otp } = json<{ otp: string }>(await protect(id, { user_id: alice.id, client: alice.tab.token }));
    expectError(await ask(server(), 'DELETE', pathOf(id)), 401, 'bad_password');
    expect((await ask(server(), 'DELETE', pathOf(id), undefined, otp)).status).toBe(204);
  });

  test('while people type: nothing of it comes back', async () => {
    const id = await padWithText();
    const people = await Promise.all([1, 2, 3].map(() => v2(server(), id)));
    const typing = people.map(async (client) => {
      while (client.closed === undefined) {
        client.insert('x');
        await sleep(1);
      }
    });
    await sleep(50);
    expect((await ask(server(), 'DELETE', pathOf(id))).status).toBe(204);
    await Promise.all(typing);
    for (const client of people) expect(client.closed).toMatchObject({ code: 4410 });
    await sleep(300);
    expect(rowsOf(server().database, id)).toEqual(GONE);
    const [one, two] = [await v2(server(), id), await v2(server(), id)];
    await one.type('a new one');
    expect(await converged(server(), id, [one, two])).toBe('a new one');
  });

  test('a tab that was away does not bring it back with what it did not send', async () => {
    const id = await padWithText();
    const tab = freshTab();
    const alice = await v2(server(), id, { tab });
    await alice.type('secret');
    await alice.close();
    alice.replica.edit([alice.length, ' typed on the train']);
    expect((await ask(server(), 'DELETE', pathOf(id))).status).toBe(204);
    for (let i = 0; i < 2; i++) {
      await expect(v2(server(), id, { tab })).rejects.toThrow(/4410/);
      expect(await server().text(id)).toBe('');
      expect(rowsOf(server().database, id)).toEqual(GONE);
    }
    const bob = await v2(server(), id);
    await bob.type('a new pad');
    await expect(v2(server(), id, { tab })).rejects.toThrow(/4410/);
    const again = await v2(server(), id, { tab: freshTab() });
    expect(again.text).toBe('a new pad');
    expect(await server().text(id)).toBe('a new pad');
  });

  test('nobody came for the days that it is kept: it goes before all others', async () => {
    const own = await startServer({ KP_TEST_CLEANUP_INTERVAL_MS: 150, KP_TEST_MEMORY_RETENTION_MS: 200, EXPIRY_DAYS: 90 });
    for (const id of ['short', 'long']) {
      const client = await v2(own, id);
      await client.type('text');
      expect((await ask(own, 'PATCH', pathOf(id), { keep_days: id === 'short' ? 2 : 4 })).status).toBe(200);
      await client.close();
    }
    await until('both rows', () => storedDocument(own.database, 'short')?.text === 'text' && storedDocument(own.database, 'long')?.text === 'text');
    await own.stop();
    const table = ON_POSTGRES ? 'kp_documents' : 'documents';
    sql(own.database, `UPDATE ${table} SET accessed_at = accessed_at - 3 * 86400`);
    if (!ON_POSTGRES) sql(own.database, 'UPDATE journal SET time_ms = time_ms - 3 * 86400000');
    await own.restart();
    await own.logged(/document_expired docId=short age=3d/);
    expect(json(await own.get('/api/document/short'))).toMatchObject({ exists: false });
    expect(json(await own.get('/api/document/long'))).toMatchObject({ exists: true, keep_days: 4 });
  });
});
