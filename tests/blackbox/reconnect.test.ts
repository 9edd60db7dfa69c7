// The same tab, again and again.
import { describe, expect, test } from 'vitest';
import { freshTab, freshToken, v1, v2, v2Silent } from './support/clients.ts';
import { freshId, useServer } from './support/server.ts';
import { sleep } from './support/wait.ts';

const server = useServer();

test('a tab keeps its user id, others get their own', async () => {
  const id = freshId();
  const tab = freshTab();
  const first = await v2(server(), id, { tab });
  const other = await v2(server(), id);
  await first.cut();
  const again = await v2(server(), id, { tab });
  expect(again.id).toBe(first.id);
  expect(other.id).not.toBe(first.id);
  expect((await v2(server(), id)).id).not.toBe(first.id);
});

test('nobody sees a tab twice when it comes back before its old connection is gone', async () => {
  const id = freshId();
  const tab = freshTab();
  const watcher = await v2(server(), id, { name: 'Watcher' });
  const first = await v2(server(), id, { tab, name: 'Alice' });
  const again = await v2(server(), id, { tab, name: 'Alice' });
  expect(await first.closing()).toMatchObject({ code: 1000, reason: expect.stringMatching(/./) });
  expect(again.id).toBe(first.id);
  again.insert('still here');
  await watcher.sees('still here');
  expect([...watcher.users.values()].filter(({ name }) => name === 'Alice')).toHaveLength(1);
  const late = await v2(server(), id);
  expect([...late.users.values()].filter(({ name }) => name === 'Alice')).toHaveLength(1);
});

test('the token is never shown to anybody', async () => {
  const id = freshId();
  const tab = freshTab();
  const watchers = [await v1(server(), id), await v2(server(), id)];
  const alice = await v2(server(), id, { tab, name: 'Alice' });
  await alice.type('text');
  alice.point([1]);
  await Promise.all(watchers.map((watcher) => watcher.sees('text')));
  await alice.close();
  const late = await v2(server(), id);
  for (const client of [...watchers, alice, late]) expect(client.raw.join('')).not.toContain(tab.token);
  expect(server().log).not.toContain(tab.token);
});

test('a resume while the server runs sends only what was missed', async () => {
  const id = freshId();
  const tab = freshTab();
  const alice = await v2(server(), id, { tab });
  const bob = await v2(server(), id);
  await alice.type('x'.repeat(20_000));
  await bob.sees(alice.text);
  await alice.cut();
  await bob.type('y');
  const again = await v2(server(), id, { tab });
  expect(again.welcome.resumed).toBe(true);
  await again.sees(`${'x'.repeat(20_000)}y`);
  expect(again.bytesReceived).toBeLessThan(2_000);
});

test('a fresh tab gets a Snapshot, also of an empty document, and then the users', async () => {
  const id = freshId();
  const alice = await v2(server(), id, { name: 'Alice', hue: 30 });
  expect(alice.messages.map((message) => Object.keys(message)[0])).toEqual(['Welcome', 'Snapshot', 'Users']);
  expect(alice.all('Snapshot')).toEqual([{ revision: 0, text: '' }]);
  await alice.type('abc');
  alice.point([1], [[0, 2]]);
  const bob = await v2(server(), id, { name: 'Bob', hue: 200 });
  expect(bob.all('Snapshot')).toEqual([{ revision: 1, text: 'abc' }]);
  const seen = bob.all('Users')[0].find((user: { id: number }) => user.id === alice.id);
  expect(seen).toMatchObject({ id: alice.id, name: 'Alice', hue: 30, cursors: [1], selections: [[0, 2]] });
});

test('Welcome tells what the tab may know', async () => {
  const id = freshId();
  const { welcome } = await v2(server(), id);
  expect(welcome).toMatchObject({
    user_id: 0, epoch: expect.stringMatching(/^[\w-]+$/), revision: 0, resumed: false, committed: 0,
    access: 'edit', otp: null, limits: { document_bytes: 1024 * 1024, message_bytes: expect.any(Number) },
    server: expect.stringMatching(/^\d+\.\d+\.\d+ \(\w+\)$/),
  });
  const now = Date.now() / 1000;
  expect(Math.abs(welcome.created_at - now)).toBeLessThan(120);
  expect(Math.abs(welcome.expires_at - now - 7 * 86_400)).toBeLessThan(120);
});

test('an operation of the tab that was stored long ago is still known as committed', async () => {
  const id = freshId();
  const tab = freshTab();
  const alice = await v2(server(), id, { tab });
  await alice.type('mine');
  const bob = await v2(server(), id);
  await bob.type(' his');
  await alice.sees('mine his');
  await alice.close();
  expect((await v2(server(), id, { tab })).welcome).toMatchObject({ committed: 1, revision: 2 });
});

test('v1: a reconnect is a new user, and history starts at 0', async () => {
  const id = freshId();
  const first = await v1(server(), id);
  await first.type('one');
  await first.cut();
  const again = await v1(server(), id, { known: first.replica });
  expect(again.id).toBe(1);
  await again.until('the history', () => again.all('History').length > 0);
  expect(again.all('History')[0].start).toBe(0);
  await again.type(' two');
  expect(again.text).toBe('one two');
});

describe('Hello', () => {
  const good = (): Record<string, unknown> => ({ client: freshToken(), otp: null, epoch: null, revision: 0, name: 'A', hue: 1 });
  test.each([
    ['a token too short', { client: 'short' }],
    ['a token that is not base64url', { client: '!'.repeat(22) }],
    ['no token', { client: undefined }],
    ['a number for a token', { client: 5 }],
    ['a negative revision', { revision: -1 }],
    ['a fractional revision', { revision: 1.5 }],
    ['a hue of 360', { hue: 360 }],
    ['a number for a name', { name: 7 }],
    ['an object for an epoch', { epoch: {} }],
  ])('%s closes with 4400', async (_what, fields) => {
    const client = await v2Silent(server(), freshId());
    client.send({ Hello: { ...good(), ...fields } });
    expect(await client.closing()).toMatchObject({ code: 4400, reason: expect.stringMatching(/./) });
    expect(client.messages).toEqual([]);
  });

  test('anything else before it closes with 4400 and changes nothing', async () => {
    const id = freshId();
    const client = await v2Silent(server(), id);
    client.sendEdit(0, ['too early']);
    expect((await client.closing()).code).toBe(4400);
    expect(await server().text(id)).toBe('');
  });

  test('a second one closes with 4400', async () => {
    const client = await v2(server(), freshId());
    client.hello();
    expect((await client.closing()).code).toBe(4400);
  });
});

test('Ping is answered at once, with its number', async () => {
  const alice = await v2(server(), freshId());
  alice.send({ Ping: 41 });
  alice.send({ Ping: 42 });
  expect(await alice.message('Pong')).toBe(41);
  expect(await alice.message('Pong', (n) => n === 42)).toBe(42);
});

test('many quick reconnects of one tab leave one participant', async () => {
  const id = freshId();
  const tab = freshTab();
  const watcher = await v2(server(), id);
  for (let i = 0; i < 20; i++) {
    const alice = await v2(server(), id, { tab, name: `Alice ${i}` });
    await alice.type('.');
    if (i % 2 === 0) await alice.cut();
  }
  await watcher.until('the last name', () => [...watcher.users.values()].some(({ name }) => name === 'Alice 19'));
  await sleep(50);
  expect(watcher.users.size).toBe(2);
  expect(await server().text(id)).toBe('.'.repeat(20));
});
