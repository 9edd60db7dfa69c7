// Whatever comes in: a refusal with a code or a close with a reason. Never a
// crash, a hang, a zombie or a changed document.
import { describe, expect, test } from 'vitest';
import net from 'node:net';
import { randomBytes } from 'node:crypto';
import { v1, v2 } from './support/clients.ts';
import { freshId, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const TEXT = 'untouched';

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Wrong for both versions: each closes the connection with 4400. */
const MESSAGES: [what: string, text: string][] = [
  ['nothing', ''],
  ['not JSON', 'hello'],
  ['cut off', '{"Edit":{"revision":1,'],
  ['two values', '{"Ping":1} {"Ping":2}'],
  ['a list', '[]'],
  ['a number', '42'],
  ['null', 'null'],
  ['nested 100,000 deep', deep(100_000)],
  ['an edit that is a list', '{"Edit":[1,["x"]]}'],
  ['an empty edit', '{"Edit":{}}'],
  ['an edit without a revision', '{"Edit":{"operation":[9,"x"]}}'],
  ['an edit without an operation', '{"Edit":{"revision":1}}'],
  ['a negative revision', '{"Edit":{"revision":-1,"operation":[9,"x"]}}'],
  ['a revision beyond 64 bits', '{"Edit":{"revision":18446744073709551617,"operation":[9,"x"]}}'],
  ['a string for the revision', '{"Edit":{"revision":"1","operation":[9,"x"]}}'],
  ['a list for a name', '{"ClientInfo":{"name":["x"],"hue":1}}'],
];

/** Wrong for v2 alone: v1 takes them, or passes over them (v1_lenient.test.ts). */
const V2_MESSAGES: typeof MESSAGES = [
  ['an empty object', '{}'],
  ['an unknown key', '{"Format":{}}'],
  ['two keys', '{"SetLanguage":"c","ClientInfo":{"name":"x","hue":1}}'],
  ['the same key twice', '{"SetLanguage":"c","SetLanguage":"d"}'],
  ['an edit that is null', '{"Edit":null}'],
  ['names without a value', '{"ClientInfo":{"hue":1}}'],
  ['no hue', '{"ClientInfo":{"name":"x"}}'],
  ['cursors that are null', '{"CursorData":null}'],
  ['a language that is null', '{"SetLanguage":null}'],
  ['a fractional revision', '{"Edit":{"revision":1.0,"operation":[9,"x"]}}'],
  ['a revision with an exponent', '{"Edit":{"revision":1e0,"operation":[9,"x"]}}'],
];

/** Edits of a document of nine code points that are none. v1 closes; v2 may say Rejected instead. */
const OPERATIONS: [what: string, operation: string][] = [
  ['a string for a list', '"x"'],
  ['an object for a list', '{}'],
  ['a fraction', '[8.5,"x",0.5]'],
  ['a boolean', '[9,true]'],
  ['null', '[null,9]'],
  ['a nested list', '[[9],"x"]'],
  ['a base that is too short', '[8,"x"]'],
  ['a base that is too long', '[10,"x"]'],
  ['nothing, on a text', '[]'],
  ['only an insert, on a text', '["x"]'],
  ['a deletion beyond the end', '[5,-5]'],
  ['sums that overflow (regression)', '[9223372036854775807,"x",-9223372036854775808,-4]'],
  ['sums that overflow to the right length', '[9223372036854775807,9223372036854775807,11]'],
  ['32-bit sums that overflow to the right length', '[2147483648,2147483648,9]'],
  ['32-bit deletions that overflow', '[-2147483648,-2147483648,9]'],
  ['beyond 64 bits', '[99999999999999999999999]'],
  ['a NUL outside a string', '[9,"x"\u0000]'],
];

const V2_OPERATIONS: typeof OPERATIONS = [
  ['zero', '[9,0,"x"]'],
  ['an empty insert', '[9,""]'],
  ['an integer written as a fraction', '[9.0,"x"]'],
  ['an exponent', '[9e0,"x"]'],
];

async function document(): Promise<string> {
  const id = freshId('bad');
  const writer = await v1(server(), id);
  await writer.type(TEXT);
  return id;
}

async function stillFine(id: string): Promise<void> {
  expect(await server().text(id)).toBe(TEXT);
  const next = await v2(server(), id);
  await next.type('!');
  expect(server().running).toBe(true);
}

describe.each(['v1', 'v2'] as const)('%s', (version) => {
  const open = version === 'v1' ? v1 : v2;

  test.each(version === 'v1' ? MESSAGES : [...MESSAGES, ...V2_MESSAGES])('a message that is %s closes with 4400 and a reason', async (_what, text) => {
    const id = await document();
    const client = await open(server(), id);
    client.sendText(text);
    expect(await client.closing()).toMatchObject({ code: 4400, reason: expect.stringMatching(/./) });
    await stillFine(id);
  });

  test.each(version === 'v1' ? OPERATIONS : [...OPERATIONS, ...V2_OPERATIONS])('an operation with %s is refused', async (_what, operation) => {
    const id = await document();
    const client = await open(server(), id);
    client.sendText(`{"Edit":{"revision":1,"operation":${operation}}}`);
    await client.until('a refusal', () => client.all('Rejected').length > 0 || client.closed !== undefined);
    if (client.closed === undefined) {
      expect(version).toBe('v2');
      expect(client.all('Rejected')[0]).toMatchObject({ revision: 1, code: expect.stringMatching(/^bad_/), message: expect.any(String) });
    } else expect(client.closed).toMatchObject({ code: 4400, reason: expect.stringMatching(/./) });
    await stillFine(id);
  });

  test('a binary message that is no text closes', async () => {
    const id = await document();
    const client = await open(server(), id);
    client.socket.send(Buffer.from('{"SetLanguage":"\xff"}', 'latin1'), { binary: true });
    expect([4400, 1003, 1007]).toContain((await client.closing()).code);
    await stillFine(id);
  });

  test('whoever is refused is announced as gone', async () => {
    const id = await document();
    const watcher = await v2(server(), id);
    const client = await open(server(), id);
    client.send({ ClientInfo: { name: 'Mallory', hue: 1 } });
    await watcher.message('UserInfo', ({ info }) => info?.name === 'Mallory');
    client.sendText('nonsense');
    await watcher.message('UserInfo', ({ id: who, info }) => who === client.id && info === null);
  });
});

test('v2: a binary message closes', async () => {
  const id = await document();
  const client = await v2(server(), id);
  client.socket.send(Buffer.from('{"SetLanguage":"c"}'), { binary: true });
  expect([4400, 1003]).toContain((await client.closing()).code);
  await stillFine(id);
});

test('v1 does not know the messages of v2, and passes over them', async () => {
  const id = freshId();
  const client = await v1(server(), id);
  client.send({ Ping: 1 });
  client.send({ Hello: {} });
  await client.type('still there');
  expect(client.all('Pong')).toEqual([]);
  expect(await server().text(id)).toBe('still there');
});

test('newer clients may add members to a known message', async () => {
  const id = freshId();
  const client = await v2(server(), id);
  client.send({ Edit: { revision: 0, operation: ['x'], later: { more: true } } });
  await client.sees('x');
});

test('random bytes as messages', async () => {
  const id = await document();
  for (let i = 0; i < 50; i++) {
    const client = await v1(server(), id);
    client.socket.send(randomBytes(1 + i * 7).toString('latin1'));
    await client.closing();
  }
  await stillFine(id);
});

describe('below the messages: raw bytes on the socket', () => {
  const HANDSHAKE = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

  /** Sends the bytes and returns all that came until the server closed. */
  async function exchange(...chunks: (string | Buffer)[]): Promise<Buffer> {
    const socket = net.connect(server().port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (data) => received.push(data));
    socket.on('error', () => undefined);
    const ended = new Promise<void>((resolve, reject) => {
      socket.on('close', () => resolve());
      socket.setTimeout(20_000, () => reject(new Error(`still open after ${Buffer.concat(received).toString('latin1')}`)));
    });
    for (const chunk of chunks) socket.write(chunk);
    await ended.finally(() => socket.destroy());
    return Buffer.concat(received);
  }

  /** A masked client frame. */
  function frame(first: number, payload: Buffer, length = payload.length): Buffer {
    const mask = Buffer.from([1, 2, 3, 4]);
    const head = length < 126 ? Buffer.from([first, 0x80 | length]) : Buffer.from([first, 0x80 | 126, length >> 8, length & 255]);
    return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ (mask[i % 4] as number))]);
  }

  /** The code of the close frame that ends what the server sent. */
  function closeCode(received: Buffer): number | undefined {
    for (let at = received.indexOf('\r\n\r\n') + 4; at + 2 <= received.length; ) {
      const length = received[at + 1] as number;
      const header = length === 126 ? 4 : length === 127 ? 10 : 2;
      const size = length === 126 ? received.readUInt16BE(at + 2) : length === 127 ? Number(received.readBigUInt64BE(at + 2)) : length;
      if (received[at] === 0x88) return length === 0 ? 1005 : received.readUInt16BE(at + header);
      at += header + size;
    }
    return undefined;
  }

  const text = Buffer.from('{"SetLanguage":"c"}');
  const cases: [what: string, bytes: Buffer, ...codes: number[]][] = [
    ['an unmasked frame', Buffer.concat([Buffer.from([0x81, text.length]), text]), 1002],
    ['a reserved bit', frame(0xc1, text), 1002],
    ['a reserved opcode', frame(0x83, text), 1002],
    ['a continuation of nothing', frame(0x80, text), 1002],
    ['a fragmented ping', frame(0x09, Buffer.from('x')), 1002],
    ['a ping of 126 bytes', frame(0x89, Buffer.alloc(126)), 1002],
    ['a close frame with one byte', frame(0x88, Buffer.from([3])), 1002, 1005],
    ['a close frame with a reserved code', frame(0x88, Buffer.from([0x03, 0xed])), 1002],
    ['text that is not UTF-8', frame(0x81, Buffer.from([0xc0, 0x80])), 1007],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1002],
    ['a length of 1 GiB', Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]), 1009],
  ];
  test.each(cases)('%s ends the connection', async (_what, bytes, ...codes) => {
    const id = await document();
    const received = await exchange(HANDSHAKE(`/api/socket/${id}`), bytes);
    expect(received.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
    expect(codes).toContain(closeCode(received));
    await stillFine(id);
  });

  test.each([['open', true], ['new', false]])(
    'an edit and a Close right behind the handshake, in one write, count (document: %s)',
    async (_what, isOpen) => {
      const id = freshId();
      if (isOpen) await v1(server(), id);
      const edit = frame(0x81, Buffer.from('{"Edit":{"revision":0,"operation":["early"]}}'));
      const close = frame(0x88, Buffer.from([0x03, 0xe8]));
      const received = await exchange(Buffer.concat([Buffer.from(HANDSHAKE(`/api/socket/${id}`)), edit, close]));
      expect(closeCode(received)).toBe(1000);
      expect(await server().text(id)).toBe('early');
    },
  );

  test.each([
    ['no version', 'Sec-WebSocket-Version: 13\r\n', '', [400, 426]],
    ['version 8', 'Version: 13', 'Version: 8', [400, 426]],
    ['no key', /Sec-WebSocket-Key: .*\r\n/, '', [400, 426]],
    ['a key that is too short', 'dGhlIHNhbXBsZSBub25jZQ==', 'c2hvcnQ=', [400, 426]],
    ['POST', 'GET ', 'POST ', [400, 404, 405, 426]],
    ['no Upgrade', 'Upgrade: websocket\r\n', '', [400, 426]],
  ])('a handshake with %s is refused', async (_what, from, to, statuses) => {
    const request = HANDSHAKE(`/api/socket/${freshId()}`).replace(from, to).replace('Connection: Upgrade', 'Connection: Upgrade, close');
    const received = (await exchange(request)).toString('latin1');
    const status = Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1]);
    expect(statuses).toContain(status);
  });

  test.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a request line without end', `GET /${'x'.repeat(100_000)}`],
    ['a header of 1 MB', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(1 << 20)}\r\n\r\n`],
    ['ten thousand headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X-Many: y\r\n'.repeat(10_000)}\r\n`],
    ['a negative Content-Length', 'POST /api/document/x/protect HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n'],
    ['two Content-Lengths', 'POST /api/document/x/protect HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!'],
  ])('HTTP that is %s is refused and the server lives', async (_what, bytes) => {
    const received = (await exchange(Buffer.from(bytes, 'latin1'))).toString('latin1');
    if (received !== '') expect(received).toMatch(/^HTTP\/1\.[01] 4\d\d /);
    expect((await server().get('/api/health')).status).toBe(200);
  });
});

test('a body beyond the limit is refused with 413', async () => {
  const answer = await server().get('/api/document/x/protect', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"user_name":"${'x'.repeat(100_000)}"}`,
  });
  expect(answer.status).toBe(413);
});

test('connections that end in the middle of everything leave nobody behind', async () => {
  const id = await document();
  const before = (await server().stats())['websocket_connections'] as number;
  for (let i = 0; i < 30; i++) {
    const client = await v1(server(), id);
    client.socket.send('{"Edit":{"revision":1,"oper', { fin: false });
    await client.cut();
  }
  const watcher = await v2(server(), id);
  for (let i = 0; i < 200 && ((await server().stats())['websocket_connections'] as number) > before + 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect((await server().stats())['websocket_connections']).toBe(before + 1);
  expect(watcher.text).toBe(TEXT);
});
