// RFC 9112 (and what of RFC 9110 decides where a request ends), by hand-made bytes:
// every MUST that a server can be tried for. What two servers might read
// differently is refused with 400 and the connection closed, so that nobody can
// hide one request in another.
import { beforeAll, describe, expect, test } from 'vitest';
import fs from 'node:fs';
import { Connection } from './support/connection.ts';
import { v1 } from './support/clients.ts';
import type { RawAnswer } from './support/raw_http.ts';
import { RawHttp } from './support/raw_http.ts';
import { freshId, startServer, useServer } from './support/server.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const connect = (): Promise<RawHttp> => RawHttp.connect(server().port);

const HOST = 'Host: pad.example\r\n';
const NEXT = `GET /api/health/live HTTP/1.1\r\n${HOST}\r\n`;
const EDGE = '\r\n\r\n';

/** A request to the server's only address that reads a body. Its answer tells whether
 * the body was understood: 403 is "nobody of that number is connected". */
const BODY = '{"user_id":0,"user_name":"x"}';
const POST = `POST /api/document/nobody/protect HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;
const UNDERSTOOD = 403;
const chunk = (text: string, extension = ''): string => `${text.length.toString(16)}${extension}\r\n${text}\r\n`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;

/** Sends it; the one answer has this status, and then the server closes. */
async function refused(bytes: string, status: number, method = 'GET'): Promise<RawAnswer> {
  const connection = await connect();
  connection.send(bytes);
  const answer = await connection.answer(method);
  expect(answer.status).toBe(status);
  await connection.closed();
  return answer;
}

/** The same for a Content-Length that libmicrohttpd itself refuses: it writes the head of
 * its answer twice, so that only the first of all lines can be trusted. */
async function refusedByLibrary(bytes: string, status: number): Promise<void> {
  const connection = await connect();
  connection.send(bytes);
  expect((await connection.answer()).status).toBe(status);
  await connection.closed().catch(() => expect(connection.rest.toString('latin1')).not.toContain('HTTP/1.1'));
}

/** Sends it; it gets this status, and what comes behind it on the connection is understood. */
async function taken(bytes: string, status: number, method = 'GET'): Promise<RawAnswer> {
  const connection = await connect();
  connection.send(bytes).send(NEXT);
  let answer = await connection.answer(method);
  while (answer.status < 200) answer = await connection.answer(method);
  expect(answer.status).toBe(status);
  const next = await connection.answer();
  expect([next.status, next.body.toString()]).toEqual([200, '{"live":true}\n']);
  return answer;
}

describe('the request line', () => {
  test.each([
    ['a space in the target', `GET /a b HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['two spaces before the target', `GET  / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['two spaces behind the target', `GET /  HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a tab for a space', `GET\t/ HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a NUL in the target', `GET /a\0b HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a NUL in the method', `GE\0T / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a control character in the target', `GET /a\x01b HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a bare CR in the target', `GET /a\rb HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a fragment', `GET /#a HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a separator in the method', `G(E)T / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['no version', `GET /\r\n${HOST}\r\n`, 400],
    ['something behind the version', `GET / HTTP/1.1 x\r\n${HOST}\r\n`, 400],
    ['a version in lower case', `GET / http/1.1\r\n${HOST}\r\n`, 400],
    ['a version of two digits', `GET / HTTP/1.10\r\n${HOST}\r\n`, 400],
    ['HTTP/2', `GET / HTTP/2.0\r\n${HOST}\r\n`, 505],
    ['HTTP/0.9', `GET / HTTP/0.9\r\n${HOST}\r\n`, 505],
    ['a bare LF at its end', `GET / HTTP/1.1\n${HOST}\r\n`, 400],
    ['a line of 20,000 bytes', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, 414],
  ])('%s is refused', async (_what, bytes, status) => {
    await refused(bytes, status);
  });

  test.each([
    ['an unknown method', 'BREW', 501],
    ['a method in lower case', 'get', 501],
    ['PATCH', 'PATCH', 405],
    ['TRACE', 'TRACE', 405],
  ])('%s: %s', async (_what, method, status) => {
    const answer = await taken(`${method} /api/stats HTTP/1.1\r\n${HOST}\r\n`, status);
    if (status === 405) expect(answer.headers['allow']?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS']);
  });

  test('CONNECT is not implemented', async () => {
    await refused(`CONNECT pad.example:443 HTTP/1.1\r\n${HOST}\r\n`, 501);
  });

  test('empty lines before it are skipped', async () => {
    await taken(`\r\n\r\nGET /api/stats HTTP/1.1\r\n${HOST}\r\n`, 200);
  });

  test('HTTP/1.2 is answered as HTTP/1.1', async () => {
    expect((await taken(`GET /api/stats HTTP/1.2\r\n${HOST}\r\n`, 200)).version).toBe('HTTP/1.1');
  });

  test('bytes beyond ASCII are taken as they are', async () => {
    await taken(Buffer.from(`GET /api/text/é HTTP/1.1\r\n${HOST}\r\n`).toString('latin1'), 200);
  });
});

describe('the target', () => {
  test.each([
    ['an absolute one', 'http://other.example/api/health/live'],
    ['with a port and a query', 'http://other.example:8080/api/health/live?x'],
    ['with https, in capitals', 'HTTPS://other.example/api/health/live'],
    ['with an IPv6 address', 'http://[::1]:3030/api/health/live'],
    ['an escape that need not be one', '/api/health/%6cive'],
    ['escapes everywhere', '/%61%70%69/%68%65%61%6C%74%68/%6c%69%76%65'],
  ])('%s is served: %s', async (_what, target) => {
    expect((await taken(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`, 200)).body.toString()).toBe('{"live":true}\n');
  });

  test.each(['http://other.example', 'http://other.example/', 'http://other.example?x=1'])('%s is the page', async (target) => {
    const answer = await taken(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`, 200);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
  });

  test.each(['http://', 'http:///api/stats', 'http://a@b/', 'http://a b/', 'ftp://pad.example/', 'pad.example/', '*', '**', '?x', 'http://x:y/'])(
    '%s is refused',
    async (target) => {
      await refused(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`, 400);
    },
  );

  test('the host of an absolute one counts, and Host does not', async () => {
    const from = (target: string, origin: string): string => `GET ${target} HTTP/1.1\r\n${HOST}Origin: ${origin}\r\n\r\n`;
    await taken(from('http://other.example/api/stats', 'http://other.example'), 200);
    await taken(from('http://other.example/api/stats', 'http://pad.example'), 403);
  });

  test('OPTIONS * and OPTIONS of an address say what is taken', async () => {
    const all = await taken(`OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 204);
    expect(all.headers['allow']).toContain('POST');
    const one = await taken(`OPTIONS /api/document/x/protect HTTP/1.1\r\n${HOST}\r\n`, 204);
    expect(one.headers['allow']?.split(', ').sort()).toEqual(['DELETE', 'OPTIONS', 'POST']);
  });

  test('an escaped slash separates nothing, and a broken escape is no id', async () => {
    await taken(`GET /api%2Fhealth%2Flive HTTP/1.1\r\n${HOST}\r\n`, 404);
    await taken(`GET /api/text/%4 HTTP/1.1\r\n${HOST}\r\n`, 400);
    await taken(`GET /api/text/%zz HTTP/1.1\r\n${HOST}\r\n`, 400);
  });

  test('files are found by escaped names, too', async () => {
    const plain = await taken(`GET /index.html HTTP/1.1\r\n${HOST}\r\n`, 200);
    expect((await taken(`GET /%69ndex%2ehtml HTTP/1.1\r\n${HOST}\r\n`, 200)).body).toEqual(plain.body);
    await taken(`GET /index.html%00 HTTP/1.1\r\n${HOST}\r\n`, 404);
    await taken(`GET /%2findex.html HTTP/1.1\r\n${HOST}\r\n`, 404);
    await taken(`GET /%2e%2e/index.html HTTP/1.1\r\n${HOST}\r\n`, 404);
  });
});

describe('header lines', () => {
  const get = (lines: string): string => `GET /api/stats HTTP/1.1\r\n${lines}\r\n`;

  test.each([
    ['a bare LF at the end of one', get('Host: x\nX: y\r\n')],
    ['bare LFs only', 'GET /api/stats HTTP/1.1\nHost: x\n\n'],
    ['a bare LF at the end of all', 'GET /api/stats HTTP/1.1\r\nHost: x\r\n\n'],
    ['a folded line', get('Host: x\r\nX: a\r\n b\r\n')],
    ['a line folded with a tab', get('Host: x\r\nX: a\r\n\tb\r\n')],
    ['a fold that spells another name', get('Ho: x\r\n st\r\nHost: x\r\n')],
    ['a folded line that is the last', get('Host: x\r\n y\r\n')],
    ['a folded line of blanks', get('Host: x\r\nX: y\r\n \r\n')],
    ['a blank before the first name', get(' Host: x\r\n')],
    ['a blank before the first of two', get(' X: y\r\nHost: x\r\n')],
    ['a space before the colon', get('Host : x\r\n')],
    ['a space before the colon of a second', get('Host: x\r\nX : y\r\n')],
    ['a tab before the colon', get('Host: x\r\nX\t: y\r\n')],
    ['a space in a name', get('Host: x\r\nX Y: z\r\n')],
    ['no name', get('Host: x\r\n: y\r\n')],
    ['no colon', get('Host: x\r\nX\r\n')],
    ['a name beyond ASCII', get('Host: x\r\nX\xe9: y\r\n')],
    ['a separator in a name', get('Host: x\r\nX(Y): z\r\n')],
    ['a NUL in a value', get('Host: x\r\nX: a\0b\r\n')],
    ['a NUL at the end of a value', get('Host: x\r\nX: a\0\r\n')],
    ['two NULs and something like a line in a value', get('Host: x\r\nX: a\0\0Y: z\r\n')],
    ['a NUL at the end of the last value', get('X: y\r\nHost: x\0\r\n')],
    ['a NUL in a name', get('Host: x\r\nX\0Y: z\r\n')],
    ['a bare CR in a value', get('Host: x\r\nX: a\rb\r\n')],
    ['a CR before the CRLF', get('Host: x\r\nX: a\r\r\n')],
    ['another control character', get('Host: x\r\nX: a\x1bb\r\n')],
    ['DEL', get('Host: x\r\nX: a\x7fb\r\n')],
  ])('%s: refused', async (_what, bytes) => {
    await refused(bytes, 400);
  });

  test.each([
    ['tabs and blanks around a value', 'Host:\t x \t\r\nX:y\r\nY:\r\nZ: \r\n'],
    ['a tab and bytes beyond ASCII within one', 'Host: x\r\nX: a\tb\xe9\r\n'],
    ['names in any case', 'hOST: x\r\n'],
    ['all that a name may hold', "Host: x\r\n!#$%&'*+-.^_`|~09azAZ: y\r\n"],
    ['the same name twice', 'Host: x\r\nX: 1\r\nX: 2\r\n'],
  ])('%s: taken', async (_what, lines) => {
    await taken(get(lines), 200);
  });

  test('more than fit', async () => {
    await refused(get(`Host: x\r\nX: ${'y'.repeat(20_000)}\r\n`), 431);
  });

  test.each([
    ['no Host', '', 400],
    ['two', 'Host: a\r\nHost: b\r\n', 400],
    ['the same twice', 'Host: a\r\nhost: a\r\n', 400],
    ['a list', 'Host: a, b\r\n', 400],
    ['a space within', 'Host: a b\r\n', 400],
    ['a path', 'Host: a/b\r\n', 400],
    ['a user', 'Host: a@b\r\n', 400],
    ['a port that is none', 'Host: a:b\r\n', 400],
    ['an open bracket', 'Host: [::1\r\n', 400],
  ])('Host: %s', async (_what, lines, status) => {
    await refused(get(lines), status);
  });

  test.each(['a', 'a:80', 'a:', 'A_b.example.', '127.0.0.1:3030', '[::1]', '[::1]:3030', ''])('Host: "%s" is one', async (host) => {
    await taken(get(`Host: ${host}\r\n`), 200);
  });

  test('a blank behind a value does not count: for the handshake neither', async () => {
    const connection = await connect();
    connection.send(
      `GET /api/socket/${freshId()} HTTP/1.1\r\nHost: x \r\nConnection: Upgrade \r\nUpgrade: websocket\t\r\n` +
        `Sec-WebSocket-Version: 13 \r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== ${EDGE}`,
    );
    expect((await connection.answer()).status).toBe(101);
  });
});

describe('the length of a body', () => {
  const post = (lines: string, body: string): string => `${POST}${lines}\r\n${body}`;
  const length = BODY.length;

  test('Content-Length', async () => {
    await taken(post(`Content-Length: ${length}\r\n`, BODY), UNDERSTOOD);
  });

  test('the same one twice', async () => {
    await taken(post(`Content-Length: ${length}\r\nContent-Length: ${length}\r\n`, BODY), UNDERSTOOD);
  });

  test('with zeros before it', async () => {
    await taken(post(`Content-Length: 000${length}\r\n`, BODY), UNDERSTOOD);
  });

  test('none is no body', async () => {
    await taken(post('', ''), 400);
    await taken(post('Content-Length: 0\r\n', ''), 400);
  });

  test('a GET may have one', async () => {
    await taken(`GET /api/stats HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nGET /`, 200);
  });

  test.each([
    ['two different ones', `Content-Length: ${length}\r\nContent-Length: 5\r\n`, 400],
    ['two that differ in zeros', `Content-Length: ${length}\r\nContent-Length: 0${length}\r\n`, 400],
    ['a parameter in the second', `Content-Length: ${length}\r\nContent-Length: ${length};x\r\n`, 400],
    ['more than the server takes', 'Content-Length: 999999999\r\n', 413],
    ['with Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 400],
    ['with Transfer-Encoding before it', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', 400],
    ['with another Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: identity\r\n', 400],
  ])('%s: refused', async (_what, lines, status) => {
    await refused(post(lines, ''), status);
  });

  test.each([
    ['a list of different ones', `Content-Length: ${length}, 5\r\n`, 400],
    ['a list of the same', `Content-Length: ${length}, ${length}\r\n`, 400],
    ['a negative one', 'Content-Length: -5\r\n', 400],
    ['a sign', `Content-Length: +${length}\r\n`, 400],
    ['hexadecimal', 'Content-Length: 0x5\r\n', 400],
    ['a fraction', 'Content-Length: 5.0\r\n', 400],
    ['words', 'Content-Length: five\r\n', 400],
    ['nothing', 'Content-Length:\r\n', 400],
    ['a blank within', 'Content-Length: 2 9\r\n', 400],
    ['more than 64 bits', 'Content-Length: 18446744073709551645\r\n', 413],
  ])('%s: refused by the library', async (_what, lines, status) => {
    await refusedByLibrary(post(lines, NEXT), status);
  });

  test('what stands behind a refused one is no request', async () => {
    await refused(post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${NEXT}`), 400);
    await refused(post(`Content-Length: 3\r\nContent-Length: 5\r\n`, `abc${NEXT}`), 400);
  });
});

describe('Transfer-Encoding', () => {
  const coded = (lines: string): string => `${POST}${lines}\r\n${chunk(BODY)}0\r\n\r\n`;

  test.each([
    ['gzip, chunked', 'Transfer-Encoding: gzip, chunked\r\n', 501],
    ['two lines', 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', 501],
    ['identity, chunked', 'Transfer-Encoding: identity, chunked\r\n', 501],
    ['an unknown one', 'Transfer-Encoding: xchunked, chunked\r\n', 501],
    ['not chunked at the end', 'Transfer-Encoding: chunked, gzip\r\n', 400],
    ['not chunked at all', 'Transfer-Encoding: gzip\r\n', 400],
    ['identity', 'Transfer-Encoding: identity\r\n', 400],
    ['chunked twice', 'Transfer-Encoding: chunked, chunked\r\n', 400],
    ['chunked twice, in two lines', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 400],
    ['chunked, then identity in another line', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', 400],
    ['nothing', 'Transfer-Encoding:\r\n', 400],
    ['a parameter', 'Transfer-Encoding: chunked;q=1\r\n', 400],
    ['quoted', 'Transfer-Encoding: "chunked"\r\n', 400],
    ['a letter too many', 'Transfer-Encoding: xchunked\r\n', 400],
    ['a vertical tab', 'Transfer-Encoding: \x0bchunked\r\n', 400],
  ])('%s: refused, at once', async (_what, lines, status) => {
    await refused(coded(lines), status);
  });

  test('of HTTP/1.0 is refused', async () => {
    await refused(coded('Transfer-Encoding: chunked\r\n').replace('HTTP/1.1', 'HTTP/1.0'), 400);
  });

  test.each([
    ['one chunk', `${chunk(BODY)}0\r\n\r\n`],
    ['many', `${[...BODY].map((byte) => chunk(byte)).join('')}0\r\n\r\n`],
    ['sizes in capitals and with zeros', `0001D\r\n${BODY}\r\n000\r\n\r\n`],
    ['extensions', `${chunk(BODY, ';a=b;c="d"')}0;e\r\n\r\n`],
    ['trailers', `${chunk(BODY)}0\r\nX-Sum: 1\r\nContent-Length: 7\r\n\r\n`],
  ])('chunked: %s', async (_what, body) => {
    await taken(`${CHUNKED}${body}`, UNDERSTOOD);
  });

  test.each(['CHUNKED', 'Chunked'])('%s is chunked', async (name) => {
    await taken(coded(`Transfer-Encoding: ${name}\r\n`), UNDERSTOOD);
  });

  test('byte by byte', async () => {
    const connection = await connect();
    for (const byte of `${CHUNKED}${chunk(BODY.slice(0, 9), ';x')}${chunk(BODY.slice(9))}0\r\nX: y\r\n\r\n${NEXT}`) {
      connection.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await connection.answer()).status).toBe(UNDERSTOOD);
    expect((await connection.answer()).status).toBe(200);
  });

  test.each([
    ['no size', '\r\nabc\r\n0\r\n\r\n', 400],
    ['only an extension', ';x\r\nabc\r\n0\r\n\r\n', 400],
    ['no number', 'xyz\r\nabc\r\n0\r\n\r\n', 400],
    ['0x', '0x3\r\nabc\r\n0\r\n\r\n', 400],
    ['a sign', '+3\r\nabc\r\n0\r\n\r\n', 400],
    ['a negative one', '-3\r\nabc\r\n0\r\n\r\n', 400],
    ['a blank before it', ' 3\r\nabc\r\n0\r\n\r\n', 400],
    ['an underscore', '1_0\r\nabc\r\n0\r\n\r\n', 400],
    ['a smaller one than the data', '2\r\nabc\r\n0\r\n\r\n', 400],
    ['more than 64 bits', '10000000000000003\r\nabc\r\n0\r\n\r\n', 413],
  ])('a chunk whose size is %s is refused', async (_what, body, status) => {
    await refused(`${CHUNKED}${body}`, status);
  });

  test('more than the server takes, without end', async () => {
    const connection = await connect();
    connection.send(`${CHUNKED}${chunk('x'.repeat(8000)).repeat(4)}0\r\n\r\n`);
    expect((await connection.answer()).status).toBe(413);
  });
});

describe('HTTP/1.0', () => {
  test('needs no Host, and closes', async () => {
    const answer = await refused('GET /api/stats HTTP/1.0\r\n\r\n', 200);
    expect(answer.headers['connection']?.toLowerCase()).not.toBe('keep-alive');
  });

  test('stays open when asked to', async () => {
    await taken(`GET /api/stats HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n`, 200);
  });

  test('two Hosts are too many here as well', async () => {
    await refused('GET /api/stats HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n', 400);
  });

  test('cannot upgrade', async () => {
    const answer = await refused(
      `GET /api/socket/x HTTP/1.0\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==${EDGE}`,
      426,
    );
    expect(answer.headers['upgrade']).toBe('websocket');
  });

  test('knows no 100', async () => {
    const post = POST.replace('HTTP/1.1', 'HTTP/1.0');
    await refused(`${post}Expect: 100-continue\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`, UNDERSTOOD);
  });
});

describe('Connection', () => {
  test('close: the answer says so, and it is the last', async () => {
    const answer = await refused(`GET /api/stats HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n${NEXT}`, 200);
    expect(answer.headers['connection']?.toLowerCase()).toContain('close');
  });

  test('close in a list, and in capitals', async () => {
    await refused(`GET /api/stats HTTP/1.1\r\n${HOST}Connection: x, CLOSE\r\n\r\n`, 200);
  });

  test('pipelined requests are answered in order', async () => {
    const connection = await connect();
    connection.send(NEXT + `HEAD /api/stats HTTP/1.1\r\n${HOST}\r\n` + `${CHUNKED}${chunk(BODY)}0\r\n\r\n` + `GET /nothing HTTP/1.1\r\n${HOST}\r\n` + NEXT);
    expect((await connection.answer()).body.toString()).toBe('{"live":true}\n');
    expect((await connection.answer('HEAD')).headers['content-type']).toMatch(/^application\/json/);
    expect((await connection.answer()).status).toBe(UNDERSTOOD);
    expect((await connection.answer()).status).toBe(404);
    expect((await connection.answer()).body.toString()).toBe('{"live":true}\n');
  });

  test('a fault behind a good request spoils only itself', async () => {
    const connection = await connect();
    connection.send(NEXT + `GET / HTTP/1.1\r\n${HOST}${HOST}\r\n` + NEXT);
    expect((await connection.answer()).status).toBe(200);
    expect((await connection.answer()).status).toBe(400);
    await connection.closed();
  });

  test('a request that never ends gets no answer to what it did not ask', async () => {
    const connection = await connect();
    connection.send(`${POST}Content-Length: 100\r\n\r\nshort`);
    connection.socket.end();
    await connection.closed();
  });
});

describe('Expect: 100-continue', () => {
  const waiting = (lines: string): string => `${POST}${lines}Expect: 100-continue\r\n\r\n`;

  test('is answered 100, and then the body is read', async () => {
    const connection = await connect();
    connection.send(waiting(`Content-Length: ${BODY.length}\r\n`));
    expect((await connection.answer()).status).toBe(100);
    connection.send(BODY);
    expect((await connection.answer()).status).toBe(UNDERSTOOD);
  });

  test('with chunks, too', async () => {
    const connection = await connect();
    connection.send(waiting('Transfer-Encoding: chunked\r\n'));
    expect((await connection.answer()).status).toBe(100);
    connection.send(`${chunk(BODY)}0\r\n\r\n`);
    expect((await connection.answer()).status).toBe(UNDERSTOOD);
  });

  test('what is refused anyhow is refused at once', async () => {
    await refused(waiting('Content-Length: 999999999\r\n'), 413);
    await refused(waiting('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), 400);
  });
});

describe('answers', () => {
  test.each(['/api/stats', '/api/text/x', '/index.html', '/', '/nothing', '/api/socket/x'])('HEAD %s is GET without its body', async (target) => {
    const get = await taken(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`, target === '/nothing' ? 404 : target === '/api/socket/x' ? 426 : 200);
    const head = await taken(`HEAD ${target} HTTP/1.1\r\n${HOST}\r\n`, get.status, 'HEAD');
    for (const name of ['content-type', 'etag', 'vary', 'cache-control', 'upgrade']) expect(head.headers[name], name).toBe(get.headers[name]);
    if (target !== '/api/stats') expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  test('each has a Date; 405 has Allow, 426 Upgrade, 401 WWW-Authenticate', async () => {
    expect(Date.parse((await taken(NEXT, 200)).headers['date'] ?? '')).not.toBeNaN();
    expect((await taken(`PUT /api/stats HTTP/1.1\r\n${HOST}\r\n`, 405)).headers['allow']).toBe('OPTIONS, GET, HEAD');
    expect((await taken(`POST /index.html HTTP/1.1\r\n${HOST}\r\n`, 405)).headers['allow']).toContain('GET');
    const plain = await taken(`GET /api/socket/x HTTP/1.1\r\n${HOST}\r\n`, 426);
    expect(plain.headers).toMatchObject({ upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' });
    const id = freshId();
    const alice = await v1(server(), id);
    const protect = JSON.stringify({ user_id: alice.id, user_name: 'x' });
    await taken(`POST /api/document/${id}/protect HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${protect.length}\r\n\r\n${protect}`, 200);
    expect((await taken(`GET /api/text/${id} HTTP/1.1\r\n${HOST}\r\n`, 401)).headers['www-authenticate']).toBeDefined();
  });

  test('what is malformed is told so as JSON, with the security headers', async () => {
    const answer = await refused(`GET / HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400);
    expect(JSON.parse(answer.body.toString())).toEqual({ error: expect.stringMatching(/./), code: 'malformed_request' });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['connection']?.toLowerCase()).toContain('close');
  });

  test.each(['bytes=0-3', 'bytes=-5', 'bytes=999999-', 'bytes=0-1,4-5', 'nonsense'])('Range: %s is not promised, and gets all of it', async (range) => {
    for (const target of ['/index.html', '/api/text/x']) {
      const all = await taken(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`, 200);
      const part = await taken(`GET ${target} HTTP/1.1\r\n${HOST}Range: ${range}\r\n\r\n`, 200);
      expect(part.body).toEqual(all.body);
      expect(part.headers['accept-ranges']).toBeUndefined();
      expect(part.headers['content-range']).toBeUndefined();
    }
  });
});

describe('If-None-Match and If-Match', () => {
  let id = '';
  const targets: [string, () => string][] = [
    ['a file', () => '/index.html'],
    ['a text', () => `/api/text/${id}`],
    ['a text at its other address', () => `/api/document/${id}/text`],
    ['the text of a document nobody made', () => '/api/text/never-made'],
  ];
  beforeAll(async () => {
    id = freshId('tagged');
    const socket = await Connection.dial(server().socketUrl(id));
    socket.send({ Edit: { revision: 0, operation: ['tagged'] } });
    await socket.message('History');
    await socket.close();
  });

  test.each(targets)('%s', async (_what, target) => {
    const get = (lines: string): string => `GET ${target()} HTTP/1.1\r\n${HOST}${lines}\r\n`;
    const tag = (await taken(get(''), 200)).headers['etag'] as string;
    expect(tag).toMatch(/^"[\x21\x23-\x7e]+"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, `"a,b",W/"c" , W/${tag}, "d"`, `, ,${tag},`, '*', `"x"\r\nIf-None-Match: ${tag}`]) {
      const answer = await taken(get(`If-None-Match: ${known}\r\n`), 304);
      expect(answer.headers['etag'], known).toBe(tag);
    }
    const bare = tag.slice(1, -1);
    for (const other of ['"other"', bare, `"x${bare}"`, `w/${tag}`, `W/"other"`, `"x,${bare}"`, `"x" ${tag}`, '', '"', `"*"`, `*, ${bare}`]) {
      await taken(get(`If-None-Match: ${other}\r\n`), 200);
    }
    for (const mine of [tag, `"other", ${tag}`, '*']) await taken(get(`If-Match: ${mine}\r\n`), 200);
    for (const other of ['"other"', `W/${tag}`]) await taken(get(`If-Match: ${other}\r\n`), 412);
    await taken(get(`If-Match: ${tag}\r\nIf-None-Match: ${tag}\r\n`), 304);
    await taken(get('If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT\r\n'), 200);
    await taken(`HEAD ${target()} HTTP/1.1\r\n${HOST}If-None-Match: ${tag}\r\n\r\n`, 304, 'HEAD');
  });

  test('a text that was made anew has another tag, at the same revision', async () => {
    const own = await startServer();
    const read = async (known?: string): Promise<[number, string, string]> => {
      const answer = await own.get('/api/text/pad', { headers: known === undefined ? {} : { 'if-none-match': known } });
      return [answer.status, answer.text, answer.headers.etag as string];
    };
    const write = async (text: string): Promise<void> => {
      const alice = await v1(own, 'pad');
      await alice.type(text);
      await alice.close();
    };
    const nothing = await read();
    await write('one');
    const first = await read();
    expect(first).toMatchObject([200, 'one', expect.anything()]);
    expect(first[2]).not.toBe(nothing[2]);

    await own.stop();
    for (const suffix of ['', '-wal', '-shm']) fs.rmSync(own.database + suffix, { force: true });
    await own.restart();
    await write('two');
    expect(await read(first[2])).toMatchObject([200, 'two', expect.anything()]);
  });
});
