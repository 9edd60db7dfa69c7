// What scripts for the ancestors send, and both or one of them took: taken here,
// wherever nothing can be corrupted by it. v2 stays strict (malformed.test.ts).
import { describe, expect, test } from 'vitest';
import type { V1Client } from './support/clients.ts';
import { converged, v1, v2 } from './support/clients.ts';
import { Random } from '../../frontend/src/testing/random.ts';
import { randomWord, seedOfRun } from './support/random.ts';
import { freshId, startServer, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });

/** Sends the text as it stands and waits until the pad holds `expected`. */
async function says(text: string, expected: string, before = 'hello'): Promise<void> {
  const id = freshId('naive');
  const writer = await v2(server(), id);
  if (before !== '') await writer.type(before);
  const script = await v1(server(), id);
  script.sendText(text);
  await writer.sees(expected);
  expect(await server().text(id)).toBe(expected);
  expect(script.closed).toBeUndefined();
}

const edit = (operation: string, revision = '1'): string => `{"Edit":{"revision":${revision},"operation":${operation}}}`;

describe('operations are normalised', () => {
  test.each([
    ['a position of 0', '[0,"x",5]', 'xhello'],
    ['nothing behind', '[5,"x",0]', 'hellox'],
    ['an empty insert', '["x","",5]', 'xhello'],
    ['only what says nothing, and a retain', '[0,"",5,0]', 'hello'],
    ['neighbours of a kind', '[1,1,"a","b",-1,-1,1]', 'heabo'],
    ['a delete before an insert', '[-5,"bye"]', 'bye'],
    ['floats', '[2.0,"x",-2.0,1e0]', 'hexo'],
  ])('%s', async (_what, operation, expected) => {
    if (expected === 'hello') {
      const id = freshId('noop');
      const script = await v1(server(), id);
      await script.type('hello');
      script.sendText(edit(operation));
      const { operations } = await script.message('History', ({ start }) => start === 1);
      expect(operations).toEqual([{ id: 0, operation: [5] }]);
    } else await says(edit(operation), expected);
  });

  test('the echo is the normal form', async () => {
    const script = await v1(server(), freshId());
    script.sendText(edit('[0,"a","",0,"b"]', '0'));
    expect((await script.message('History')).operations).toEqual([{ id: 0, operation: ['ab'] }]);
  });

  test('v2 refuses them', async () => {
    const strict = await v2(server(), freshId());
    strict.sendText(edit('[0,"x"]', '0'));
    expect((await strict.closing()).code).toBe(4400);
  });
});

describe('messages', () => {
  test('revision as a float, left out, null', async () => {
    await says(edit('[5,"x"]', '1.0'), 'hellox');
    await says('{"Edit":{"operation":["x"]}}', 'x', '');
    await says('{"Edit":{"revision":null,"operation":["x"]}}', 'x', '');
  });

  test('unknown keys are passed over, alone and beside known ones', async () => {
    await says(`{"Type":"edit","Edit":{"revision":1,"operation":[5,"x"],"client":"script"}}`, 'hellox');
    const script = await v1(server(), freshId());
    for (const text of ['{}', '{"Heartbeat":1}', '{"Edit":null}', '{"Ping":3,"Hello":{}}']) script.sendText(text);
    await script.type('still there');
  });

  test('several keys are several messages', async () => {
    const id = freshId();
    const watcher = await v2(server(), id);
    const script = await v1(server(), id);
    script.sendText('{"SetLanguage":"go","ClientInfo":{"name":"S","hue":3},"CursorData":{"cursors":[1]},"Edit":{"revision":0,"operation":["ab"]}}');
    await watcher.sees('ab');
    await watcher.until('all of it', () => watcher.language === 'go' && watcher.users.get(script.id)?.name === 'S');
    await watcher.until('the caret', () => watcher.cursors.get(script.id)?.cursors[0] === 1);
  });

  test('keys in another case, and one key twice', async () => {
    await says('{"edit":{"REVISION":1,"Operation":[5,"x"]}}', 'hellox');
    await says('{"Edit":{"revision":9,"revision":1,"operation":[5,"x"]}}', 'hellox');
  });

  test('binary messages that hold text, whole and in pieces', async () => {
    const id = freshId();
    const script = await v1(server(), id);
    script.socket.send(Buffer.from(edit('["grüße"]', '0')), { binary: true });
    await script.message('History', ({ start }) => start === 0);
    const second = Buffer.from(edit('[5,"😀"]'));
    script.socket.send(second.subarray(0, second.length - 6), { binary: true, fin: false });
    script.socket.send(second.subarray(second.length - 6), { binary: true, fin: true });
    await script.message('History', ({ start }) => start === 1);
    expect(await server().text(id)).toBe('grüße😀');
  });

  test.each([
    ['400', 40], ['-30', 330], ['360', 0], ['180.0', 180], ['null', 0], ['4294967295', 255],
  ])('a hue of %s', async (hue, expected) => {
    const script = await v1(server(), freshId());
    script.sendText(`{"ClientInfo":{"name":"A","hue":${hue}}}`);
    expect((await script.message('UserInfo')).info).toEqual({ name: 'A', hue: expected });
  });

  test('no hue, no name', async () => {
    const script = await v1(server(), freshId());
    script.sendText('{"ClientInfo":{"name":"A"}}');
    expect((await script.message('UserInfo')).info).toEqual({ name: 'A', hue: 0 });
    script.sendText('{"ClientInfo":{}}');
    await script.message('UserInfo', ({ info }) => info.name === 'Anonymous');
  });

  test('one list of cursors', async () => {
    const script = await v1(server(), freshId());
    script.sendText('{"CursorData":{"cursors":[0.0]}}');
    expect((await script.message('UserCursor')).data).toEqual({ cursors: [0], selections: [] });
  });
});

test.each(['Français (Québec)', '<b>', 'plain/text;x=1', ''])('the language %j is kept with its name', async (name) => {
  const own = await startServer();
  const script = await v1(own, 'pad');
  script.send({ SetLanguage: name });
  expect((await script.message('Language')).language).toBe(name);
  await script.type('x');
  const page = await v2(own, 'pad');
  expect(page.welcome.language).toBe(name);
  await own.restart();
  expect((await v2(own, 'pad')).welcome.language).toBe(name === '' ? null : name);
});

describe('cursors are told as they were sent', () => {
  test('behind the text, to v1; to v2 as far as the text goes', async () => {
    const id = freshId();
    const [script, other, page] = [await v1(server(), id), await v1(server(), id), await v2(server(), id)];
    const sent = { cursors: [4, 6, 7], selections: [[5, 10], [3, 4]] };
    script.send({ CursorData: sent });
    for (const client of [script, other]) expect((await client.message('UserCursor')).data).toEqual(sent);
    expect((await page.message('UserCursor')).data).toEqual({ cursors: [0, 0, 0], selections: [[0, 0], [0, 0]] });
    expect((await (await v1(server(), id)).message('UserCursor')).data).toEqual(sent);
  });

  test('an edit moves them by what it adds', async () => {
    const id = freshId();
    const script = await v1(server(), id);
    script.send({ CursorData: { cursors: [10], selections: [] } });
    await script.message('UserCursor');
    await script.type('a');
    const late = await v1(server(), id);
    expect((await late.message('UserCursor')).data.cursors).toEqual([11]);
    const page = await v2(server(), id);
    expect((await page.message('UserCursor')).data.cursors).toEqual([1]);
  });
});

describe('carriage returns', () => {
  test('are stored as line ends, and told to their author as an operation', async () => {
    const id = freshId('crlf');
    const [script, other, page] = [await v1(server(), id), await v1(server(), id), await v2(server(), id)];
    script.insert('one\r\ntwo\rthree');
    await script.sees('one\ntwo\nthree');
    for (const client of [other, page]) await client.sees('one\ntwo\nthree');
    expect(await converged(server(), id, [script, other, page])).toBe('one\ntwo\nthree');
    expect(script.all('History').flatMap(({ operations }) => operations)).toEqual([
      { id: 0, operation: ['one\r\ntwo\rthree'] },
      { id: 18446744073709551615, operation: [3, -1, 4, '\n', -1, 5] },
    ]);
    expect(other.all('History').flatMap(({ operations }) => operations)[1].operation).toEqual([13]);
    await script.type('!', 7);
    expect(await converged(server(), id, [script, other, page])).toBe('one\ntwo!\nthree');
  });

  test('a script that builds its text from the echoes, its own included', async () => {
    const id = freshId('crlf');
    const script = await v1(server(), id); // the replica takes what was sent behind its back as somebody's
    script.sendEdit(0, ['a\r\nb']);
    script.sendEdit(1, [4, 'c\r\n']); // by its own count, before the correction has come
    await script.until('both and their corrections', () => script.replica.revision === 4);
    expect(script.text).toBe('a\nbc\n');
    expect(await server().text(id)).toBe('a\nbc\n');
    script.sendEdit(3, [5, 'd', 1]); // "a\nbc\r\n", as if it had not read the last: between the two
    await script.sees('a\nbcd\n');
  });

  test('it comes back after a cut at the numbers of everybody', async () => {
    const id = freshId('crlf');
    const script = await v1(server(), id);
    await script.type('a\r\nb');
    await script.sees('a\nb');
    await script.cut();
    const again = await v1(server(), id, { known: script.replica });
    await again.type('!', 3);
    expect(await converged(server(), id, [again, await v2(server(), id)])).toBe('a\nb!');
  });

  test('scripts with line ends of all kinds and pages converge', async () => {
    const random = new Random(seedOfRun());
    const id = freshId('crlf');
    const scripts = await Promise.all([0, 1, 2].map(() => v1(server(), id)));
    const pages = await Promise.all([0, 1].map(() => v2(server(), id)));
    const ends = ['\r', '\r\n', '\n\r', '\r\r\n', '\n', 'x\r\ny'];
    const act = (client: (typeof scripts)[0] | (typeof pages)[0], isScript: boolean): void => {
      const at = random.below(client.length + 1);
      const word = isScript && random.below(2) === 0 ? random.pick(ends) : randomWord(random);
      if (client.length > 0 && random.below(3) === 0) client.delete(random.below(client.length), 1);
      else client.insert(word, at);
    };
    for (let round = 0; round < 150; round++) {
      act(random.pick(scripts), true);
      act(random.pick(pages), false);
      if (round % 10 === 0) await new Promise((resolve) => setTimeout(resolve, random.below(8)));
    }
    const text = await converged(server(), id, [...scripts, ...pages]).catch((error: Error) => {
      throw new Error(`seed ${random.seed}: ${error.message}`);
    });
    expect(text).not.toContain('\r');
  });

  test('v2 rejects them', async () => {
    const page = await v2(server(), freshId());
    page.sendEdit(0, ['a\r\n']);
    expect((await page.message('Rejected')).code).toBe('bad_text');
  });
});

describe('size', () => {
  test('what fitted into 262,144 characters fits, however it is escaped', async () => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    for (const [name, character] of [['cjk', '漢'], ['emoji', '😀']] as const) {
      const script = await v1(own, name);
      const text = character.repeat(262_144);
      const escaped = JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
      script.sendText(`{"Edit":{"revision":0,"operation":[${escaped}]}}`);
      await script.message('History');
      expect(await own.text(name)).toBe(text);
    }
  });

  test('a text above the limit can be typed into, by both', async () => {
    const own = await startServer({ MAX_DOCUMENT_SIZE_KB: 64 });
    const text = '漢'.repeat(21_000);
    await (await v1(own, 'pad')).type(text);
    const small = await startServer({ MAX_DOCUMENT_SIZE_KB: 16 }, await own.stop().then(() => own.folder));
    const [script, page] = [await v1(small, 'pad'), await v2(small, 'pad')];
    await script.sees(text);
    await page.type('one');
    await script.until('it', () => script.length === 21_003);
    await script.type('two');
    await page.sees(`${text}onetwo`);
    expect(page.welcome.limits.document_bytes).toBeGreaterThan(63_000);
    script.sendEdit(script.replica.revision, [21_006, 'x'.repeat(16_000)]);
    expect((await script.closing()).reason).toMatch(/bytes of UTF-8/);
  });
});

test('the password is not told to those who came with it', async () => {
  const id = freshId('otp');
  const owner = await v1(server(), id);
  await owner.type('secret');
  const protectedBy = await server().get(`/api/document/${id}/protect`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user_id: owner.id, user_name: 'o' }),
  });
  const { otp } = JSON.parse(protectedBy.text) as { otp: string };
  await owner.message('OTP'); // news
  const guest: V1Client = await v1(server(), id, { otp });
  await guest.sees('secret');
  guest.info('G', 1);
  await guest.message('UserInfo', ({ id: who }) => who === guest.id); // behind everything of the welcome
  expect(guest.all('OTP')).toEqual([]);
});

test('a tab that was away for longer than the history is kept goes on at its numbers', async () => {
  const own = await startServer({ KP_TEST_HISTORY_MS: 50, KP_TEST_PERSIST_CHECK_MS: 20 });
  const before = await v1(own, 'pad');
  await before.type('one');
  await before.type(' two');
  await before.cut();
  await new Promise((resolve) => setTimeout(resolve, 500)); // nobody is there
  const again = await v1(own, 'pad');
  again.sendEdit(1, [3, '!']); // typed before it had heard of " two"
  await again.message('History', ({ start }) => start === 2);
  expect(await own.text('pad')).toBe('one two!');
});

test('another front end can have a policy of its own', async () => {
  const own = await startServer({ CONTENT_SECURITY_POLICY: "default-src 'self' 'unsafe-inline'" });
  const { headers } = await own.get('/api/health');
  expect(headers['content-security-policy']).toBe("default-src 'self' 'unsafe-inline'; frame-ancestors 'none'");
});
