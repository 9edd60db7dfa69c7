// permessage-deflate (RFC 7692): agreed on when it is offered, used for what is large,
// and no way to make the server unpack without end.
import { deflateRawSync, constants, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { v1, v2 } from './support/clients.ts';
import { RawHttp } from './support/raw_http.ts';
import { freshId, useServer } from './support/server.ts';

const LIMIT_KB = 256;
const server = useServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: String(LIMIT_KB) });

const ACCEPTED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const TEXT = 'Compression is worth it for prose, since prose says the same words again and again. ';

const handshake = (id: string, offer: string): string =>
  `GET /api/socket/${id} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${offer === '' ? '' : `Sec-WebSocket-Extensions: ${offer}\r\n`}\r\n`;

async function open(offer: string, id = freshId()): Promise<{ connection: RawHttp; answer: string | undefined }> {
  const connection = await RawHttp.connect(server().port);
  const { status, headers } = await connection.send(handshake(id, offer)).answer();
  expect(status).toBe(101);
  return { connection, answer: headers['sec-websocket-extensions'] };
}

type Frame = { first: number; payload: Buffer };

async function next(connection: RawHttp): Promise<Frame> {
  return connection.until('a frame', () => {
    const bytes = connection.rest;
    if (bytes.length < 10 && bytes.length < 2 + ((bytes[1] ?? 0) & 0x7f)) return undefined;
    const short = bytes[1] as number;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < head + length) return undefined;
    return { first: bytes[0] as number, payload: connection.take(head + length).subarray(head) };
  });
}

/** A masked frame with this first byte; the mask is zero, so the payload stays as it is. */
function frame(first: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : 4);
  head[0] = first;
  head[1] = 0x80 | (payload.length < 126 ? payload.length : 126);
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

const pack = (text: string | Buffer): Buffer => deflateRawSync(text, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const unpack = (payload: Buffer): string =>
  inflateRawSync(Buffer.concat([payload, Buffer.from([0, 0, 0xff, 0xff])]), { finishFlush: constants.Z_SYNC_FLUSH }).toString();

const COMPRESSED_TEXT = 0xc1;

describe('the offer', () => {
  test.each([
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits', // Chromium, Firefox and Safari send this
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    'permessage-deflate; server_max_window_bits=10, permessage-deflate',
    'x-unknown\r\nSec-WebSocket-Extensions: permessage-deflate',
  ])('%s is taken', async (offer) => {
    expect((await open(offer)).answer).toBe(ACCEPTED);
  });

  test.each(['', 'permessage-deflate; server_max_window_bits=10', 'permessage-deflate; unknown', 'x-webkit-deflate-frame'])(
    '"%s" is declined, and the connection goes on without',
    async (offer) => {
      const { connection, answer } = await open(offer);
      expect(answer).toBeUndefined();
      expect((await next(connection)).payload.toString()).toBe('{"Identity":0}');
    },
  );
});

describe('what is sent', () => {
  test('a large text goes compressed, small messages as they are', async () => {
    const id = freshId();
    const writer = await v1(server(), id);
    const text = TEXT.repeat(1_000);
    await writer.type(text);
    const { connection } = await open('permessage-deflate', id);
    const identity = await next(connection);
    expect([identity.first, identity.payload.toString()]).toEqual([0x81, '{"Identity":1}']);
    const history = await next(connection);
    expect(history.first).toBe(COMPRESSED_TEXT);
    expect(history.payload.length).toBeLessThan(text.length / 20);
    expect(JSON.parse(unpack(history.payload)).History.operations[0].operation).toEqual([text]);
    await writer.type('!');
    const edit = await next(connection);
    expect([edit.first, JSON.parse(edit.payload.toString()).History.operations[0].operation]).toEqual([0x81, [text.length, '!']]);
  });

  test('readers with and without compression see the same, and both can write', async () => {
    const id = freshId();
    const plain = await v2(server(), id, { name: 'plain' });
    const packed = await v2(server(), id, { name: 'packed', perMessageDeflate: { threshold: 0 } });
    expect(packed.socket.extensions).toBe('permessage-deflate');
    const text = TEXT.repeat(300);
    await packed.type(text);
    await plain.sees(text);
    await plain.type('and so on');
    await packed.sees(`${text}and so on`);
    const late = await v2(server(), id, { name: 'late', perMessageDeflate: { threshold: 0 } });
    await late.sees(`${text}and so on`);
  });
});

describe('what comes', () => {
  const language = JSON.stringify({ SetLanguage: 'ruby' });

  test('compressed messages, also in pieces and beside plain ones', async () => {
    const { connection } = await open('permessage-deflate');
    await next(connection);
    const packed = pack(language);
    connection.send(Buffer.concat([frame(0x41, packed.subarray(0, 3)), frame(0x89, Buffer.from('p')), frame(0x80, packed.subarray(3))]));
    const frames = [await next(connection), await next(connection)];
    expect(frames.some(({ payload }) => payload.toString().includes('ruby'))).toBe(true);
    connection.send(frame(0x81, Buffer.from(JSON.stringify({ SetLanguage: 'c' }))));
    expect((await next(connection)).payload.toString()).toContain('"c"');
  });

  test.each([
    ['garbage', 'permessage-deflate', frame(COMPRESSED_TEXT, Buffer.from([0xff, 0xff, 0xff])), 1002],
    ['a block that is cut off', 'permessage-deflate', frame(COMPRESSED_TEXT, pack(language).subarray(0, 9)), 1002],
    ['compression that was not agreed on', '', frame(COMPRESSED_TEXT, pack(language)), 1002],
    ['a compressed ping', 'permessage-deflate', frame(0xc9, pack('p')), 1002],
    ['a later frame that says compressed', 'permessage-deflate', Buffer.concat([frame(0x01, Buffer.from('{')), frame(0xc0, Buffer.from('}'))]), 1002],
    ['what is no UTF-8 when unpacked', 'permessage-deflate', frame(COMPRESSED_TEXT, pack(Buffer.from([0x22, 0xc3, 0x22]))), 1007],
    ['16 MiB in 16 KB', 'permessage-deflate', frame(COMPRESSED_TEXT, pack(Buffer.alloc(16 << 20, ' '))), 1009],
  ])('%s ends the connection, and no other', async (_what, offer, bytes, code) => {
    const id = freshId();
    const watcher = await v1(server(), id);
    const { connection } = await open(offer, id);
    connection.send(bytes);
    let last: Frame;
    do last = await next(connection);
    while (last.first !== 0x88);
    expect(last.payload.readUInt16BE(0)).toBe(code);
    await watcher.type('still fine');
  });
});
