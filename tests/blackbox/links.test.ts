// Links: what they give, until when, and to whom they are nothing.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { json } from './support/http.ts';
import { ask, bearer, expectError, info, linksOf, makeLink, pathOf, takeCharge } from './support/rights.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { backToSchema, sql } from './support/sqlite.ts';
import { ON_POSTGRES } from './support/store.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', BACKEND_LOG_LEVEL: 'debug' });
const now = (): number => Math.floor(Date.now() / 1000);

const byLink = (token: string, rest = '') => ask(server(), 'GET', `/api/link${rest}`, undefined, token);

/** Made by a v1 client, so that nobody owns it. */
async function padWithText(text = 'hello', name?: string): Promise<string> {
  const id = freshId(name);
  await (await v1(server(), id)).type(text);
  return id;
}

async function protect(id: string, owner: string): Promise<string> {
  const answer = await ask(server(), 'POST', pathOf(id, '/protect'), {}, owner);
  expect(answer.status, answer.text).toBe(200);
  return json<{ otp: string }>(answer).otp;
}

describe('a link', () => {
  test('is told whole once, and its token never again', async () => {
    const id = await padWithText();
    const made = await makeLink(server(), id, { role: 'view', name: 'Class 7b' });
    expect(made).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9][\w-]{10}[A-Za-z0-9]$/), role: 'view', name: 'Class 7b', created_at: expect.any(Number),
      expires_at: null, last_used_at: null, history: false, comments: false, token: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(Math.abs(made.created_at - now())).toBeLessThan(60);
    expect(made.token).not.toContain(made.id);
    const { token: _told, ...kept } = made;
    expect(await linksOf(server(), id)).toEqual([kept]);
    const second = await makeLink(server(), id, { role: 'edit', name: '', expires_at: null, history: true });
    expect((await linksOf(server(), id)).map((link) => [link.id, link.role, link.history])).toEqual([
      [made.id, 'view', false], [second.id, 'edit', true],
    ]);
  });

  test('for reading tells what may be known, and not the id', async () => {
    const id = await padWithText('äb\u{1F389}');
    const { token } = await makeLink(server(), id, { role: 'view', name: 'readers', expires_at: now() + 3600 });
    const answer = await byLink(token);
    expect(answer.status).toBe(200);
    expect(json(answer)).toEqual({
      role: 'view', name: 'readers', language: null, revision: 1, bytes: 7, expires_at: expect.any(Number), history: false, comments: false,
    });
    expect(answer.text).not.toContain(id);
    const text = await byLink(token, '/text');
    expect([text.status, text.text]).toEqual([200, 'äb\u{1F389}']);
    expect(text.headers['etag']).toMatch(/^".+"$/);
    const again = await server().get('/api/link/text', { headers: { ...bearer(token), 'if-none-match': text.headers['etag'] } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await server().get('/api/link/text', { method: 'HEAD', headers: bearer(token) })).headers['content-length']).toBe('7');
  });

  test('for editing tells the id', async () => {
    const id = await padWithText('x', 'ä b');
    const { token } = await makeLink(server(), id, { role: 'edit' });
    expect(json(await byLink(token))).toMatchObject({ role: 'edit', id });
  });

  test('opens the pad whether or not there is a password', async () => {
    const id = await padWithText('secret');
    const { token } = await makeLink(server(), id, { role: 'view' });
    await protect(id, await takeCharge(server(), id));
    expectError(await ask(server(), 'GET', `/api/text/${id}`), 401, 'bad_password');
    expect((await byLink(token, '/text')).text).toBe('secret');
    expect((await ask(server(), 'GET', `/api/text/${id}`, undefined, token)).text).toBe('secret');
    expect(await info(server(), id, token)).toMatchObject({ exists: true, protected: true, access: 'view' });
    expect(await info(server(), id)).toEqual({ exists: true, protected: true });
  });

  test('notes when it was used last', async () => {
    const id = await padWithText();
    const { token } = await makeLink(server(), id, { role: 'view' });
    await byLink(token, '/text');
    const [link] = await linksOf(server(), id);
    expect(Math.abs((link?.last_used_at ?? 0) - now())).toBeLessThan(60);
    await until('the row', () => sql<{ used_ms: number }>(server().database, `SELECT used_ms FROM links WHERE document_id = '${id}'`)[0]!.used_ms > 0);
  });

  test('may be made before anybody has written', async () => {
    const id = freshId();
    const { token } = await makeLink(server(), id, { role: 'view' });
    expect((await byLink(token, '/text')).text).toBe('');
    expect(json(await byLink(token))).toMatchObject({ revision: 0, bytes: 0 });
    await (await v2(server(), id)).type('later');
    expect((await byLink(token, '/text')).text).toBe('later');
  });

  test('is gone with the pad', async () => {
    const id = await padWithText();
    const { token } = await makeLink(server(), id, { role: 'view' });
    expect((await ask(server(), 'DELETE', pathOf(id))).status).toBe(204);
    expectError(await byLink(token), 403, 'link_withdrawn');
    await (await v2(server(), id)).type('another pad');
    expectError(await byLink(token, '/text'), 403, 'link_withdrawn');
    expect(await linksOf(server(), id)).toEqual([]);
  });
});

describe('withdrawn', () => {
  test('it opens nothing from then on, and the others do', async () => {
    const id = await padWithText();
    const [gone, kept] = [await makeLink(server(), id, { role: 'edit' }), await makeLink(server(), id, { role: 'view' })];
    const answer = await ask(server(), 'DELETE', pathOf(id, `/links/${gone.id}`));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expectError(await byLink(gone.token), 403, 'link_withdrawn');
    expectError(await byLink(gone.token, '/text'), 403, 'link_withdrawn');
    expect((await byLink(kept.token)).status).toBe(200);
    expect((await linksOf(server(), id)).map((link) => link.id)).toEqual([kept.id]);
    expectError(await ask(server(), 'DELETE', pathOf(id, `/links/${gone.id}`)), 404, 'not_found');
  });

  test.each(['a pad without a password', 'one with a password'])('shown at the address of %s it says so, whatever is asked', async (what) => {
    const id = await padWithText();
    const [gone, ended] = [await makeLink(server(), id, { role: 'edit' }), await makeLink(server(), id, { role: 'edit', expires_at: now() + 2 })];
    const otp = what === 'one with a password' ? await protect(id, await takeCharge(server(), id)) : undefined;
    expect((await ask(server(), 'DELETE', pathOf(id, `/links/${gone.id}`), undefined, otp)).status).toBe(204);
    await until('the end of the other', async () => (await byLink(ended.token)).status === 403, 20_000);
    const requests: [string, string, unknown?][] = [
      ['GET', `/api/text/${id}`], ['GET', `/api/text/${id}?revision=0&wait=1`], ['GET', `/api/events/${id}`], ['PUT', `/api/text/${id}`, 'x'],
      ['POST', `/api/text/${id}`, 'x'], ['PATCH', `/api/text/${id}`, { replace: 'hello', with: 'x' }], ['GET', pathOf(id)], ['GET', pathOf(id, '/links')],
      ['POST', pathOf(id, '/links'), { role: 'view' }], ['POST', pathOf(id, '/owner'), {}], ['PATCH', pathOf(id), { keep_days: 2 }], ['DELETE', pathOf(id)],
      ['GET', pathOf(id, '/history')], ['POST', pathOf(id, '/protect'), {}],
    ];
    for (const { token } of [gone, ended])
      for (const [method, target, body] of requests) expectError(await ask(server(), method, target, body, token), 403, 'link_withdrawn');
    const never = await ask(server(), 'GET', `/api/text/${id}`, undefined, 'N'.repeat(22));
    expect([never.status, never.text]).toEqual(otp === undefined ? [200, 'hello'] : [401, expect.stringContaining('bad_password')]);
    expect((await ask(server(), 'GET', `/api/text/${id}`, undefined, otp)).text).toBe('hello');
  });

  test('it is no guess, however often it is shown', async () => {
    const own = await startServer({ PASSWORD_ATTEMPTS_PER_MINUTE: 3 });
    await (await v1(own, 'pad')).type('text');
    const [gone, kept] = [await makeLink(own, 'pad', { role: 'view' }), await makeLink(own, 'pad', { role: 'view' })];
    await ask(own, 'DELETE', pathOf('pad', `/links/${gone.id}`));
    for (let i = 0; i < 10; i++) expectError(await ask(own, 'GET', '/api/link/text', undefined, gone.token), 403, 'link_withdrawn');
    expect((await ask(own, 'GET', '/api/link/text', undefined, kept.token)).text).toBe('text');
  });

  test('at its end it is as if it were', async () => {
    const id = await padWithText();
    const { token } = await makeLink(server(), id, { role: 'edit', expires_at: now() + 2 });
    await until('its end', async () => (await byLink(token)).status === 403, 20_000);
    expectError(await byLink(token, '/text'), 403, 'link_withdrawn');
    expectError(await ask(server(), 'GET', pathOf(id), undefined, token), 403, 'link_withdrawn');
    expect(await linksOf(server(), id)).toHaveLength(1);
  });

  test('a restart knows both', async () => {
    const own = await startServer();
    await (await v2(own, 'pad')).type('text');
    const [gone, kept] = [await makeLink(own, 'pad', { role: 'edit' }), await makeLink(own, 'pad', { role: 'view', name: 'kept' })];
    await ask(own, 'DELETE', pathOf('pad', `/links/${gone.id}`));
    await own.kill();
    await own.restart();
    expectError(await ask(own, 'GET', '/api/link', undefined, gone.token), 403, 'link_withdrawn');
    expectError(await ask(own, 'GET', '/api/text/pad', undefined, gone.token), 403, 'link_withdrawn');
    expect(json(await ask(own, 'GET', '/api/link', undefined, kept.token))).toMatchObject({ role: 'view', name: 'kept' });
    expect((await linksOf(own, 'pad')).map((link) => link.id)).toEqual([kept.id]);
  });
});

describe('what nobody may', () => {
  test('with a link for reading: see, make or withdraw links, take charge, set or delete anything', async () => {
    const id = await padWithText();
    const { id: link, token } = await makeLink(server(), id, { role: 'view' });
    const attempts: [string, string, unknown?][] = [
      ['GET', '/links'], ['POST', '/links', { role: 'edit' }], ['DELETE', `/links/${link}`], ['DELETE', '/links/short'],
      ['POST', '/owner', {}], ['PATCH', '', { language: 'python' }], ['PATCH', '', { keep_days: 1 }], ['DELETE', ''],
    ];
    for (const [method, rest, body] of attempts) expectError(await ask(server(), method, pathOf(id, rest), body, token), 403, 'view_only');
    expectError(await ask(server(), 'PATCH', pathOf(id), { manage: 'owner' }, token), 403, 'owner_only');
    expect((await ask(server(), 'POST', pathOf(id, '/protect'), { user_id: 0 }, token)).status).toBe(403);
    expect(await info(server(), id)).toMatchObject({ exists: true, protected: false, owner: false, manage: 'editors', keep_days: null, language: null });
    expect(await linksOf(server(), id)).toHaveLength(1);
  });

  test('without the password, or with another pad’s link', async () => {
    const [id, other] = [await padWithText(), await padWithText()];
    const foreign = await makeLink(server(), other, { role: 'edit' });
    const owner = await takeCharge(server(), id);
    const otp = await protect(id, owner);
    for (const secret of [undefined, 'wrong', foreign.token, foreign.id]) {
      expectError(await ask(server(), 'GET', pathOf(id, '/links'), undefined, secret), 401, 'bad_password');
      expectError(await ask(server(), 'POST', pathOf(id, '/links'), { role: 'edit' }, secret), 401, 'bad_password');
    }
    expect(await linksOf(server(), id, otp)).toEqual([]);
    expect(await linksOf(server(), id, owner)).toEqual([]);
    const made = await makeLink(server(), id, { role: 'edit' }, otp);
    expectError(await ask(server(), 'DELETE', pathOf(other, `/links/${made.id}`)), 404, 'not_found');
    expect(await linksOf(server(), id, otp)).toHaveLength(1);
  });

  test('make more than 64', async () => {
    const id = await padWithText();
    const made = await Promise.all(Array.from({ length: 64 }, (_, i) => makeLink(server(), id, { role: 'view', name: `${i}` })));
    expect(new Set(made.map((link) => link.token)).size).toBe(64);
    expectError(await ask(server(), 'POST', pathOf(id, '/links'), { role: 'view' }), 409, 'too_many_links');
    expect(await linksOf(server(), id)).toHaveLength(64);
    await ask(server(), 'DELETE', pathOf(id, `/links/${made[17]!.id}`));
    await makeLink(server(), id, { role: 'view' });
    expectError(await ask(server(), 'POST', pathOf(id, '/links'), { role: 'view' }), 409, 'too_many_links');
    expect(await linksOf(server(), id)).toHaveLength(64);
  });

  test.each([
    ['nothing', '', 'bad_link'],
    ['not JSON', '{', 'bad_request'],
    ['a list', '[]', 'bad_request'],
    ['no role', '{"name":"x"}', 'bad_link'],
    ['an owner', '{"role":"own"}', 'bad_link'],
    ['a number for the role', '{"role":1}', 'bad_link'],
    ['null for the role', '{"role":null}', 'bad_link'],
    ['a number for the name', '{"role":"view","name":5}', 'bad_link'],
    ['a name of 65', `{"role":"view","name":"${'ä'.repeat(65)}"}`, 'bad_link'],
    ['a time that has gone', '{"role":"view","expires_at":1600000000}', 'bad_link'],
    ['milliseconds', `{"role":"view","expires_at":${Date.now() + 1e6}}`, 'bad_link'],
    ['a fraction of a second', '{"role":"view","expires_at":1900000000.5}', 'bad_link'],
    ['a date', '{"role":"view","expires_at":"2030-01-01"}', 'bad_link'],
    ['a negative time', '{"role":"view","expires_at":-1}', 'bad_link'],
    ['a word for the history', '{"role":"view","history":"yes"}', 'bad_link'],
    ['a role twice', '{"role":"view","role":"edit"}', 'bad_request'],
    ['bytes that are no UTF-8', Buffer.from('{"role":"view","name":"\xff"}', 'latin1'), 'bad_request'],
  ])('make one of %s', async (_what, body, code) => {
    const id = await padWithText();
    const headers = { 'content-type': 'application/json' };
    expectError(await server().get(pathOf(id, '/links'), { method: 'POST', headers, body }), 400, code);
    expect(await linksOf(server(), id)).toEqual([]);
  });

  test('use a token that is none', async () => {
    for (const token of ['x', 'A'.repeat(22), 'A'.repeat(4000), '%00', "' OR 1=1 --"])
      for (const rest of ['', '/text']) expectError(await byLink(token, rest), 403, 'link_withdrawn');
    expectError(await server().get('/api/link'), 401, 'bad_password');
    expectError(await server().get('/api/link', { headers: { authorization: 'Basic eDp5' } }), 401, 'bad_password');
  });

  test('send it from another site', async () => {
    const id = await padWithText();
    const foreign = { origin: 'https://evil.example' };
    const { id: link, token } = await makeLink(server(), id, { role: 'view' });
    for (const [method, target, body] of [
      ['POST', pathOf(id, '/links'), '{"role":"edit"}'], ['DELETE', pathOf(id, `/links/${link}`), ''], ['POST', pathOf(id, '/owner'), '{}'],
      ['PATCH', pathOf(id), '{"keep_days":1}'], ['DELETE', pathOf(id), ''], ['GET', '/api/link', ''], ['GET', '/api/link/text', ''],
    ] as const)
      expectError(
        await server().get(target, { method, body, headers: { ...foreign, ...bearer(token), 'content-type': 'application/json' } }), 403, 'bad_origin',
      );
    const form = { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' };
    for (const rest of ['/links', '/owner'])
      expectError(await server().get(pathOf(id, rest), { method: 'POST', body: '{"role":"edit"}', headers: form }), 415, 'bad_media_type');
    expect(await linksOf(server(), id)).toHaveLength(1);
    expect(await info(server(), id)).toMatchObject({ exists: true, owner: false });
  });

  test('by another method', async () => {
    const answer = await server().get(pathOf('pad', '/links/abc'), { method: 'POST' });
    expectError(answer, 405, 'bad_method');
    expect(answer.headers['allow']).toBe('OPTIONS, DELETE');
    expect((await server().get(pathOf('pad'), { method: 'OPTIONS' })).headers['allow']).toBe('OPTIONS, GET, HEAD, PATCH, DELETE');
    expectError(await server().get('/api/link', { method: 'DELETE' }), 405, 'bad_method');
  });
});

describe('guessing', () => {
  test('counts like wrong passwords, and who knows nothing is stopped', async () => {
    const own = await startServer({ PASSWORD_ATTEMPTS_PER_MINUTE: 5 });
    await (await v2(own, 'pad')).type('text');
    const { token } = await makeLink(own, 'pad', { role: 'view' });
    const guess = () => ask(own, 'GET', '/api/link', undefined, 'B'.repeat(22));
    await until('the limit', async () => (await guess()).status === 429);
    expectError(await guess(), 429, 'rate_limited');
    expect((await own.stats())['link_errors_total']).toBeGreaterThanOrEqual(5);
    if (!ON_POSTGRES) expectError(await ask(own, 'GET', '/api/link', undefined, token), 429, 'rate_limited');
  });

  test('at an owner’s token counts too, even where the address is enough', async () => {
    const own = await startServer({ PASSWORD_ATTEMPTS_PER_MINUTE: 5 });
    await (await v1(own, 'pad')).type('text');
    await takeCharge(own, 'pad');
    const guess = () => ask(own, 'GET', pathOf('pad'), undefined, 'B'.repeat(22));
    await until('the limit', async () => (await guess()).status === 429);
  });

  test('changes are limited', async () => {
    const own = await startServer({ RIGHTS_CHANGES_PER_MINUTE: 3 });
    const make = () => ask(own, 'POST', pathOf('pad', '/links'), { role: 'view' });
    await until('the limit', async () => (await make()).status === 429);
    expectError(await make(), 429, 'rate_limited');
  });

  test.each([
    ['the language', 'PATCH', '', { language: 'c' }],
    ['deleting the history', 'DELETE', '/history', undefined],
    ['keeping it, and not', 'PUT', '/history', { keep: true }],
  ])('so is %s', async (_what, method, rest, body) => {
    const own = await startServer({ RIGHTS_CHANGES_PER_MINUTE: 3 });
    await (await v1(own, 'pad')).type('text');
    const change = () => ask(own, method, pathOf('pad', rest), body);
    await until('the limit', async () => (await change()).status === 429);
    expectError(await change(), 429, 'rate_limited');
  });
});

describe('tokens', () => {
  test('are in no log, no metric, no error and no database', async () => {
    const own = await startServer({ BACKEND_LOG_LEVEL: 'debug' });
    await (await v1(own, 'pad')).type('text');
    const { token } = await makeLink(own, 'pad', { role: 'edit', name: 'readers' });
    const owner = await takeCharge(own, 'pad');
    for (const secret of [token, owner, 'C'.repeat(22)])
      for (const target of ['/api/link', '/api/link/text', pathOf('pad'), pathOf('pad', '/links'), '/api/text/pad']) {
        const answer = await ask(own, 'GET', target, undefined, secret);
        expect(answer.text).not.toContain(secret);
      }
    const told = [own.log, (await own.get('/metrics')).text, (await own.get('/api/stats')).text, (await own.get('/debug/pprof/goroutine?debug=2')).text];
    if (!ON_POSTGRES) told.push(...['', '-wal'].map((end) => fs.readFileSync(own.database + end, 'latin1')));
    for (const text of told) for (const secret of [token, owner, 'C'.repeat(22)]) expect(text).not.toContain(secret);
    expect(own.log).toMatch(/link_made docId=pad/);
    expect(own.log).toMatch(/owner_made docId=pad/);
    expect(await own.stats()).toMatchObject({ links_made_total: 1, edit_links_made_total: 1, owners_made_total: 1 });
  });

  test.skipIf(ON_POSTGRES)('a database of before is brought up to date, and an old backup has the old links', async () => {
    const own = await startServer();
    await (await v2(own, 'pad')).type('text');
    await own.stop();
    sql(own.database, backToSchema(103));
    await own.restart();
    await own.logged(/database_migrated version=\d+ what="created the tables rights, links and deleted"/);
    const old = await makeLink(own, 'pad', { role: 'view', name: 'old' });
    await own.stop();
    fs.copyFileSync(own.database, `${own.database}.backup`);
    await own.restart();
    await ask(own, 'DELETE', pathOf('pad', `/links/${old.id}`));
    await makeLink(own, 'pad', { role: 'view', name: 'new' });
    await own.stop();
    for (const end of ['', '-wal', '-shm']) fs.rmSync(own.database + end, { force: true });
    fs.renameSync(`${own.database}.backup`, own.database);
    await own.restart();
    expect((await linksOf(own, 'pad')).map((link) => link.name)).toEqual(['old']);
    expect(json(await ask(own, 'GET', '/api/link', undefined, old.token))).toMatchObject({ name: 'old' });
  });
});
