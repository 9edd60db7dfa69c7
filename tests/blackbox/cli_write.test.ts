// put and append: what they change, beside people who type, and over what a server goes through.
import { describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { Cli, addressOf, cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import { freshId, startServer, temporaryFolder, useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });

describe('put', () => {
  test.each([
    ['a text', 'one\ntwo\n'],
    ['nothing', ''],
    ['all kinds of characters', 'línea\n😀\u{1F468}‍👩\u0000\u2028"\\\t\n'],
    ['a megabyte, in parts', 'x😀é\n'.repeat(116_000)],
  ])('puts %s', async (_what, text) => {
    const id = freshId();
    const alice = await v2(server(), id);
    await alice.type('before\ntwo\nafter\n');
    expect(await cli(['put', addressOf(server(), id)], { input: text })).toMatchObject({ code: 0, out: '', err: '' });
    expect(await server().text(id)).toBe(text);
    await alice.sees(text);
  });

  test('changes only what differs, so that carets and what others type stay', async () => {
    const id = freshId();
    const alice = await v2(server(), id, { name: 'Alice' });
    await alice.type('first line\nsecond line\nthird line\n');
    const before = alice.messages.length;
    await cli(['put', addressOf(server(), id)], { input: 'first line\nthe second line\nthird line\n' });
    await alice.sees('first line\nthe second line\nthird line\n');
    const edits = alice.messages.slice(before).flatMap((message) => message['History']?.operations ?? []);
    expect(edits.map(({ operation }) => operation)).toEqual([[11, 'the ', 23]]);
  });

  test('takes a file, and its line ends', async () => {
    const id = freshId();
    const file = path.join(temporaryFolder(), 'text');
    fs.writeFileSync(file, 'one\r\ntwo\rthree\n\r\n');
    expect(await cli(['put', addressOf(server(), id), file])).toMatchObject({ code: 0 });
    expect(await server().text(id)).toBe('one\ntwo\nthree\n\n');
    expect(await cli(['put', '--json', addressOf(server(), id), '-'], { input: 'x' })).toMatchObject({ code: 0, out: '{"revision":2}\n' });
    expect(await server().text(id)).toBe('x');
  });

  test('what is the same already changes nothing', async () => {
    const id = freshId();
    for (let i = 0; i < 2; i++) expect(await cli(['put', '--json', addressOf(server(), id)], { input: 'same' })).toMatchObject({ code: 0, out: '{"revision":1}\n' });
  });

  test('is seen under its name', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    await cli(['put', '--name', 'Deploy', addressOf(server(), id)], { input: 'x' });
    await alice.sees('x');
    const names = alice.messages.flatMap((message) => (message['UserInfo']?.info ? [message['UserInfo'].info.name] : []));
    expect(names).toContain('Deploy');
  });
});

describe('what is refused', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0x0a]), 1, /not UTF-8 in line 2.*iconv/],
    ['half a character at the end', Buffer.from([0x61, 0xc3]), 1, /not UTF-8 in line 1/],
    ['more than the server takes', 'x'.repeat(1_048_577), 1, /larger than the server allows \(1048576 bytes\)/],
    ['more than any pad may be', Buffer.alloc((64 << 20) + 1, 'x'), 1, /larger than any pad/],
  ])('%s', async (_what, input, code, says) => {
    for (const command of ['put', 'append']) {
      const id = freshId();
      const alice = await v2(server(), id);
      await alice.type('kept');
      const ended = await cli([command, addressOf(server(), id)], { input });
      expect(ended).toMatchObject({ code, out: '' });
      expect(ended.err).toMatch(says);
      expect(await server().text(id)).toBe('kept');
    }
  });

  test('a file that is not there', async () => {
    expect(await cli(['put', addressOf(server(), 'x'), '/nowhere'])).toMatchObject({ code: 2, err: 'kolabpad: /nowhere cannot be read: No such file or directory\n' });
    expect(await cli(['append', '-f', addressOf(server(), 'x'), '/nowhere'])).toMatchObject({ code: 2 });
  });

  test('a server that is not there', async () => {
    for (const command of ['put', 'append', 'watch']) {
      const ended = await cli([command, 'http://127.0.0.1:1/#x'], { input: 'x' });
      expect(ended.code).toBe(3);
      expect(ended.err).toMatch(/^kolabpad: http:\/\/127.0.0.1:1 cannot be reached: nothing answers there/);
    }
  });

  test('a wrong password, and none', async () => {
    const id = freshId('secret');
    const alice = await v2(server(), id, { name: 'Alice' });
    await alice.type('kept');
    const answer = await server().get(`/api/document/${id}/protect`, jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }));
    const { otp } = json<{ otp: string }>(answer);
    expect(await cli(['put', addressOf(server(), id)], { input: 'x' })).toMatchObject({ code: 4, err: expect.stringContaining('KOLABPAD_PASSWORD') });
    expect(await cli(['put', addressOf(server(), id)], { input: 'x', env: { KOLABPAD_PASSWORD: 'wrong' } })).toMatchObject({ code: 4, err: expect.stringContaining('another one') });
    expect(await server().text(id, otp)).toBe('kept');
    expect(await cli(['put', addressOf(server(), id)], { input: 'x', env: { KOLABPAD_PASSWORD: otp } })).toMatchObject({ code: 0, err: '' });
    expect(await server().text(id, otp)).toBe('x');
  });
});

describe('append', () => {
  test.each<[string, string, string[], string, string]>([
    ['to nothing', '', [], 'new', 'new'],
    ['behind a line end', 'old\n', [], 'new\n', 'old\nnew\n'],
    ['to a line that has none', 'old', [], 'new', 'old\nnew'],
    ['to a line that has none, as it is', 'old', ['--raw'], 'new', 'oldnew'],
    ['nothing', 'old', [], '', 'old'],
  ])('%s', async (_what, before, options, input, after) => {
    const id = freshId();
    const alice = await v2(server(), id);
    if (before !== '') await alice.type(before);
    expect(await cli(['append', ...options, addressOf(server(), id)], { input })).toMatchObject({ code: 0, out: '', err: '' });
    expect(await server().text(id)).toBe(after);
  });

  test('twenty at once lose and double nothing', async () => {
    const id = freshId();
    await Promise.all(Array.from({ length: 20 }, (_, i) => cli(['append', addressOf(server(), id)], { input: `line ${i}\n` })));
    const lines = (await server().text(id)).split('\n').filter((line) => line !== '');
    expect(lines.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `line ${i}`).sort());
  });
});

describe('append --follow', () => {
  test('sends each line as it comes, and the rest at the end', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const one = new Cli(['append', '-f', addressOf(server(), id)]);
    one.write('first\nsec');
    await alice.sees('first\n');
    one.write('ond\r\nlast');
    await alice.sees('first\nsecond\n');
    one.end();
    expect(await one.ended).toMatchObject({ code: 0, out: '', err: '' });
    expect(await server().text(id)).toBe('first\nsecond\nlast');
  });

  test('reads a file, too, and standard input that is one', async () => {
    const file = path.join(temporaryFolder(), 'lines');
    fs.writeFileSync(file, 'a\nb\n'.repeat(20_000));
    const id = freshId();
    expect(await cli(['append', '--follow', addressOf(server(), id), file])).toMatchObject({ code: 0 });
    expect(await server().text(id)).toBe(fs.readFileSync(file, 'utf8'));
  });

  test('says which line is no UTF-8, after what came before it', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const one = new Cli(['append', '-f', addressOf(server(), id)]);
    one.write('good\n');
    await alice.sees('good\n');
    one.write(Buffer.from([0xff, 0x0a]));
    const ended = await one.ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/line 2 is not UTF-8/);
    expect(await server().text(id)).toBe('good\n');
  });

  test('ends when the pad is full', async () => {
    const id = freshId();
    const one = new Cli(['append', '-f', addressOf(server(), id)]);
    const line = `${'x'.repeat(99_999)}\n`;
    for (let i = 0; i < 30; i++) one.write(line);
    const ended = await one.ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toMatch(/larger than the server allows/);
    expect((await server().text(id)).length % 100_000).toBe(0);
  });

  test('Ctrl+C sends what was read, and ends', async () => {
    const id = freshId();
    const alice = await v2(server(), id);
    const one = new Cli(['append', '-f', addressOf(server(), id)]);
    one.write('read\n');
    await alice.sees('read\n');
    one.signal('SIGINT');
    expect(await one.ended).toMatchObject({ code: 0, signal: null });
  });

  test.each(['stop', 'kill'] as const)('goes on over a server that is gone (%s), each line once and in order', async (how) => {
    const own = await startServer({ RATE_LIMITS: 'off' });
    const id = freshId();
    const one = new Cli(['append', '-f', addressOf(own, id)]);
    let sent = 0;
    const write = (): void => one.write(`line ${sent++}\n`);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 50; i++) write();
      await until('some lines', async () => (await own.text(id).catch(() => '')).includes(`line ${sent - 50}\n`));
      const writing = setInterval(write, 2);
      await own[how]();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await own.restart();
      clearInterval(writing);
    }
    one.end();
    const ended = await one.ended;
    expect(ended).toMatchObject({ code: 0 });
    expect(await own.text(id)).toBe(Array.from({ length: sent }, (_, i) => `line ${i}\n`).join(''));
  });

  test('reads no further while the server takes nothing', async () => {
    const own = await startServer({ RATE_LIMITS: 'off', MAX_DOCUMENT_SIZE_KB: 16384 });
    const id = freshId();
    const one = new Cli(['append', '-f', addressOf(own, id)]);
    one.write('first\n');
    await until('the first line', async () => (await own.text(id)) === 'first\n');
    await own.kill();
    const line = `${'x'.repeat(1023)}\n`;
    for (let i = 0; i < 12 * 1024; i++) one.write(line);
    one.end();
    await one.says(/connection is lost/);
    const bytesRead = (): number => Number(/^rchar: (\d+)/.exec(fs.readFileSync(`/proc/${one.pid}/io`, 'utf8'))![1]);
    await until('it to read no further', async () => {
      const before = bytesRead();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return bytesRead() === before;
    });
    expect(bytesRead()).toBeLessThan(3 << 20);
    await own.restart();
    expect(await one.ended).toMatchObject({ code: 0 });
    expect((await own.text(id)).length).toBe(6 + 12 * 1024 * 1024);
  });
});

test('--timeout ends what waits for a server that is gone', async () => {
  const own = await startServer({ RATE_LIMITS: 'off' });
  const id = freshId();
  const one = new Cli(['append', '-f', '-t', '2', addressOf(own, id)]);
  one.write('a\n');
  await until('the first line', async () => (await own.text(id)) === 'a\n');
  await own.kill();
  one.write('b\n');
  const ended = await one.ended;
  expect(ended.code).toBe(3);
  expect(ended.err).toMatch(/changes that were not sent: [12]\b/); // the answer to the first may have been on its way
});
