// RFC 6455 by hand-made bytes: the handshake, and every MUST about frames that a
// server can be tried for.
import { describe, expect, test } from 'vitest';
import { v1 } from './support/clients.ts';
import { RawHttp } from './support/raw_http.ts';
import type { RawAnswer } from './support/raw_http.ts';
import { freshId, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: '64' });

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='; // RFC 6455, 1.3
const LINES = {
  host: 'Host: 127.0.0.1',
  connection: 'Connection: Upgrade',
  upgrade: 'Upgrade: websocket',
  version: 'Sec-WebSocket-Version: 13',
  key: `Sec-WebSocket-Key: ${KEY}`,
};

function handshake(change: Partial<Record<keyof typeof LINES | 'more', string | null>> = {}, id = freshId()): string {
  const lines = Object.values({ ...LINES, ...change }).filter((line) => line !== null);
  return `GET /api/socket/${id} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

async function ask(bytes: string): Promise<RawAnswer> {
  return (await RawHttp.connect(server().port)).send(bytes).answer();
}

const [TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG] = [1, 2, 0, 8, 9, 10];
type Frame = { first: number; payload: Buffer };

/** A client's frame; `lengthBytes` writes the length longer than need be. */
function frame(opcode: number, payload: Buffer | string = '', { fin = true, mask = true, rsv = 0, lengthBytes = 0 } = {}): Buffer {
  const data = Buffer.from(payload);
  const form = lengthBytes || (data.length < 126 ? 1 : data.length < 65536 ? 2 : 8);
  const head = Buffer.alloc(form === 1 ? 2 : form === 2 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (mask ? 0x80 : 0) | (form === 1 ? data.length : form === 2 ? 126 : 127);
  if (form === 2) head.writeUInt16BE(data.length, 2);
  if (form === 8) head.writeBigUInt64BE(BigInt(data.length), 2);
  if (!mask) return Buffer.concat([head, data]);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  return Buffer.concat([head, key, data.map((byte, i) => byte ^ (key[i % 4] as number))]);
}

/** The server's next frame; it must be unmasked, whole, and in the shortest form. */
async function next(connection: RawHttp): Promise<Frame> {
  return connection.until('a frame', () => {
    const bytes = connection.rest;
    if (bytes.length < 2) return undefined;
    const short = bytes[1] as number;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < head) return undefined;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < head + length) return undefined;
    expect(short & 0x80, 'masked').toBe(0);
    expect(head).toBe(length < 126 ? 2 : length < 65536 ? 4 : 10);
    return { first: bytes[0] as number, payload: connection.take(head + length).subarray(head) };
  });
}

/** A v1 connection that has been told who it is. */
async function open(id = freshId()): Promise<RawHttp> {
  const connection = await RawHttp.connect(server().port);
  expect((await connection.send(handshake({}, id)).answer()).status).toBe(101);
  const hello = await next(connection);
  expect([hello.first, hello.payload.toString()]).toEqual([0x81, '{"Identity":0}']);
  return connection;
}

/** Waits for the server's Close among whatever else it says, and for the end behind it. */
async function closing(connection: RawHttp): Promise<{ code: number; reason: string }> {
  for (;;) {
    const { first, payload } = await next(connection);
    if (first !== (0x80 | CLOSE)) continue;
    connection.socket.end();
    await connection.closed();
    if (payload.length === 0) return { code: 1005, reason: '' };
    return { code: payload.readUInt16BE(0), reason: new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2)) };
  }
}

async function ends(code: number, ...frames: Buffer[]): Promise<void> {
  const id = freshId();
  const watcher = await v1(server(), id);
  const connection = await RawHttp.connect(server().port);
  expect((await connection.send(handshake({}, id)).answer()).status).toBe(101);
  connection.send(Buffer.concat(frames));
  expect((await closing(connection)).code).toBe(code);
  await watcher.type('still fine');
}

const close = (code: number, reason: Buffer | string = ''): Buffer => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frame(CLOSE, Buffer.concat([head, Buffer.from(reason)]));
};
const language = (name: string): string => JSON.stringify({ SetLanguage: name });

describe('the handshake', () => {
  test('is answered as in the RFC', async () => {
    const answer = await ask(handshake());
    expect(answer.status).toBe(101);
    expect(answer.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-accept': ACCEPT });
    expect(answer.headers['sec-websocket-protocol']).toBeUndefined();
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined();
  });

  test.each([
    ['names and tokens in any case', { upgrade: 'UPGRADE: WebSocket', connection: 'connection: keep-alive, UPGRADE' }],
    ['lists', { upgrade: 'Upgrade: h2c, websocket', connection: 'Connection: x,upgrade ,y' }],
    ['lists in several lines', { connection: 'Connection: keep-alive\r\nConnection: Upgrade' }],
    ['blanks around the values', { key: `Sec-WebSocket-Key: \t${KEY} \t`, version: 'Sec-WebSocket-Version:  13 ' }],
    ['unknown extensions, which are declined', { more: 'Sec-WebSocket-Extensions: x-unknown; a=b, permessage-deflate; server_max_window_bits=9' }],
    ['unknown protocols, of which none is chosen', { more: 'Sec-WebSocket-Protocol: chat, superchat' }],
    ['unknown headers', { more: 'X-Other: y\r\nCookie: a=b' }],
  ])('%s', async (_what, change) => {
    const answer = await ask(handshake(change));
    expect(answer.status).toBe(101);
    expect(answer.headers['sec-websocket-accept']).toBe(ACCEPT);
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined();
    expect(answer.headers['sec-websocket-protocol']).toBeUndefined();
  });

  test.each([['kolabpad.v2'], ['chat, kolabpad.v2'], ['kolabpad.v2,chat'], ['chat\r\nSec-WebSocket-Protocol: kolabpad.v2']])(
    'of the protocols "%s" the known one is chosen',
    async (offered) => {
      expect((await ask(handshake({ more: `Sec-WebSocket-Protocol: ${offered}` }))).headers['sec-websocket-protocol']).toBe('kolabpad.v2');
    },
  );

  test.each([
    ['no key', { key: null }, 400],
    ['an empty key', { key: 'Sec-WebSocket-Key:' }, 400],
    ['a key of 15 bytes', { key: `Sec-WebSocket-Key: ${Buffer.alloc(15).toString('base64')}` }, 400],
    ['a key of 17 bytes', { key: `Sec-WebSocket-Key: ${Buffer.alloc(17).toString('base64')}` }, 400],
    ['a key without its padding', { key: `Sec-WebSocket-Key: ${KEY.slice(0, -2)}` }, 400],
    ['a key of other characters', { key: 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25_ZQ==' }, 400],
    ['a blank within the key', { key: 'Sec-WebSocket-Key: dGhlIHNhbXBs SBub25jZQ==' }, 400],
    ['two keys', { key: `${LINES.key}\r\n${LINES.key}` }, 400],
    ['no Upgrade', { upgrade: null }, 426],
    ['another Upgrade', { upgrade: 'Upgrade: websockets' }, 426],
    ['no Connection', { connection: null }, 426],
    ['a Connection without upgrade', { connection: 'Connection: keep-alive' }, 426],
    ['no version', { version: null }, 426],
    ['version 8', { version: 'Sec-WebSocket-Version: 8' }, 426],
    ['version 14', { version: 'Sec-WebSocket-Version: 14' }, 426],
    ['version 013', { version: 'Sec-WebSocket-Version: 013' }, 426],
    ['two versions', { version: 'Sec-WebSocket-Version: 13, 8' }, 426],
    ['no Host', { host: null }, 400],
  ])('%s: refused', async (_what, change, status) => {
    const answer = await ask(handshake(change));
    expect(answer.status).toBe(status);
    if (status === 426) expect(answer.headers).toMatchObject({ upgrade: 'websocket', 'sec-websocket-version': '13' });
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: expect.stringMatching(/./) });
  });

  test.each(['POST', 'PUT', 'HEAD', 'OPTIONS', 'get'])('%s is no handshake', async (method) => {
    const connection = await RawHttp.connect(server().port);
    const { status } = await connection.send(handshake().replace('GET', method)).answer(method);
    expect([204, 405, 426, 501]).toContain(status);
  });

  test('frames in the same packet are read', async () => {
    const connection = await RawHttp.connect(server().port);
    connection.send(Buffer.concat([Buffer.from(handshake()), frame(PING, 'early')]));
    expect((await connection.answer()).status).toBe(101);
    await next(connection);
    expect(await next(connection)).toEqual({ first: 0x8a, payload: Buffer.from('early') });
  });
});

describe('messages', () => {
  const heard = async (...frames: Buffer[]): Promise<string> => {
    const connection = await open();
    for (const bytes of frames) connection.send(bytes);
    return JSON.parse((await next(connection)).payload.toString()).Language.language;
  };

  test('whole', async () => {
    expect(await heard(frame(TEXT, language('c')))).toBe('c');
  });

  test('in pieces, some of them empty, with pings in between', async () => {
    const text = Buffer.from(language('ruby'));
    const connection = await open();
    connection.send(frame(TEXT, '', { fin: false }));
    for (const byte of text) connection.send(frame(CONTINUATION, Buffer.from([byte]), { fin: false })).send(frame(PING, Buffer.from([byte])));
    connection.send(frame(CONTINUATION, ''));
    const frames: Frame[] = []; // the message may overtake the last pongs, but they stay in order
    while (frames.length <= text.length) frames.push(await next(connection));
    expect(Buffer.concat(frames.filter(({ first }) => first === 0x8a).map(({ payload }) => payload))).toEqual(text);
    const [message] = frames.filter(({ first }) => first === 0x81);
    expect(JSON.parse(String(message?.payload)).Language.language).toBe('ruby');
  });

  test('a character may be cut anywhere', async () => {
    const text = Buffer.from(JSON.stringify({ ClientInfo: { name: '😀é', hue: 1 } }));
    const connection = await open();
    for (let at = 0; at <= text.length; at++) {
      connection.send(frame(TEXT, text.subarray(0, at), { fin: false })).send(frame(CONTINUATION, text.subarray(at)));
    }
    expect(JSON.parse((await next(connection)).payload.toString()).UserInfo.info.name).toBe('😀é');
  });

  test('byte by byte on the wire', async () => {
    const connection = await open();
    for (const byte of frame(TEXT, language('go'))) {
      connection.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(JSON.parse((await next(connection)).payload.toString()).Language.language).toBe('go');
  });

  test('of 125, 126, 65,535 and 65,536 bytes', async () => {
    const connection = await open();
    for (const [i, length] of [125, 126, 65_535, 65_536].entries()) {
      const message = language(`l${i}`);
      connection.send(frame(TEXT, message + ' '.repeat(length - message.length)));
      expect(JSON.parse((await next(connection)).payload.toString()).Language.language).toBe(`l${i}`);
    }
  });

  test.each([
    ['without a mask', frame(TEXT, language('c'), { mask: false })],
    ['an empty one without a mask', frame(TEXT, '', { mask: false })],
    ['a ping without a mask', frame(PING, 'x', { mask: false })],
    ['a close without a mask', frame(CLOSE, Buffer.from([3, 0xe8]), { mask: false })],
    ['RSV1', frame(TEXT, language('c'), { rsv: 4 })],
    ['RSV2', frame(TEXT, language('c'), { rsv: 2 })],
    ['RSV3', frame(TEXT, language('c'), { rsv: 1 })],
    ['RSV1 on a ping', frame(PING, '', { rsv: 4 })],
    ['RSV1 on a continuation', Buffer.concat([frame(TEXT, '{', { fin: false }), frame(CONTINUATION, '}', { rsv: 4 })])],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer] => [`opcode ${opcode}`, frame(opcode, 'x')]),
    ['a continuation of nothing', frame(CONTINUATION, 'x')],
    ['a first continuation that is not the last', frame(CONTINUATION, 'x', { fin: false })],
    ['a continuation behind a whole message', Buffer.concat([frame(TEXT, language('c')), frame(CONTINUATION, 'x')])],
    ['a new message within one', Buffer.concat([frame(TEXT, '{', { fin: false }), frame(TEXT, '}')])],
    ['a ping in pieces', frame(PING, 'x', { fin: false })],
    ['a pong in pieces', frame(PONG, 'x', { fin: false })],
    ['a close in pieces', frame(CLOSE, Buffer.from([3, 0xe8]), { fin: false })],
    ['a ping of 126 bytes', frame(PING, Buffer.alloc(126))],
    ['a pong of 126 bytes', frame(PONG, Buffer.alloc(126))],
    ['a close of 126 bytes', frame(CLOSE, Buffer.concat([Buffer.from([3, 0xe8]), Buffer.alloc(124, 'x')]))],
    ['a length of 16 bits for 5 bytes', frame(TEXT, 'hello', { lengthBytes: 2 })],
    ['a length of 64 bits for 300 bytes', frame(TEXT, Buffer.alloc(300, 'x'), { lengthBytes: 8 })],
    ['a length with the highest bit', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])],
  ])('%s: 1002', async (_what, bytes) => {
    await ends(1002, bytes);
  });

  test('a length beyond the limit: 1009, with the first bytes of it', async () => {
    await ends(1009, Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4, 5]));
    await ends(1009, ...Array.from({ length: 7 }, (_, i) => frame(i === 0 ? TEXT : CONTINUATION, Buffer.alloc(60_000, 'x'), { fin: false })));
  });

  test.each([
    ['a lone continuation byte', [0x80]],
    ['a start without its rest', [0xc3]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xe0, 0x80, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['0xff', [0xff]],
  ])('text that is no UTF-8, %s: 1007', async (_what, bytes) => {
    const bad = Buffer.from(bytes);
    await ends(1007, frame(TEXT, bad));
    await ends(1007, frame(TEXT, '"', { fin: false }), frame(CONTINUATION, bad, { fin: false }), frame(CONTINUATION, '"'));
  });

  test('a character cut by the end of its message: 1007', async () => {
    await ends(1007, frame(TEXT, Buffer.from('é').subarray(0, 1)), frame(TEXT, Buffer.from('é').subarray(1)));
  });
});

describe('ping and pong', () => {
  test.each([['nothing', ''], ['a few bytes', 'abc'], ['bytes that are no text', Buffer.from([0, 0xff, 0xc0])], ['125 bytes', Buffer.alloc(125, 'x')]])(
    'a ping with %s comes back',
    async (_what, payload) => {
      const connection = await open();
      connection.send(frame(PING, payload));
      expect(await next(connection)).toEqual({ first: 0x8a, payload: Buffer.from(payload) });
    },
  );

  test('many at once come back in order', async () => {
    const connection = await open();
    connection.send(Buffer.concat(Array.from({ length: 100 }, (_, i) => frame(PING, `${i}`))));
    for (let i = 0; i < 100; i++) expect((await next(connection)).payload.toString()).toBe(`${i}`);
  });

  test('a pong that nobody asked for is ignored', async () => {
    const connection = await open();
    connection.send(frame(PONG, 'unasked')).send(frame(PING, 'asked'));
    expect((await next(connection)).payload.toString()).toBe('asked');
  });
});

describe('closing', () => {
  test.each([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])('%d is echoed', async (code) => {
    const connection = await open();
    connection.send(close(code, 'söng'));
    expect((await closing(connection)).code).toBe(code);
  });

  test('without a code: without one', async () => {
    const connection = await open();
    connection.send(frame(CLOSE));
    expect((await closing(connection)).code).toBe(1005);
  });

  test.each([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])('%d is no code to send: 1002', async (code) => {
    await ends(1002, close(code));
  });

  test('half a code: 1002', async () => {
    await ends(1002, frame(CLOSE, Buffer.from([3])));
  });

  test('a reason of 123 bytes, and one that is no UTF-8: 1007', async () => {
    await ends(1000, close(1000, 'x'.repeat(123)));
    await ends(1007, close(1000, Buffer.from([0xc3])));
    await ends(1007, close(1000, Buffer.from('ab\xed\xa0\x80', 'latin1')));
  });

  test('nothing behind it is read', async () => {
    const id = freshId();
    const watcher = await v1(server(), id);
    const connection = await RawHttp.connect(server().port);
    connection.send(Buffer.concat([Buffer.from(handshake({}, id)), close(1000), frame(TEXT, language('late')), frame(BINARY, 'x')]));
    expect((await connection.answer()).status).toBe(101);
    expect((await closing(connection)).code).toBe(1000);
    await watcher.type('x');
    expect(watcher.all('Language')).toEqual([]);
  });

  test('within a message in pieces', async () => {
    const connection = await open();
    connection.send(frame(TEXT, '{', { fin: false })).send(close(1001));
    expect((await closing(connection)).code).toBe(1001);
  });

  test('every close that the server begins has a reason in words', async () => {
    const connection = await open();
    connection.send(frame(TEXT, 'x', { mask: false }));
    expect(await closing(connection)).toEqual({ code: 1002, reason: expect.stringMatching(/./) });
  });
});
