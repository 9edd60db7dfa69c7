// Everybody in a pad is told what becomes of its past: a text that is brought back, a history that is deleted,
// switched off or on. And the past by a link.
import { describe, expect, test } from 'vitest';
import type { V2Client } from './support/clients.ts';
import { SYSTEM, freshTab, v1, v2 } from './support/clients.ts';
import type { Answer } from './support/http.ts';
import { jsonBody } from './support/http.ts';
import { ask, bearer, expectError, info, makeLink } from './support/rights.ts';
import type { Server } from './support/server.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { NODES } from './support/store.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

const of = (id: string, rest: string): string => `/api/document/${id}/${rest}`;
const restore = (s: Server, id: string, revision: number, headers: Record<string, string> = {}): Promise<Answer> =>
  s.get(of(id, 'history/restore'), jsonBody('POST', { revision }, headers));

/** A pad with three words, one a revision, and the tab that typed them. */
async function padOf(s: Server, id: string): Promise<{ alice: V2Client; owner: string }> {
  const alice = await v2(s, id, { name: 'Alice', hue: 20 });
  for (const word of ['one ', 'two ', 'three']) await alice.type(word);
  const { token } = await alice.message('Owner');
  return { alice, owner: token };
}

/** What everybody was told before is here, too: nothing else is on the way to this one. */
async function nothingElseIsTold(s: Server, id: string, client: V2Client): Promise<void> {
  const carol = await v2(s, id, { name: 'Carol' });
  await client.message('UserInfo', ({ id: user }) => user === carol.id);
  await carol.close();
}

describe('a text that is brought back', () => {
  test('over HTTP is told to all, behind the edit that did it', async () => {
    const id = freshId();
    const { alice } = await padOf(server(), id);
    const old = await v1(server(), id);
    const bob = await v2(server(), id, { name: 'Bob' });
    expect((await restore(server(), id, 2, { 'x-author-name': 'Carol' })).status).toBe(200);
    for (const client of [alice, bob]) {
      const told = await client.message('Restored');
      expect(told).toEqual({ revision: 2, at: expect.any(Number), user_id: expect.any(Number), user_name: 'Carol' });
      expect(Math.abs(told.at - Date.now() / 1000)).toBeLessThan(60);
      expect(client.text).toBe('one two ');
      expect(client.users.get(told.user_id)?.name).toBe('Carol');
      const kinds = client.messages.map((message) => Object.keys(message)[0]);
      expect(kinds.indexOf('Restored')).toBeGreaterThan(kinds.lastIndexOf('History'));
    }
    await old.sees('one two ');
    await nothingElseIsTold(server(), id, alice);
    expect(old.all('Restored')).toEqual([]);
    const later = await v2(server(), id, { name: 'Dora' });
    await nothingElseIsTold(server(), id, later);
    expect(later.all('Restored')).toEqual([]);
  });

  test('is told of nobody where nobody said who it was; and not where it is the text already', async () => {
    const id = freshId();
    const { alice } = await padOf(server(), id);
    expect((await restore(server(), id, 3)).status).toBe(200);
    await nothingElseIsTold(server(), id, alice);
    expect(alice.all('Restored')).toEqual([]);
    expect((await restore(server(), id, 0)).status).toBe(200);
    expect(await alice.message('Restored')).toEqual({ revision: 0, at: null, user_id: SYSTEM, user_name: 'System' });
  });

  test('by a tab is told when the tab says so', async () => {
    const id = freshId();
    const { alice } = await padOf(server(), id);
    const bob = await v2(server(), id, { name: 'Bob' });
    bob.delete(4, bob.length - 4);
    await bob.settled();
    bob.send({ Restored: { revision: 1, at: 1700000000 } });
    const told = { revision: 1, at: 1700000000, user_id: bob.id, user_name: 'Bob' };
    for (const client of [alice, bob]) expect(await client.message('Restored')).toEqual(told);
    bob.send({ Restored: { revision: 0, at: null } });
    expect((await alice.message('Restored', ({ revision }) => revision === 0)).at).toBeNull();
  });

  test('what cannot be so is passed over, what cannot be meant closes', async () => {
    const id = freshId();
    const { alice, owner } = await padOf(server(), id);
    const bob = await v2(server(), id, { name: 'Bob' });
    bob.send({ Restored: { revision: 99, at: null } });
    expect((await ask(server(), 'PATCH', `/api/document/${id}`, { write: 'owner' }, owner)).status).toBe(200);
    await bob.message('Access', ({ role }) => role === 'view');
    bob.send({ Restored: { revision: 1, at: null } });
    await nothingElseIsTold(server(), id, alice);
    expect(alice.all('Restored')).toEqual([]);
    for (const body of [{}, { revision: -1 }, { revision: 1, at: -1 }, { revision: 1, at: 'now' }, { revision: 1, at: 1e15 }, null]) {
      const bad = await v2(server(), id, { name: 'Bad' });
      bad.send({ Restored: body as never });
      await until('it is closed', () => bad.closed !== undefined);
      expect(bad.closed!.code, JSON.stringify(body)).toBe(4400);
    }
  });

  test('counts as a write: once under a key, and only of the text that one has seen', async () => {
    const id = freshId();
    const { alice } = await padOf(server(), id);
    const key = { 'idempotency-key': 'once' };
    const first = await restore(server(), id, 1, key);
    expect(first.status, first.text).toBe(200);
    await alice.type('more');
    expect((await restore(server(), id, 1, key)).text).toBe(first.text);
    expect(alice.text).toBe('one more');
    expectError(await restore(server(), id, 2, key), 422, 'key_reused');
    expect((await restore(server(), id, 1, { 'if-match': '"1"' })).status).toBe(412);
    expect((await restore(server(), id, 1, { 'if-match': `"${alice.replica.revision}"` })).status).toBe(200);
    await alice.sees('one ');
  });

  test('comes to those who follow over HTTP', async () => {
    const id = freshId();
    await padOf(server(), id);
    const stop = new AbortController();
    const stream = await fetch(`http://127.0.0.1:${server().port}/api/events/${id}`, { signal: stop.signal });
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    let told = '';
    const hears = async (what: string): Promise<void> => {
      while (!told.includes(what)) told += (await reader.read()).value ?? '';
    };
    await hears('"Users"');
    await restore(server(), id, 2, { 'x-author-name': 'Carol' });
    await hears('data: {"Restored":{"revision":2,');
    await ask(server(), 'DELETE', of(id, 'history'));
    stop.abort();
  });
});

describe('a history that is deleted, switched off or on', () => {
  test('is told to all, with whoever did it', async () => {
    const id = freshId();
    const tab = freshTab();
    const { owner } = await padOf(server(), id);
    const bob = await v2(server(), id, { name: 'Bob', tab });
    expect(bob.welcome.history).toBe(true);
    const asker = { user_id: bob.id, client: tab.token };
    const change = async (method: string, body: object): Promise<number> => (await ask(server(), method, of(id, 'history'), body, owner)).status;
    const told = (kind: string): Promise<unknown> => bob.message('HistoryChanged', (content) => content.change === kind);

    expect(await change('DELETE', asker)).toBe(204);
    expect(await told('deleted')).toEqual({ change: 'deleted', kept: true, user_id: bob.id, user_name: 'Bob' });
    expect(await change('PUT', { keep: false })).toBe(204);
    expect(await told('off')).toEqual({ change: 'off', kept: false, user_id: SYSTEM, user_name: 'System' });
    expect(await info(server(), id)).toMatchObject({ history: false });
    const later = await v2(server(), id, { name: 'Dora' });
    expect(later.welcome.history).toBe(false);
    later.send({ Restored: { revision: 1, at: null } });
    await nothingElseIsTold(server(), id, bob);
    expect([bob.all('Restored'), later.all('HistoryChanged')]).toEqual([[], []]);
    expect(await change('PUT', { keep: true, ...asker })).toBe(204);
    expect(await told('on')).toEqual({ change: 'on', kept: true, user_id: bob.id, user_name: 'Bob' });
    expect(await info(server(), id)).toMatchObject({ history: true });

    expect(await change('DELETE', { ...asker, client: freshTab().token })).toBe(403);
    for (const body of [{ user_id: 'x' }, { user_id: bob.id, client: 1 }]) expect(await change('DELETE', body)).toBe(400);
    expect(await change('PUT', asker)).toBe(400);
    await nothingElseIsTold(server(), id, bob);
    expect(bob.all('HistoryChanged')).toHaveLength(3);
  });

  test.skipIf(NODES > 1)('is known after a restart', async () => {
    const s = await startServer({ RATE_LIMITS: 'off' });
    for (const id of ['off', 'on']) {
      const { alice, owner } = await padOf(s, id);
      expect((await ask(s, 'PUT', of(id, 'history'), { keep: id === 'on' }, owner)).status).toBe(204);
      await alice.close();
    }
    await s.restart();
    for (const id of ['off', 'on']) expect((await v2(s, id)).welcome.history, id).toBe(id === 'on');
    expect((await v2(s, freshId())).welcome.history).toBe(true);
    await s.restart({ HISTORY: 'off' });
    expect((await v2(s, 'on')).welcome.history).toBe(false);
    const { alice, owner } = await padOf(s, 'new');
    expect(alice.welcome.history).toBe(false);
    expect((await ask(s, 'PUT', of('new', 'history'), { keep: true }, owner)).status).toBe(204);
    expect(await alice.message('HistoryChanged')).toMatchObject({ change: 'on', kept: false });
  });
});

describe('by a link', () => {
  test('that shows history it is read without the id, and nothing is changed', async () => {
    const id = freshId();
    const { alice, owner } = await padOf(server(), id);
    const paths = ['history', 'history/1', 'history/operations?from=0', 'history/diff?from=0&to=2', 'authorship'];
    const link = await makeLink(server(), id, { role: 'view', name: 'with', history: true }, owner);
    const headers = bearer(link.token);
    for (const path of paths) {
      const byLink = await server().get(`/api/link/${path}`, { headers });
      expect(byLink.status, path).toBe(200);
      expect(byLink.text).toBe((await server().get(of(id, path))).text);
      expect((await server().get(`/api/link/${path}`)).status, path).toBe(401);
    }
    expect((await server().get('/api/link/history/x', { headers })).status).toBe(400);
    expect((await server().get('/api/link/history/99', { headers })).status).toBe(404);
    expectError(await server().get('/api/link/history/restore', jsonBody('POST', { revision: 1 }, headers)), 403, 'view_only');
    const without = await makeLink(server(), id, { role: 'view', name: 'without' }, owner);
    for (const path of paths) expectError(await server().get(`/api/link/${path}`, { headers: bearer(without.token) }), 403, 'view_only');
    expect(alice.text).toBe('one two three');
  });

  test('for editing an earlier text is brought back', async () => {
    const id = freshId();
    const { alice, owner } = await padOf(server(), id);
    const link = await makeLink(server(), id, { role: 'edit', name: 'with' }, owner);
    const answer = await server().get('/api/link/history/restore', jsonBody('POST', { revision: 1 }, { ...bearer(link.token), 'x-author-name': 'Eve' }));
    expect(answer.status, answer.text).toBe(200);
    expect(await alice.message('Restored')).toMatchObject({ revision: 1, user_name: 'Eve' });
    await alice.sees('one ');
    expectError(await server().get('/api/link/history/restore', jsonBody('POST', { revision: 1 }, bearer('A'.repeat(22)))), 403, 'link_withdrawn');
  });
});
