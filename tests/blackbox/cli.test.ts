// The command line itself: addresses, options, what it says for bad input, exit codes; and cat.
import { describe, expect, onTestFinished, test } from 'vitest';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { Cli, CLI_PATH, addressOf, cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { freePort, freshId, temporaryFolder, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const ROOT = path.resolve(import.meta.dirname, '../..');

async function padWith(text: string): Promise<string> {
  const id = freshId('cli');
  const alice = await v2(server(), id);
  await alice.type(text);
  return id;
}

async function protectedPad(text: string): Promise<{ id: string; otp: string }> {
  const id = freshId('secret');
  const alice = await v2(server(), id, { name: 'Alice' });
  await alice.type(text);
  const answer = await server().get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }));
  return { id, otp: json<{ otp: string }>(answer).otp };
}

/** A server that gives every request this answer. */
async function answers(status: number, headers: http.OutgoingHttpHeaders, body: string): Promise<string> {
  const one = http.createServer((_request, response) => response.writeHead(status, headers).end(body));
  const port = await freePort();
  await new Promise<void>((resolve) => one.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void one.close());
  return `http://127.0.0.1:${port}/`;
}

describe('cat', () => {
  test.each([
    ['nothing', ''],
    ['no line end', 'abc'],
    ['all kinds of characters', 'línea\n😀\u{1F468}‍👩\u0000\u2028<&>"\\\t\n\n'],
    ['a megabyte', 'x😀é\n'.repeat(100_000)],
  ])('prints %s as it is', async (_what, text) => {
    const id = await padWith(text);
    expect(await cli(['cat', addressOf(server(), id)])).toMatchObject({ code: 0, out: text, err: '' });
  });

  test('prints JSON', async () => {
    const id = await padWith('a "b"\n');
    const { code, out } = await cli(['cat', '--json', addressOf(server(), id)]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ text: 'a "b"\n', etag: (await server().get(`/api/text/${id}`)).headers['etag'] });
    expect(out.endsWith('}\n')).toBe(true);
  });

  test('takes a name with KOLABPAD_URL or --url', async () => {
    const id = await padWith('text');
    const url = `http://127.0.0.1:${server().port}`;
    expect(await cli(['cat', id], { env: { KOLABPAD_URL: url } })).toMatchObject({ code: 0, out: 'text' });
    expect(await cli(['cat', `#${id}`, '--url', url])).toMatchObject({ code: 0, out: 'text' });
    expect(await cli(['cat', `-u${url}`, '--', id])).toMatchObject({ code: 0, out: 'text' });
    expect(await cli(['cat', `--url=${url}`, id], { env: { KOLABPAD_URL: 'http://127.0.0.1:1' } })).toMatchObject({ code: 0, out: 'text' });
  });

  test('reads names as the page writes them', async () => {
    const id = `Q&A 50% off ${freshId('ä😀')}!`;
    const alice = await v2(server(), id);
    await alice.type('text');
    expect(await cli(['cat', addressOf(server(), id)])).toMatchObject({ code: 0, out: 'text' });
  });

  test('ends quietly when nobody reads on', async () => {
    const id = await padWith('x'.repeat(500_000));
    const { stdout, stderr } = spawnSync('sh', ['-c', '"$0" cat "$1" | head -c 3', CLI_PATH, addressOf(server(), id)]);
    expect([stdout.toString(), stderr.toString()]).toEqual(['xxx', '']);
  });
});

describe('a password', () => {
  test('comes from the address or from the environment', async () => {
    const { id, otp } = await protectedPad('secret');
    const inAddress = await cli(['cat', addressOf(server(), id, otp)]);
    expect(inAddress).toMatchObject({ code: 0, out: 'secret' });
    expect(inAddress.err).toMatch(/KOLABPAD_PASSWORD/);
    expect(inAddress.err).not.toContain(otp);
    expect(await cli(['cat', addressOf(server(), id)], { env: { KOLABPAD_PASSWORD: otp } })).toMatchObject({ code: 0, out: 'secret', err: '' });
  });

  test('that is missing, or another one, is exit code 4', async () => {
    const { id, otp } = await protectedPad('secret');
    const missing = await cli(['cat', addressOf(server(), id)]);
    expect(missing).toMatchObject({ code: 4, out: '' });
    expect(missing.err).toMatch(/KOLABPAD_PASSWORD/);
    const wrong = await cli(['cat', addressOf(server(), id, `x${otp}`)]);
    expect(wrong).toMatchObject({ code: 4, out: '' });
    expect(wrong.err).toMatch(/another one/);
    expect(wrong.err).not.toContain(otp);
  });

  test('is asked for on a terminal, and not shown there', async () => {
    const { id, otp } = await protectedPad('secret');
    const terminal = spawn('script', ['-qec', `${CLI_PATH} cat '${addressOf(server(), id)}'`, '/dev/null']);
    onTestFinished(() => void terminal.kill('SIGKILL'));
    let screen = '';
    terminal.stdout.on('data', (chunk: Buffer) => (screen += chunk.toString()));
    await until('the question', () => screen.endsWith('Password of the pad: '));
    terminal.stdin.write('wrong-word\n');
    await until('another question', () => screen.endsWith('Not that one. Password of the pad: '));
    terminal.stdin.write(`${otp}\n`);
    await until('the text', () => screen.endsWith('secret'));
    expect(screen).not.toContain('wrong-word');
    expect(screen).not.toContain(otp);
  });

  test('is not to be seen in the arguments', async () => {
    const silent = net.createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const one = new Cli(['cat', `http://127.0.0.1:${port}/#hidden-pad&otp=hidden-word`]);
    const shown = (): string => fs.readFileSync(`/proc/${one.pid}/cmdline`, 'utf8');
    await until('an argument without secrets', () => /#\*+/.test(shown()));
    expect(shown()).not.toMatch(/hidden/);
  });
});

describe('bad input', () => {
  test.each<[string, string[], number, RegExp]>([
    ['an unknown command', ['sing'], 2, /no command sing.*--help/],
    ['an unknown option', ['cat', '--loud', 'x'], 2, /unknown option --loud.*cat --help/],
    ['an option of another command', ['cat', '--follow', 'http://h/#x'], 2, /unknown option --follow/],
    ['an option without its value', ['cat', 'http://h/#x', '--url'], 2, /--url wants a value/],
    ['a value for a switch', ['cat', '--json=1', 'http://h/#x'], 2, /--json takes no value/],
    ['no pad', ['cat'], 2, /which pad\?/],
    ['two pads', ['cat', 'http://h/#x', 'http://h/#y'], 2, /too many arguments/],
    ['a name without a server', ['cat', 'notes'], 2, /KOLABPAD_URL/],
    ['no scheme', ['cat', 'pad.example/#notes'], 2, /http:\/\/ or https:\/\//],
    ['no name', ['cat', 'http://h/'], 2, /names no pad/],
    ['a name with a slash', ['cat', 'http://h/#a/b'], 2, /no "\/"/],
    ['half a link', ['cat', 'http://h/#/link/abc'], 2, /22 characters/],
    ['a port that is none', ['cat', 'http://h:port/#x'], 2, /port/],
    ['a user', ['cat', 'http://me:secret@h/#x'], 2, /user/],
    ['a timeout that is none', ['cat', '-t', 'soon', 'http://h/#x'], 2, /--timeout wants a number/],
    ['nothing that listens', ['cat', 'http://127.0.0.1:1/#x'], 3, /http:\/\/127\.0\.0\.1:1 cannot be reached: nothing answers there/],
    ['a host that is not known', ['cat', 'http://nowhere.invalid/#x'], 3, /cannot be reached/],
  ])('%s', async (_what, args, code, says) => {
    const ended = await cli(args);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(/^kolabpad: [^\n]*\n$/);
    expect(ended.err).toMatch(says);
    expect(ended.err).not.toContain('secret');
  });

  test('no command at all prints the list', async () => {
    const ended = await cli([]);
    expect(ended.code).toBe(2);
    expect(ended.out).toMatch(/Usage: kolabpad COMMAND/);
  });

  test('what a server says is shown without control characters', async () => {
    const url = await answers(403, { 'content-type': 'application/json' }, JSON.stringify({ error: 'no\u001b[31m\nred', code: 'x' }));
    const ended = await cli(['cat', `${url}#x`]);
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/^kolabpad: .*refuses: no \[31m red\n$/);
  });

  test('a redirect names the right address', async () => {
    const url = await answers(308, { location: 'https://pad.example/' }, '');
    expect(await cli(['cat', `${url}#x`])).toMatchObject({ code: 1, err: expect.stringContaining('https://pad.example/') });
  });

  test('a server that is no Kolabpad', async () => {
    const url = await answers(404, { 'content-type': 'text/html' }, '<h1>no</h1>');
    expect(await cli(['cat', `${url}#x`])).toMatchObject({ code: 1, err: expect.stringContaining('404') });
  });

  test('a server that is overloaded is out of reach', async () => {
    const url = await answers(503, {}, JSON.stringify({ error: 'The server is overloaded.', code: 'overloaded' }));
    expect(await cli(['cat', `${url}#x`])).toMatchObject({ code: 3, err: expect.stringContaining('overloaded') });
  });
});

test('--timeout waits for a server that is not there yet', async () => {
  const port = await freePort();
  const one = new Cli(['cat', '-t', '60', `http://127.0.0.1:${port}/#x`]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const late = http.createServer((_request, response) => response.end('late'));
  await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void late.close());
  expect(await one.ended).toMatchObject({ code: 0, out: 'late' });
});

test('a proxy is taken from the environment, and left out where it is not wanted', async () => {
  const id = await padWith('through a proxy');
  const asked: string[] = [];
  const proxy = http.createServer();
  proxy.on('connect', (request, client) => {
    asked.push(request.url ?? '');
    const upstream = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const address = addressOf(server(), id);
  const through = { http_proxy: `http://127.0.0.1:${port}/` };
  expect(await cli(['cat', address], { env: through })).toMatchObject({ code: 0, out: 'through a proxy' });
  expect(asked).toHaveLength(1);
  expect(await cli(['cat', address], { env: { ...through, no_proxy: 'localhost,127.0.0.1' } })).toMatchObject({ code: 0 });
  expect(asked).toHaveLength(1);
});

describe('https', () => {
  /** TLS before the server; the certificate is of an authority of our own. */
  async function withTls(): Promise<{ port: number; ca: string }> {
    const folder = temporaryFolder();
    const openssl = (...args: string[]): void => {
      const { status, stderr } = spawnSync('openssl', args, { cwd: folder });
      if (status !== 0) throw new Error(stderr.toString());
    };
    fs.writeFileSync(path.join(folder, 'names'), 'subjectAltName=DNS:localhost');
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', '/CN=Test');
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=localhost');
    openssl('x509', '-req', '-in', 'csr.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '3650', '-extfile', 'names', '-out', 'cert.pem');
    const read = (name: string): Buffer => fs.readFileSync(path.join(folder, name));
    const front = tls.createServer({ key: read('key.pem'), cert: read('cert.pem') }, (client) => {
      const upstream = net.connect(server().port, '127.0.0.1');
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void front.close());
    return { port, ca: path.join(folder, 'ca.pem') };
  }

  test('is spoken to whom the certificates trust, and to nobody else', async () => {
    const id = await padWith('secret\n');
    const { port, ca } = await withTls();
    const address = `https://localhost:${port}/#${id}`;
    expect(await cli(['cat', address], { env: { SSL_CERT_FILE: ca } })).toMatchObject({ code: 0, out: 'secret\n', err: '' });
    expect(await cli(['append', address], { env: { SSL_CERT_FILE: ca }, input: 'more\n' })).toMatchObject({ code: 0, err: '' });
    const [untrusted, otherName, untrustedWriter] = await Promise.all([
      cli(['cat', address]),
      cli(['cat', `https://127.0.0.1:${port}/#${id}`], { env: { SSL_CERT_FILE: ca } }),
      cli(['append', address], { input: 'never\n' }),
    ]);
    for (const ended of [untrusted, otherName, untrustedWriter]) expect(ended).toMatchObject({ code: 3, out: '', err: expect.stringMatching(/certificate is not trusted/) });
    expect(await cli(['cat', `https://127.0.0.1:${server().port}/#${id}`])).toMatchObject({ code: 3, err: expect.stringMatching(/does not speak TLS/) });
    expect(await server().text(id)).toBe('secret\nmore\n');
  });
});

describe('help', () => {
  test('names every command and option, and so do the manual, the man page and the completion', async () => {
    const { out } = await cli(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
    expect(commands).toContain('cat');
    const texts = ['docs/cli.md', 'man/kolabpad.1', 'tools/completion/kolabpad.bash'].map((file) => fs.readFileSync(path.join(ROOT, file), 'utf8'));
    const options = new Set<string>();
    for (const name of commands) {
      const help = await cli([name, '--help']);
      expect(help.code).toBe(0);
      for (const [option] of help.out.matchAll(/--[a-z]+/g)) options.add(option);
    }
    for (const text of texts) {
      const plain = text.replaceAll('\\-', '-');
      for (const name of commands) expect(plain).toMatch(new RegExp(`(^|[\`" '])${name}\\b`, 'm'));
      for (const option of options) expect(plain).toContain(option);
    }
  });

  test('--version is that of the server', async () => {
    expect((await cli(['--version'])).out).toMatch(/^kolabpad \d+\.\d+\.\d+ \([0-9a-f]+\)\n$/);
  });
});
