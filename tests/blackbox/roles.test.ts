// Who may only read, who comes by a link, who owns: as the WebSocket has it.
import { describe, expect, test } from 'vitest';
import { Connection, Refused } from './support/connection.ts';
import { authorTab, converged, freshTab, freshToken, v1, v2, v2Silent } from './support/clients.ts';
import type { V2Client } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { byLink, change, deleteForGood, linkSilent, linkSocketUrl, makeLink, takeCharge, withdraw } from './support/links.ts';
import type { Role } from './support/links.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { sleep, until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off', WORKERS: 3, BACKEND_LOG_LEVEL: 'debug' });

const WITHDRAWN = { code: 4403, reason: 'This link was withdrawn' };

/** A pad that Ada has made, and is in. */
async function pad(text = 'the text'): Promise<{ id: string; ada: V2Client; owner: string }> {
  const id = freshId('roles');
  const ada = await v2(server(), id, { name: 'Ada' });
  await ada.type(text);
  const { token } = await ada.message('Owner');
  return { id, ada, owner: token };
}

async function padWithLink(role: Role, text?: string) {
  const made = await pad(text);
  return { ...made, link: await makeLink(server(), made.id, role) };
}

/** Connects and says this Hello; gives the close. */
async function refused(hello: object, url: string) {
  const client = (await Connection.dial(url, ['kolabpad.v2'])) as Connection;
  client.send({ Hello: { client: freshToken(), otp: null, epoch: null, revision: 0, name: '', hue: 0, ...hello } });
  return client.closing();
}

async function protect(id: string, who: V2Client, otp?: string): Promise<string> {
  const body = { user_id: who.id, user_name: 'x', client: who.tab.token, otp };
  const answer = await server().get(`/api/document/${id}/protect`, jsonBody('POST', body));
  expect(answer.status).toBe(200);
  return json<{ otp: string }>(answer).otp;
}

describe('the address for links', () => {
  test('is for v2 only, and for WebSocket only', async () => {
    const attempt = await Connection.dial(linkSocketUrl(server())).catch((error: unknown) => error as Refused);
    expect(attempt).toBeInstanceOf(Refused);
    expect((attempt as Refused).status).toBe(400);
    expect(JSON.parse((attempt as Refused).body).code).toBe('bad_subprotocol');
    expect((await server().get('/api/socket')).status).toBe(426);
  });

  test('refuses pages of other origins', async () => {
    const { link } = await padWithLink('view');
    const attempt = await linkSilent(server(), { origin: 'https://evil.example' }).catch((error: unknown) => error as Refused);
    expect((attempt as Refused).status).toBe(403);
    expect((await byLink(server(), link.token)).text).toBe('the text');
  });

  test.each([
    ['no link', {}, 'Hello: link is missing'],
    ['null', { link: null }, 'Hello: link is missing'],
    ['a number', { link: 7 }, 'Hello: link must be 22 base64url characters or null'],
    ['too short', { link: 'abc' }, 'Hello: link must be 22 base64url characters or null'],
    ['other letters', { link: 'x'.repeat(21) + '+' }, 'Hello: link must be 22 base64url characters or null'],
    ['a bad owner', { link: 'x'.repeat(22), owner: 'y' }, 'Hello: owner must be 22 base64url characters or null'],
  ])('4400 for a Hello with %s', async (_what, fields, reason) => {
    expect(await refused(fields, linkSocketUrl(server()))).toEqual({ code: 4400, reason });
  });

  test('4403 for a token that nobody was given, whatever it looks like', async () => {
    for (const link of [freshToken(), 'x'.repeat(22), '_'.repeat(22)]) {
      expect(await refused({ link }, linkSocketUrl(server()))).toEqual(WITHDRAWN);
    }
  });

  test('a link at the address of a document is a mistake, not a way in', async () => {
    const { id, link } = await padWithLink('view');
    const close = await refused({ link: link.token }, server().socketUrl(id));
    expect(close).toEqual({ code: 4400, reason: 'Hello: a link is for /api/socket, without an id' });
  });

  test('4400 for what is no Hello, 4408 for silence', async () => {
    const hasty = await linkSilent(server());
    hasty.send({ Ping: 1 });
    expect(await hasty.closing()).toEqual({ code: 4400, reason: 'say Hello first' });
    const quick = await startServer({ HELLO_TIMEOUT: '300ms' });
    const silent = await linkSilent(quick);
    expect(await silent.closing()).toMatchObject({ code: 4408 });
  });

  test('1009 for more than a message may have', async () => {
    const client = await linkSilent(server());
    client.sendText(JSON.stringify({ Hello: { client: freshToken(), name: 'x'.repeat(1.2 * 1024 * 1024) } }));
    expect(await client.closing()).toMatchObject({ code: 1009 });
  });

  test('guesses are counted like wrong passwords', async () => {
    const strict = await startServer({ RATE_LIMITS: 'on', PASSWORD_ATTEMPTS_PER_MINUTE: 5 });
    const codes = [];
    for (let i = 0; i < 12; i++) codes.push((await refused({ link: freshToken() }, linkSocketUrl(strict))).code);
    expect(codes.slice(0, 5)).toEqual([4403, 4403, 4403, 4403, 4403]);
    expect(codes.at(-1)).toBe(4429);
    expect((await strict.stats())['link_errors_total']).toBeGreaterThanOrEqual(5);
  });
});

describe('coming by a link', () => {
  test('a server that stops tells those who have not said Hello yet, and ends', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const silent = await linkSilent(own);
    silent.socket.ping();
    await new Promise((resolve) => silent.socket.once('pong', resolve)); // it is heard
    await own.stop();
    expect((await silent.closing()).code).toBe(1001);
  });

  test('to read: the text, people and carets live, and not the id', async () => {
    const { id, ada, link } = await padWithLink('view');
    const vera = await byLink(server(), link.token, { name: 'Vera' });
    expect(vera.welcome.access).toBe('view');
    expect(vera.text).toBe('the text');
    await ada.type('!', 8);
    await vera.sees('the text!');
    ada.point([3]);
    await vera.message('UserCursor', ({ data }) => data.cursors[0] === 3);
    await until('her name', () => vera.users.get(ada.id)?.name === 'Ada');
    expect(vera.raw.join('')).not.toContain(id);
  });

  test('to edit: as anybody', async () => {
    const { id, ada, link } = await padWithLink('edit');
    const eve = await byLink(server(), link.token, { name: 'Eve', tab: authorTab() });
    expect(eve.welcome).toMatchObject({ access: 'edit', order: 'author' });
    eve.insert('abc', 0);
    ada.insert('xyz');
    expect(await converged(server(), id, [ada, eve])).toBe('abcthe textxyz');
  });

  test('each finds its own document, whichever thread or server that is on', async () => {
    const pads = await Promise.all(Array.from({ length: 12 }, (_, n) => padWithLink(n % 2 ? 'view' : 'edit', `text ${n}`)));
    const visitors = await Promise.all([...pads, ...pads].map(({ link }) => byLink(server(), link.token)));
    visitors.forEach((visitor, n) => expect(visitor.text).toBe(`text ${n % 12}`));
    pads[3]!.ada.insert('!');
    await until('both to see it', () => visitors[3]!.text === 'text 3!' && visitors[15]!.text === 'text 3!');
  });

  test('with compression, or a large Hello, or a Hello in pieces', async () => {
    const { link } = await padWithLink('view', 'x'.repeat(5000));
    const packed = await byLink(server(), link.token, { perMessageDeflate: true });
    expect(packed.text.length).toBe(5000);
    const wordy = await linkSilent(server());
    wordy.hello({ link: link.token, name: 'n'.repeat(500_000) });
    await wordy.until('Welcome', () => wordy.ready);
    const slow = await linkSilent(server());
    const text = JSON.stringify({ Hello: { client: freshToken(), link: link.token } });
    slow.socket.ping('before');
    for (let at = 0; at < text.length; at += 20) slow.socket.send(text.slice(at, at + 20), { fin: at + 20 >= text.length });
    await slow.until('Welcome', () => slow.ready);
    expect(slow.text.length).toBe(5000);
  });

  test('what comes right behind the Hello is taken once, and in order', async () => {
    const { id, ada, link } = await padWithLink('edit', 'ab');
    const hasty = await linkSilent(server());
    hasty.hello({ link: link.token });
    for (const letter of ['x', 'y']) hasty.send({ Edit: { revision: 1, operation: [2, letter] } });
    hasty.send({ Ping: 5 });
    await hasty.until('a Pong, or that it was too early', () => hasty.all('Pong').length > 0 || hasty.closed !== undefined);
    await ada.type('!', 0);
    const text = await server().text(id);
    if (hasty.closed === undefined) expect([...text].sort().join('')).toBe('!abxy');
    else expect(hasty.closed).toMatchObject({ code: 4400 });
  });

  test('a link opens the pad whatever its password is, and otp counts for nothing', async () => {
    const { id, ada, link } = await padWithLink('view');
    const otp = await protect(id, ada);
    const client = await linkSilent(server());
    client.hello({ link: link.token, otp: 'wrong' });
    await client.until('Welcome', () => client.ready);
    expect(client.welcome).toMatchObject({ access: 'view', otp: null });
    expect(await refused({ link: freshToken(), otp }, linkSocketUrl(server()))).toEqual(WITHDRAWN);
  });

  test('no token and no id is in the log', async () => {
    const { link, owner } = await padWithLink('view');
    await byLink(server(), link.token, { owner });
    await refused({ link: 'unknown-token-0123456_' }, linkSocketUrl(server()));
    for (const secret of [link.token, owner, 'unknown-token-0123456_']) expect(server().log).not.toContain(secret);
  });
});

/** Everything a client can send, as it would mean something in a text of 8 code points. */
const EVERYTHING: [string, object][] = [
  ['an insert', { Edit: { revision: 1, operation: ['x', 8] } }],
  ['a delete', { Edit: { revision: 1, operation: [-8] } }],
  ['a no-op', { Edit: { revision: 1, operation: [8] } }],
  ['an edit of another length', { Edit: { revision: 1, operation: [99, 'x'] } }],
  ['an edit of the future', { Edit: { revision: 99, operation: [8, 'x'] } }],
  ['a language', { SetLanguage: 'rust' }],
  ['carets', { CursorData: { cursors: [3], selections: [[0, 5]] } }],
  ['a ping', { Ping: 1 }],
];

describe('a viewer', () => {
  test.each(EVERYTHING)('changes nothing by %s', async (_what, message) => {
    const { id, ada, link } = await padWithLink('view');
    const vera = await byLink(server(), link.token);
    await until('Ada to see her come', () => ada.users.has(vera.id));
    const told = ada.messages.length;
    vera.send(message);
    vera.send({ Ping: 77 });
    await vera.message('Pong', (n) => n === 77);
    const isRefused = 'Edit' in message || 'SetLanguage' in message;
    expect(vera.rejections.map(({ code }) => code)).toEqual(isRefused ? ['view_only'] : []);
    ada.send({ Ping: 78 });
    await ada.message('Pong', (n) => n === 78);
    expect(ada.messages.slice(told).filter((m) => !('Pong' in m))).toEqual([]);
    expect(await server().text(id)).toBe('the text');
    await ada.type('!');
    await vera.sees('the text!');
  });

  test('that sends everything at once, again and again, is refused and then closed', async () => {
    const { id, ada, link } = await padWithLink('view');
    const vera = await byLink(server(), link.token);
    for (let n = 0; n < 700; n++) for (const [, message] of EVERYTHING) vera.send(message);
    expect((await vera.closing()).code).toBe(4429);
    expect(await server().text(id)).toBe('the text');
    expect(ada.language).toBe(null);
    expect(ada.all('UserCursor').filter(({ data }) => data.cursors.length > 0)).toEqual([]);
  });

  test('is listed as one, by its name, to v2; to v1 as a user', async () => {
    const { id, ada, link } = await padWithLink('view');
    const old = await v1(server(), id);
    const vera = await byLink(server(), link.token, { name: 'Vera' });
    await until('Ada to hear', () => ada.users.get(vera.id)?.view === true);
    expect(ada.users.get(vera.id)).toMatchObject({ name: 'Vera', view: true });
    expect(vera.users.get(ada.id)).not.toHaveProperty('view');
    await until('v1 to hear', () => old.users.has(vera.id));
    expect(old.users.get(vera.id)).toEqual({ name: 'Vera', hue: 0 });
    const bob = await v2(server(), id);
    expect(bob.users.get(vera.id)).toMatchObject({ name: 'Vera', view: true });
    await vera.close();
    await until('all to see her go', () => ![ada, bob, old].some(({ users }) => users.has(vera.id)));
  });

  test('is not told the password, neither on coming nor when it changes', async () => {
    const { id, ada, link } = await padWithLink('view');
    const before = await byLink(server(), link.token);
    const otp = await protect(id, ada);
    await ada.type('!');
    await before.sees('the text!');
    const after = await byLink(server(), link.token);
    expect(after.welcome.otp).toBe(null);
    for (const { raw } of [before, after]) expect(raw.join('')).not.toContain(otp);
  });

  test('cannot set a password, though it is in the pad', async () => {
    const { id, link } = await padWithLink('view');
    const vera = await byLink(server(), link.token);
    for (const who of [{ client: vera.tab.token }, {}]) {
      const answer = await server().get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: vera.id, user_name: 'x', ...who }));
      expect(answer.status).toBe(403);
    }
  });

  test('is not shown what was taken back before it came', async () => {
    const { ada, link } = await padWithLink('view', 'a secret');
    ada.edit([-8, 'all well']);
    await ada.settled();
    const tab = freshTab();
    const first = await byLink(server(), link.token, { tab });
    expect(first.text).toBe('all well');
    await first.cut();
    for (const revision of [0, 1]) {
      const again = await linkSilent(server());
      again.hello({ client: tab.token, epoch: tab.epoch, revision, link: link.token });
      await again.until('Welcome', () => again.ready);
      expect(again.welcome.resumed).toBe(false);
      expect(again.raw.join('')).not.toContain('a secret');
      await again.cut();
    }
    const resumed = await byLink(server(), link.token, { tab });
    expect(resumed.welcome.resumed).toBe(true);
  });

  test('by a link with history, it may resume from before', async () => {
    const { id, ada } = await pad('first');
    const link = await makeLink(server(), id, 'view', { history: true });
    const client = await linkSilent(server());
    client.hello({ epoch: ada.welcome.epoch, revision: 0, link: link.token });
    await client.until('Welcome', () => client.ready);
    expect(client.welcome.resumed).toBe(true);
  });

  test('two hundred see what one types', async () => {
    const { ada, link } = await padWithLink('view');
    const crowd = await Promise.all(Array.from({ length: 200 }, () => byLink(server(), link.token)));
    await ada.type(' to all');
    await until('all to see it', () => crowd.every(({ text }) => text === 'the text to all'));
  });
});

describe('who makes a pad', () => {
  test('owns it: is told once, with the first edit, and nobody else is', async () => {
    const id = freshId('new');
    const ada = await v2(server(), id);
    const bob = await v2(server(), id);
    expect(ada.welcome).toMatchObject({ access: 'edit' });
    expect(ada.welcome).not.toHaveProperty('owner');
    await ada.type('a');
    expect((await ada.message('Owner')).token).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(await ada.message('Access')).toEqual({ role: 'own' });
    await bob.type('b');
    await ada.type('c');
    ada.send({ Ping: 1 });
    await ada.message('Pong');
    expect(ada.all('Owner').length).toBe(1);
    expect(bob.all('Owner')).toEqual([]);
  });

  test('when two begin at once, exactly one does', async () => {
    for (let round = 0; round < 5; round++) {
      const id = freshId('both');
      const both = await Promise.all([v2(server(), id), v2(server(), id)]);
      for (const client of both) client.insert('x');
      await converged(server(), id, both);
      await until('one to be told', () => both.some((client) => client.all('Owner').length > 0));
      for (const client of both) await client.type('y');
      expect(both.map((client) => client.all('Owner').length).sort()).toEqual([0, 1]);
    }
  });

  test('is not a v1 client, nor who comes later', async () => {
    const id = freshId('old');
    const old = await v1(server(), id);
    await old.type('first');
    const ada = await v2(server(), id);
    await ada.type('second');
    ada.send({ Ping: 1 });
    await ada.message('Pong');
    expect(ada.all('Owner')).toEqual([]);
    expect(ada.welcome.access).toBe('edit');
  });

  test('gets the token again when the line broke before it was heard, and only until then', async () => {
    const id = freshId('cut');
    const tab = freshTab();
    const ada = await v2(server(), id, { tab });
    const bob = await v2(server(), id);
    ada.insert('a');
    await bob.sees('a');
    await ada.cut();
    tab.replica.outstanding = undefined; // whatever was heard of it: this tab reads the text anew
    const stranger = await v2(server(), id);
    expect(stranger.welcome).not.toHaveProperty('owner');
    const again = await v2Silent(server(), id);
    again.tab = freshTab();
    again.hello({ client: tab.token });
    await again.until('Welcome', () => again.ready);
    let token: string | undefined = again.welcome.owner;
    if (token === undefined) ({ token } = await again.message('Owner')); // the database was slower than the line
    else expect(again.welcome.access).toBe('own');
    expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/);
    for (const n of [1, 2]) {
      again.send({ Ping: n });
      await again.message('Pong', (pong) => pong === n);
    }
    await again.cut();
    const last = await v2Silent(server(), id);
    last.hello({ client: tab.token });
    await last.until('Welcome', () => last.ready);
    expect(last.welcome).toMatchObject({ access: 'edit' });
    expect(last.welcome).not.toHaveProperty('owner');
    const owner = await v2(server(), id, { owner: token! });
    expect(owner.welcome.access).toBe('own');
  });

  test('opens it whatever its password is; another token opens nothing', async () => {
    const { id, ada, owner } = await pad();
    const otp = await protect(id, ada);
    const back = await v2(server(), id, { owner });
    expect(back.welcome).toMatchObject({ access: 'own', otp, rights: { owner: true, manage: 'editors', write: 'editors' } });
    expect(await refused({ owner: freshToken() }, server().socketUrl(id))).toMatchObject({ code: 4401 });
    const editor = await v2(server(), id, { owner: freshToken(), tab: freshTab(otp) });
    expect(editor.welcome.access).toBe('edit');
  });

  test('owns it after kill -9 right after being told', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const id = freshId('killed');
    const ada = await v2(own, id);
    ada.insert('a');
    const { token } = await ada.message('Owner');
    await own.kill();
    await own.restart();
    const back = await v2(own, id, { owner: token });
    expect(back.welcome.access).toBe('own');
    expect(back.text).toBe('a');
  });

  test('owns it by a link too', async () => {
    const { link, owner } = await padWithLink('view');
    const back = await byLink(server(), link.token, { owner });
    expect(back.welcome.access).toBe('own');
    await back.type('!');
  });

  test('who takes charge of a pad without an owner is told, and everybody else', async () => {
    const id = freshId('charge');
    const old = await v1(server(), id);
    await old.type('first');
    const [ada, bob] = [await v2(server(), id, { name: 'Ada' }), await v2(server(), id)];
    const answer = await takeCharge(server(), id, { user_id: ada.id, client: ada.tab.token });
    expect(answer.status).toBe(201);
    expect(await ada.message('Access')).toEqual({ role: 'own' });
    expect(await bob.message('Rights')).toEqual({ owner: true, manage: 'editors', write: 'editors', user_id: ada.id, user_name: 'Ada' });
    expect(bob.all('Access')).toEqual([]);
  });
});

describe('while they are in', () => {
  test('a link is withdrawn: closed at once, and not let in again', async () => {
    const { id, ada, link } = await padWithLink('edit');
    const other = await makeLink(server(), id, 'edit');
    const eve = await byLink(server(), link.token);
    const bob = await byLink(server(), other.token);
    expect((await withdraw(server(), id, link)).status).toBe(204);
    expect(await eve.closing()).toEqual(WITHDRAWN);
    expect(await refused({ link: link.token, client: eve.tab.token }, linkSocketUrl(server()))).toEqual(WITHDRAWN);
    await bob.type('!');
    await ada.sees('the text!');
  });

  test('an edit under way then is in whole, or not at all', async () => {
    for (let round = 0; round < 6; round++) {
      const { id, ada, link } = await padWithLink('edit', '-');
      const eve = await byLink(server(), link.token);
      const gone = withdraw(server(), id, link);
      for (let n = 0; n < 20; n++) eve.send({ Edit: { revision: 1, operation: [1, `<${String(n).padStart(2, '0')}>`] } });
      await gone;
      await eve.closing();
      await ada.type('!');
      expect(await server().text(id)).toMatch(/^-(?:<\d\d>)*!(?:<\d\d>)*$/);
      expect(await converged(server(), id, [ada])).toBe(ada.text);
    }
  });

  test('its time comes: closed then', async () => {
    const { id } = await pad();
    const link = await makeLink(server(), id, 'view', { expires_at: Math.ceil(Date.now() / 1000) + 2 });
    const vera = await byLink(server(), link.token);
    expect(await vera.closing()).toMatchObject({ code: 4403 });
    expect(await refused({ link: link.token }, linkSocketUrl(server()))).toMatchObject({ code: 4403 });
  });

  test('the pad is deleted for good: everybody is closed with 4410', async () => {
    const { id, ada, owner, link } = await padWithLink('view');
    const [vera, old] = [await byLink(server(), link.token), await v1(server(), id)];
    expect((await deleteForGood(server(), id, owner)).status).toBe(204);
    for (const client of [ada, vera, old]) expect((await client.closing()).code).toBe(4410);
    expect(await refused({ link: link.token }, linkSocketUrl(server()))).toEqual(WITHDRAWN);
  });

  test('the owner takes the pen, and gives it back', async () => {
    const { id, ada, owner, link } = await padWithLink('edit');
    const [bob, eve, old] = [await v2(server(), id, { name: 'Bob' }), await byLink(server(), link.token), await v1(server(), id)];
    bob.point([3]);
    await ada.message('UserCursor', ({ data }) => data.cursors[0] === 3);
    expect((await change(server(), id, { write: 'owner' }, owner)).status).toBe(200);
    for (const client of [bob, eve]) {
      expect(await client.message('Access')).toEqual({ role: 'view' });
      expect(await client.message('Rights', ({ write }) => write === 'owner')).toMatchObject({ owner: true, manage: 'editors' });
    }
    await until('the caret to go', () => ada.cursors.get(bob.id)?.cursors.length === 0);
    expect(ada.users.get(bob.id)).toMatchObject({ view: true });
    bob.send({ Edit: { revision: bob.replica.revision, operation: ['x', bob.length] } });
    await until('the refusal', () => bob.rejections.length === 1);
    expect(bob.rejections[0].code).toBe('view_only');
    old.insert('y');
    expect((await old.closing()).code).toBe(4403);
    await ada.type('!');
    await eve.sees('the text!');
    expect((await v2(server(), id)).welcome).toMatchObject({ access: 'view', rights: { write: 'owner' } });
    expect((await change(server(), id, { write: 'editors' }, owner)).status).toBe(200);
    await bob.message('Access', ({ role }) => role === 'edit');
    await bob.type('?');
    await eve.message('Access', ({ role }) => role === 'edit');
    await eve.sees('the text!?');
    await eve.type('.');
    expect(await converged(server(), id, [ada, bob, eve])).toBe('the text!?.');
  });

  test('who reads only because the owner has the pen is told the password as ever', async () => {
    const { id, ada, owner, link } = await padWithLink('edit');
    const [bob, eve] = [await v2(server(), id), await byLink(server(), link.token)];
    await change(server(), id, { write: 'owner' }, owner);
    await bob.message('Access');
    const otp = await protect(id, ada);
    for (const client of [bob, eve]) expect(await client.message('OTP')).toMatchObject({ otp });
    expect((await v2(server(), id, { tab: freshTab(otp) })).welcome).toMatchObject({ access: 'view', otp });
    expect((await byLink(server(), link.token)).welcome).toMatchObject({ access: 'view', otp });
  });

  test('only the owner takes the pen', async () => {
    const { id, link } = await padWithLink('edit');
    const answers = await Promise.all([undefined, link.token, freshToken()].map((secret) => change(server(), id, { write: 'owner' }, secret)));
    for (const { status } of answers) expect([401, 403]).toContain(status);
    await sleep(0);
    expect((await v2(server(), id)).welcome.access).toBe('edit');
  });
});
