// Each row of the table of limits: what is at the limit is taken, what is
// beyond it is met as the table says.
import { describe, expect, test } from 'vitest';
import { v1, v2, v2Silent } from './support/clients.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import { NODES } from './support/store.ts';
import { sleep, until } from './support/wait.ts';

const KB = 16;
const LIMIT = KB * 1024;
const server = useServer({ MAX_DOCUMENT_SIZE_KB: KB });

describe('document size, in bytes of UTF-8', () => {
  test('exactly the limit is taken, one byte more is rejected and the connection stays (v2)', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('x'.repeat(LIMIT));
    alice.sendEdit(1, [LIMIT, 'y']);
    const rejected = await alice.message('Rejected');
    expect(rejected).toEqual({ revision: 1, code: 'document_too_large', message: expect.any(String), limit: LIMIT });
    alice.delete(0, 1);
    await alice.type('z', 0);
    expect(await server().text(id)).toBe(`z${'x'.repeat(LIMIT - 1)}`);
  });

  test('v1 is closed, and the reason says the limit', async () => {
    const id = freshId();
    const alice = await v1(server(), id);
    await alice.type('x'.repeat(LIMIT));
    alice.sendEdit(1, [LIMIT, 'y']);
    expect(await alice.closing()).toMatchObject({ code: 1009, reason: expect.stringContaining(`${LIMIT} bytes`) });
    expect((await server().text(id)).length).toBe(LIMIT);
  });

  test('regression: bytes count, not code points', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('😀'.repeat(LIMIT / 4));
    alice.sendEdit(1, [LIMIT / 4, 'y']);
    expect((await alice.message('Rejected')).code).toBe('document_too_large');
    alice.edit([-1, LIMIT / 4 - 1]);
    await alice.settled();
    await alice.type('four');
    expect(Buffer.byteLength(await server().text(id))).toBe(LIMIT);
  });

  // Whose edit is refused may hear of the other's before its refusal or after it.
  test.each(['at once', 'after it was told of the other'])('an edit that is too large only because of others is rejected as well: sent %s', async (when) => {
    const id = freshId();
    const [alice, bob] = [await v2(server(), id), await v2(server(), id)];
    await alice.type('a'.repeat(LIMIT - 2));
    await bob.until('the text', () => bob.length === LIMIT - 2);
    alice.sendEdit(1, [LIMIT - 2, 'bb']);
    if (when !== 'at once') await bob.until("the other's edit", () => bob.replica.revision === 2);
    bob.sendEdit(1, ['cc', LIMIT - 2]);
    const isRefused = async (client: typeof alice, own: string): Promise<boolean> => {
      await client.until('its echo or a refusal', () => client.rejections.length > 0 || client.text.includes(own));
      return client.rejections.length > 0;
    };
    const refused = await Promise.all([isRefused(alice, 'bb'), isRefused(bob, 'cc')]);
    expect(refused.filter(Boolean)).toHaveLength(1);
    expect((await server().text(id)).length).toBe(LIMIT);
  });
});

describe('one message: the document limit, for v1 three times that, and 64 KiB', () => {
  for (const [version, open, times] of [['v1', v1, 3], ['v2', v2, 1]] as const) {
    test(`${version}: more closes with 1009`, async () => {
      const id = freshId();
      const alice = await open(server(), id);
      alice.sendText(JSON.stringify({ ClientInfo: { name: 'x'.repeat(times * LIMIT + 65 * 1024), hue: 1 } }));
      expect((await alice.closing()).code).toBe(1009);
      expect(await server().text(id)).toBe('');
    });

    test(`${version}: the same in fragments`, async () => {
      const alice = await open(server(), freshId());
      for (let i = 0; i < 20 && !alice.closed; i++) {
        alice.socket.send('x'.repeat(8 * 1024), { fin: false }, () => undefined);
        await sleep(2);
      }
      expect((await alice.closing()).code).toBe(1009);
    });
  }

  test('a Hello of many megabytes never comes in', async () => {
    const tab = await v2Silent(server(), freshId());
    tab.hello({ name: 'x'.repeat(8 << 20) });
    expect((await tab.closing()).code).toBe(1009);
  });
});

describe('names', () => {
  test.each([
    ['trimmed', '  Alice \t ', 'Alice'],
    ['without control characters', 'A\u0000l\u0007i\nce\u007f', 'Alice'],
    ['cut at 64 code points', '😀'.repeat(100), '😀'.repeat(64)],
    ['kept as typed otherwise', '<b>Ünïcode & Söhne</b> 漢', '<b>Ünïcode & Söhne</b> 漢'],
  ])('%s', async (_what, name, shown) => {
    const id = freshId();
    const watcher = await v2(server(), id);
    const alice = await v1(server(), id);
    alice.info(name, 5);
    expect((await watcher.message('UserInfo', ({ id: who }) => who === alice.id)).info).toEqual({ name: shown, hue: 5 });
    const greeted = await v2(server(), id, { name });
    await watcher.until('the same name from Hello', () => watcher.users.get(greeted.id)?.name === shown);
  });

  test.each([['empty', ''], ['only spaces', '   '], ['only control characters', '\u0001\u0002']])('%s: a name is made up', async (_what, name) => {
    const alice = await v1(server(), freshId());
    alice.info(name, 5);
    expect((await alice.message('UserInfo')).info).toEqual({ name: 'Anonymous', hue: 5 });
  });
});

describe('hue', () => {
  test.each([0, 359])('%d is taken', async (hue) => {
    const alice = await v1(server(), freshId());
    alice.info('Alice', hue);
    expect((await alice.message('UserInfo')).info.hue).toBe(hue);
  });
  test.each([-1, 360, 1e9, 1.5, '"red"', 'null', '"10;background:url(//evil)"'])('%s is refused', async (hue) => {
    const alice = await v2(server(), freshId());
    alice.sendText(`{"ClientInfo":{"name":"Alice","hue":${hue}}}`);
    expect((await alice.closing()).code).toBe(4400);
  });
  test.each([1.5, '"red"', '"10;background:url(//evil)"'])('%s is refused in v1, too', async (hue) => {
    const alice = await v1(server(), freshId());
    alice.sendText(`{"ClientInfo":{"name":"Alice","hue":${hue}}}`);
    expect((await alice.closing()).code).toBe(4400);
  });
});

describe('language', () => {
  test.each(['c', 'C++', 'objective-c', 'Visual Basic .NET', 'f#', 'x'.repeat(64)])('%s is taken', async (language) => {
    const alice = await v1(server(), freshId());
    alice.send({ SetLanguage: language });
    expect((await alice.message('Language')).language).toBe(language);
  });
  test.each([['empty', ''], ['65 bytes', 'x'.repeat(65)], ['a tag', '<script>'], ['not ASCII', 'français'], ['a line end', 'a\nb'], ['a number', 7]])(
    '%s is refused',
    async (_what, language) => {
      const id = freshId();
      const watcher = await v1(server(), id);
      const alice = await v2(server(), id);
      alice.send({ SetLanguage: language });
      expect((await alice.closing()).code).toBe(4400);
      await watcher.type('x');
      expect(watcher.language).toBeNull();
    },
  );
  test('v1: a number is refused, a name is kept as far as 256 bytes', async () => {
    const id = freshId();
    const [alice, bob] = [await v1(server(), id), await v1(server(), id)];
    alice.send({ SetLanguage: 7 });
    expect((await alice.closing()).code).toBe(4400);
    bob.send({ SetLanguage: `a\nb${'x'.repeat(300)}` });
    expect((await bob.message('Language')).language).toBe(`ab${'x'.repeat(254)}`);
  });
});

describe('cursors and selections', () => {
  test('v2: beyond the end they are clamped', async () => {
    const alice = await v2(server(), freshId());
    await alice.type('12345');
    alice.point([3, 6, 4_000_000_000], [[2, 99], [99, 0]]);
    expect((await alice.message('UserCursor')).data).toEqual({ cursors: [3, 5, 5], selections: [[2, 5], [5, 0]] });
  });

  test('64 are taken, more are cut', async () => {
    const alice = await v1(server(), freshId());
    await alice.type('x'.repeat(200));
    const cursors = Array.from({ length: 100 }, (_, i) => i);
    alice.point(cursors, cursors.map((at) => [at, at + 1]));
    const { data } = await alice.message('UserCursor');
    expect(data.cursors).toEqual(cursors.slice(0, 64));
    expect(data.selections).toHaveLength(64);
  });

  test('they move with the text', async () => {
    const id = freshId();
    const [alice, bob] = [await v2(server(), id), await v2(server(), id)];
    await alice.type('0123456789');
    await bob.sees('0123456789');
    alice.point([5], [[2, 8]]);
    await bob.message('UserCursor', ({ id: who }) => who === alice.id);
    await bob.type('abc', 0);
    bob.delete(4, 2); // takes "12" away
    await bob.settled();
    const late = await v2(server(), id);
    expect(late.cursors.get(alice.id)).toEqual({ cursors: [6], selections: [[4, 9]] });
  });

  test.each([
    ['a negative position', '{"cursors":[-1],"selections":[]}'],
    ['a fraction', '{"cursors":[1.5],"selections":[]}'],
    ['a string', '{"cursors":["1"],"selections":[]}'],
    ['no list', '{"cursors":5,"selections":[]}'],
    ['a selection of one', '{"cursors":[],"selections":[[1]]}'],
    ['a selection of three', '{"cursors":[],"selections":[[1,2,3]]}'],
  ])('%s is refused', async (_what, data) => {
    const alice = await v1(server(), freshId());
    alice.sendText(`{"CursorData":${data}}`);
    expect((await alice.closing()).code).toBe(4400);
  });
});

describe('revision', () => {
  test.each([-1, 1, 2 ** 31, 2 ** 53])('v1: %d closes', async (revision) => {
    const id = freshId();
    const alice = await v1(server(), id);
    alice.sendEdit(revision, ['x']);
    const { code, reason } = await alice.closing();
    expect([4400, 4409]).toContain(code);
    expect(reason).not.toBe('');
    expect(await server().text(id)).toBe('');
  });

  test('v2: one that does not exist yet closes with 4409', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    alice.sendEdit(7, ['x']);
    expect((await alice.closing()).code).toBe(4409);
    expect(await server().text(id)).toBe('');
  });

  test('regression: a negative one leaves no zombie behind', async () => {
    const id = freshId();
    const watcher = await v2(server(), id);
    const alice = await v2(server(), id, { name: 'Zombie' });
    await watcher.message('UserInfo', ({ info }) => info?.name === 'Zombie');
    alice.sendEdit(-1, ['x']);
    expect((await alice.closing()).code).toBe(4400);
    await watcher.message('UserInfo', ({ id: who, info }) => who === alice.id && info === null);
  });
});

test('an edit that would take long to rebase is refused with 4409, and nobody waits for it', async () => {
  const own = await startServer({ RATE_LIMITS: 'off' });
  const LENGTH = 100_000;
  const bob = await v2(own, 'far');
  await bob.type('a'.repeat(LENGTH));
  const alice = await v2(own, 'far');
  for (let i = 0; i < 70; i++) await bob.type('x', 4); // about twice what may be rebased
  alice.sendEdit(1, Array.from({ length: LENGTH / 4 }, () => [4, 'b']).flat()); // each of them meets its first insert
  expect((await alice.closing()).code).toBe(4409);
  await bob.type('!');
  expect(await own.text('far')).not.toContain('b');
  const carol = await v2(own, 'far');
  carol.sendEdit(1, [4, 'b', LENGTH - 4]); // that is cheap
  await bob.until('it', () => bob.text.includes('b'));
});

describe('edits per second', () => {
  test('a burst of 1,000 is taken; far more is rejected as rate_limited, then closed', async () => {
    const own = await startServer();
    const alice = await v2(own, 'flood');
    for (let i = 0; i < 900; i++) alice.sendEdit(i, i === 0 ? ['x'] : [i, 'x']);
    await alice.until('900 echoes', () => alice.replica.revision === 900);
    expect(alice.rejections).toEqual([]);
    for (let i = 0; i < 20_000 && !alice.closed; i++) {
      alice.sendEdit(900, [900, 'y']);
      if (i % 500 === 499) await sleep(0);
    }
    await alice.until('a refusal', () => alice.rejections.length > 0 || alice.closed !== undefined);
    if (alice.rejections.length > 0) expect(alice.rejections[0]).toMatchObject({ code: 'rate_limited' });
    expect((await alice.closing()).code).toBe(4429);
    expect((await own.text('flood')).length).toBeLessThan(5_000);
    await (await v2(own, 'other')).type('the server is fine');
  });

  test('an edit of refused text counts like any other', async () => {
    const own = await startServer({ EDITS_PER_SECOND: '1', EDITS_BURST: '2' });
    const alice = await v2(own, 'returns');
    for (let i = 0; i < 3; i++) alice.sendEdit(0, ['\r']);
    await alice.until('three refusals', () => alice.rejections.length === 3);
    expect(alice.rejections.map(({ code }) => code)).toEqual(['bad_text', 'bad_text', 'rate_limited']);
  });

  test('RATE_LIMITS=off lifts it', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const alice = await v1(own, 'free');
    for (let i = 0; i < 3000; i++) alice.sendEdit(i, i === 0 ? ['x'] : [i, 'x']);
    await alice.until('3,000 echoes', () => alice.replica.revision === 3000);
  });
});

describe('time', () => {
  test('no Hello in time closes', async () => {
    const own = await startServer({ KP_TEST_HELLO_TIMEOUT_MS: 300 });
    const tab = await v2Silent(own, 'pad');
    const before = Date.now();
    const { code, reason } = await tab.closing();
    expect(code).toBe(4408);
    expect(reason).not.toBe('');
    expect(Date.now() - before).toBeGreaterThan(150);
  });

  test('a connection that says nothing for the read timeout is closed with 4408', async () => {
    const own = await startServer({ KP_TEST_READ_TIMEOUT_MS: 600, KP_TEST_HEARTBEAT_MS: 60_000 });
    const alice = await v2(own, 'pad');
    expect((await alice.closing()).code).toBe(4408);
  });

  test('one that keeps pinging is not', async () => {
    const own = await startServer({ KP_TEST_READ_TIMEOUT_MS: 600, KP_TEST_HEARTBEAT_MS: 60_000 });
    const alice = await v2(own, 'pad');
    for (let i = 0; i < 15; i++) {
      alice.send({ Ping: i });
      await sleep(100);
    }
    expect(alice.closed).toBeUndefined();
  });

  test('the server pings, so that proxies keep the line', async () => {
    const own = await startServer({ KP_TEST_HEARTBEAT_MS: 150 });
    const alice = await v1(own, 'pad');
    await until('a few pings', () => alice.pings >= 3);
    expect(alice.closed).toBeUndefined();
  });
});

describe('per address', () => {
  // several servers on one database count each for itself
  test('connections', async () => {
    const own = await startServer({ CONNECTIONS_PER_ADDRESS: 5 });
    const all = await Promise.all(Array.from({ length: 5 * NODES }, () => v1(own, 'pad')));
    for (let i = 0; i < NODES; i++) await expect(v1(own, 'pad')).rejects.toThrow(/429/);
    await all[0]?.close();
    await until('its place to be free', () => v1(own, 'pad').catch(() => undefined)); // the server may see the end later
  });

  test('new documents', async () => {
    const own = await startServer({ NEW_DOCUMENTS_PER_MINUTE: 5 });
    for (let i = 0; i < 5 * NODES; i++) await (await v1(own, `new-${i}`)).type('x');
    await expect(v1(own, 'one-more')).rejects.toThrow(/429/);
    await v1(own, 'new-0'); // one that exists is none of it
  });
});
