// How a v1 connection begins, what is echoed, and who is told what.
import { describe, expect, test } from 'vitest';
import { Connection, Refused } from './support/connection.ts';
import { v1, v2Silent, forTheTest } from './support/clients.ts';
import { freshId, useServer } from './support/server.ts';

const server = useServer();

test('a new document greets with Identity and nothing else', async () => {
  const alice = await v1(server(), freshId());
  expect(alice.raw[0]).toBe('{"Identity":0}');
  alice.info('Alice', 10); // whatever was sent before the answer to this came with the greeting
  await alice.message('UserInfo');
  expect(alice.messages.map((message) => Object.keys(message)[0])).toEqual(['Identity', 'UserInfo']);
});

test('the greeting comes in the order of the protocol', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  alice.info('Alice', 10);
  alice.point([2], [[0, 2]]);
  alice.send({ SetLanguage: 'python' });
  await alice.type('text');
  const answer = await server().get(`/api/document/${id}/protect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 0, user_name: 'Alice' }),
  });
  const { otp } = JSON.parse(answer.text) as { otp: string };
  await alice.message('OTP');

  const bob = await v1(server(), id, { otp });
  await bob.message('UserCursor');
  expect(bob.messages.map((message) => Object.keys(message)[0])).toEqual([
    'Identity', 'History', 'Language', 'UserInfo', 'UserCursor', // no OTP: it came with it
  ]);
  expect(bob.messages[0]).toEqual({ Identity: 1 });
  expect(bob.messages[1]).toEqual({ History: { start: 0, operations: [{ id: 0, operation: ['text'] }] } });
  expect(bob.messages[3]).toEqual({ UserInfo: { id: 0, info: { name: 'Alice', hue: 10 } } });
  expect(bob.messages[4]?.['UserCursor'].id).toBe(0);
});

test('at connect time the language is set by user 18446744073709551615, "System"', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  alice.send({ SetLanguage: 'c' });
  await alice.message('Language');
  const bob = await v1(server(), id);
  await bob.message('Language');
  const raw = bob.raw.find((text) => text.includes('Language'));
  expect(raw).toContain('18446744073709551615'); // exactly: a double cannot hold it
  expect(bob.all('Language')).toEqual([{ language: 'c', user_id: expect.any(Number), user_name: 'System' }]);
});

test('an edit comes back to its author and to everyone', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bob = await v1(server(), id);
  bob.sendEdit(0, ['hello']);
  const expected = { start: 0, operations: [{ id: 1, operation: ['hello'] }] };
  expect(await bob.message('History')).toEqual(expected);
  expect(await alice.message('History')).toEqual(expected);
});

test('a no-op is an operation like any other and is echoed', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  await alice.type('abc');
  alice.sendEdit(1, [3]);
  expect(await alice.message('History', ({ start }) => start === 1)).toEqual({ start: 1, operations: [{ id: 0, operation: [3] }] });
  const empty = await v1(server(), freshId());
  empty.sendEdit(0, []);
  expect(await empty.message('History')).toEqual({ start: 0, operations: [{ id: 0, operation: [] }] });
});

test('names, cursors and languages come back to their sender and go to everyone', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bob = await v1(server(), id);
  await alice.type('hello');
  await bob.sees('hello');
  alice.info('Alice', 180);
  alice.point([5], [[1, 3]]);
  alice.send({ SetLanguage: 'rust' });
  for (const client of [alice, bob]) {
    expect(await client.message('UserInfo')).toEqual({ id: 0, info: { name: 'Alice', hue: 180 } });
    expect(await client.message('UserCursor')).toEqual({ id: 0, data: { cursors: [5], selections: [[1, 3]] } });
    expect(await client.message('Language')).toEqual({ language: 'rust', user_id: 0, user_name: 'Alice' });
  }
});

test('whoever leaves is announced with info null', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bob = await v1(server(), id);
  bob.info('Bob', 20);
  await alice.message('UserInfo', ({ info }) => info?.name === 'Bob');
  await bob.close();
  expect(await alice.message('UserInfo', ({ info }) => info === null)).toEqual({ id: 1, info: null });
});

test('a cut line counts as leaving too', async () => {
  const id = freshId();
  const alice = await v1(server(), id);
  const bob = await v1(server(), id);
  bob.info('Bob', 20);
  await alice.message('UserInfo', ({ info }) => info?.name === 'Bob');
  await bob.cut();
  await alice.message('UserInfo', ({ id: who, info }) => who === 1 && info === null);
});

test('user ids count up per document', async () => {
  const [one, other] = [freshId(), freshId()];
  expect((await v1(server(), one)).id).toBe(0);
  expect((await v1(server(), one)).id).toBe(1);
  expect((await v1(server(), other)).id).toBe(0);
});

test('a message may arrive in fragments and between pings', async () => {
  const alice = await v1(server(), freshId());
  const text = JSON.stringify({ Edit: { revision: 0, operation: ['in 😀 pieces'] } });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) {
    if (at === 21) alice.socket.ping('between');
    alice.socket.send(bytes.subarray(at, at + 7), { fin: at + 7 >= bytes.length, binary: false });
  }
  const history = await alice.message('History');
  expect(history.operations).toEqual([{ id: 0, operation: ['in 😀 pieces'] }]);
});

test('a WebSocket ping is answered with its payload', async () => {
  const alice = await v1(server(), freshId());
  const pong = new Promise<string>((resolve) => alice.socket.once('pong', (data) => resolve(data.toString())));
  alice.socket.ping('are you there');
  expect(await pong).toBe('are you there');
});

describe('document ids', () => {
  const dial = async (encoded: string): Promise<Connection> => forTheTest(await Connection.dial(server().socketUrl(encoded)));
  const status = async (encoded: string): Promise<number> => {
    const refused = await dial(encoded).catch((error: unknown) => error);
    if (refused instanceof Refused) return refused.status;
    throw new Error(`not refused: ${String(refused)}`);
  };

  test.each([
    ['an encoded slash', 'a%2Fb'],
    ['NUL', 'a%00b'],
    ['a line feed', 'a%0Ab'],
    ['DEL', 'a%7Fb'],
    ['bytes that are not UTF-8', '%FF%FE'],
    ['an encoded surrogate', '%ED%A0%80'],
    ['129 bytes', 'x'.repeat(129)],
    ['129 bytes in 43 characters', encodeURIComponent('漢'.repeat(43))],
  ])('%s is refused with 400', async (_what, encoded) => {
    expect(await status(encoded)).toBe(400);
  });

  test('128 bytes are taken', async () => {
    await (await dial('y'.repeat(128))).until('a greeting', () => false, 50).catch(() => undefined);
    const text = await server().get(`/api/text/${'y'.repeat(128)}`);
    expect(text.status).toBe(200);
  });

  test('two spellings of one id are one document', async () => {
    const alice = await v1(server(), 'café');
    await alice.type('same');
    const raw = await dial('caf%c3%a9');
    const history = await raw.message('History');
    expect(history.operations[0].operation).toEqual(['same']);
  });
});

test('the subprotocol decides: kolabpad.v2 is agreed to and waits for Hello', async () => {
  const client = await v2Silent(server(), freshId());
  expect(client.socket.protocol).toBe('kolabpad.v2');
  client.hello();
  expect(Object.keys(await client.next())).toEqual(['Welcome']);
});

test('regression: a plain GET of a socket address creates no document', async () => {
  const before = await server().stats();
  for (let i = 0; i < 20; i++) {
    const answer = await server().get(`/api/socket/plain-get-${i}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  }
  const after = await server().stats();
  // Fewer when what another test left empty has gone meanwhile.
  expect(after['documents_in_memory']).toBeLessThanOrEqual(before['documents_in_memory'] as number);
  expect(after['documents_stored']).toBeLessThanOrEqual(before['documents_stored'] as number);
});
