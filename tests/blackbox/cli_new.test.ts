// new: a pad with a text, and the address that it prints.
import { expect, test } from 'vitest';
import { cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { useServer } from './support/server.ts';
import { until } from './support/wait.ts';

const server = useServer({ RATE_LIMITS: 'off' });
const env = (): Record<string, string> => ({ KOLABPAD_URL: `http://127.0.0.1:${server().port}` });
const idOf = (address: string): string => /\/#([A-Za-z0-9_-]+)\n$/.exec(address)![1]!;

test.each([
  ['a text', 'línea\n😀\n'],
  ['a megabyte', 'x'.repeat(1_000_000)],
  ['nothing', ''],
])('makes a pad of %s', async (_what, input) => {
  const made = await cli(['new'], { env: env(), input });
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(await server().text(idOf(made.out))).toBe(input);
  expect(await cli(['cat', made.out.trimEnd()])).toMatchObject({ code: 0, out: input });
});

test('takes a language and an address, and prints JSON', async () => {
  const made = await cli(['new', '--json', '-l', 'python', '-u', env()['KOLABPAD_URL']!], { input: 'print(1)\r\n' });
  expect(made).toMatchObject({ code: 0, err: '' });
  const { id, url, revision } = JSON.parse(made.out); // and "owner", the token that makes one the owner
  expect(url).toBe(`${env()['KOLABPAD_URL']}/#${id}`);
  expect(revision).toBe(1);
  const alice = await v2(server(), id);
  await until('the language', () => alice.language === 'python');
  expect(alice.text).toBe('print(1)\n');
});

test.each<[string, string[], string | Buffer, number, RegExp]>([
  ['no server', [], 'x', 2, /KOLABPAD_URL/],
  ['a server that is none', ['-u', 'pad.example'], 'x', 2, /no server's address/],
  ['a server that is not there', ['-u', 'http://127.0.0.1:1/'], 'x', 3, /cannot be reached/],
  ['a language that is none', ['-u', 'http://127.0.0.1:1/', '-l', 'a/b'], 'x', 2, /no name of a language/],
  ['a file that is not there', ['-u', 'http://127.0.0.1:1/', '/nowhere'], '', 2, /cannot be read/],
  ['bytes that are no UTF-8', ['-u', 'http://127.0.0.1:1/'], Buffer.from([0xff]), 1, /not UTF-8/],
])('bad input: %s', async (_what, args, input, code, says) => {
  const ended = await cli(['new', ...args], { input });
  expect(ended).toMatchObject({ code, out: '' });
  expect(ended.err).toMatch(says);
});

test('more than the server takes is refused', async () => {
  const ended = await cli(['new'], { env: env(), input: 'x'.repeat(1_100_000) });
  expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^kolabpad: [^\n]*\(1048576 bytes\)\n$/) });
});
