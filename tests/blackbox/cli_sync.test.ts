// `kolabpad sync`: a file and a pad are kept the same, whatever way editors save, whoever dies.
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf, Cli } from './support/cli.ts';
import { v2 } from './support/clients.ts';
import { freshId, startServer, useServer } from './support/server.ts';
import type { Server } from './support/server_process.ts';
import { sleep, until } from './support/wait.ts';

/** A folder with the file, and one for what is kept. */
function desk(text?: string): { file: string; state: string; read: () => string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kolabpad-sync-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'notes.txt');
  if (text !== undefined) writeFileSync(file, text);
  return { file, state: path.join(folder, 'state'), read: () => readFileSync(file, 'utf8') };
}

type Desk = ReturnType<typeof desk>;

function sync(server: Server, pad: string, { file, state }: Desk, more: string[] = []): Cli {
  return new Cli(['sync', ...more, addressOf(server, pad), file], { XDG_STATE_HOME: state });
}

async function syncing(server: Server, pad: string, at: Desk): Promise<Cli> {
  const one = sync(server, pad, at);
  await one.says(/kept the same/);
  return one;
}

async function ends(one: Cli, name: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  one.signal(name);
  const { code, err } = await one.ended;
  expect(code, err).toBe(0);
  expect(err).not.toMatch(/Sanitizer|runtime error/);
}

const holds = (at: Desk, text: string) => until(`${JSON.stringify(text)} in the file: ${JSON.stringify(existsSync(at.file) ? at.read() : null)}`, () => existsSync(at.file) && at.read() === text);

const common = useServer();

test('a file is made, others see its saves, and it has what they type', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('from the pad\n');
  const at = desk();
  const one = await syncing(server, pad, at);
  expect(at.read()).toBe('from the pad\n');
  appendFileSync(at.file, 'from the file\n');
  await alice.sees('from the pad\nfrom the file\n');
  await alice.type('again\n');
  await holds(at, 'from the pad\nfrom the file\nagain\n');
  await ends(one);
});

test('an empty pad is given the file; two texts that have nothing in common are left alone', async () => {
  const [server, pad] = [common(), freshId()];
  const at = desk('mine\n');
  const one = await syncing(server, pad, at);
  const alice = await v2(server, pad);
  await alice.sees('mine\n');
  await ends(one);
  const other = desk('another\n');
  const refused = sync(server, pad, other);
  const { code, err } = await refused.ended;
  expect([code, err]).toEqual([1, expect.stringMatching(/notes\.txt and the pad have different texts/)]);
  expect(other.read()).toBe('another\n');
  expect(alice.text).toBe('mine\n');
});

// ---- the ways in which editors and programs save ---------------------------------------

const WAYS: Record<string, (at: Desk, text: string) => Promise<void>> = {
  'in place': async ({ file }, text) => writeFileSync(file, text),
  'cut off, and written a moment later': async ({ file }, text) => {
    truncateSync(file, 0);
    await sleep(150);
    writeFileSync(file, text);
  },
  'piece by piece': async ({ file }, text) => {
    const middle = Math.floor(text.length / 2);
    writeFileSync(file, text.slice(0, middle));
    await sleep(40);
    appendFileSync(file, text.slice(middle));
  },
  'another file takes its place': async ({ file }, text) => {
    writeFileSync(`${file}.swp`, text);
    renameSync(`${file}.swp`, file);
  },
  'it is moved away, and written anew': async ({ file }, text) => {
    renameSync(file, `${file}~`);
    await sleep(150);
    writeFileSync(file, text);
  },
  'it is removed, and written anew': async ({ file }, text) => {
    unlinkSync(file);
    await sleep(100);
    writeFileSync(file, text);
  },
};

for (const [name, save] of Object.entries(WAYS)) {
  test(`saved ${name}: never is anything deleted in between`, async () => {
    const [server, pad] = [common(), freshId()];
    const alice = await v2(server, pad);
    await alice.type('one\ntwo\nthree\n');
    const at = desk();
    const one = await syncing(server, pad, at);
    let shortest = alice.length;
    const watching = setInterval(() => (shortest = Math.min(shortest, alice.length)), 5);
    onTestFinished(() => clearInterval(watching));
    for (const [saved, typed] of [['one\n2\nthree\n', '!'], ['!one\n2\n3\n', '?']] as const) {
      await save(at, saved);
      await alice.sees(saved);
      await alice.type(typed, 0);
      await holds(at, typed + saved);
    }
    expect(shortest).toBeGreaterThanOrEqual('!one\n2\n3\n'.length);
    await ends(one);
  });
}

test('a text that is deleted is deleted', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('all of it\n');
  const at = desk();
  const one = await syncing(server, pad, at);
  writeFileSync(at.file, '');
  await alice.sees('');
  await ends(one);
});

test('what is typed while an editor is open with the text of before is not lost', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('first\nlast\n');
  const at = desk();
  const one = await syncing(server, pad, at);
  const before = at.read();
  await alice.type('theirs\n', 6);
  await holds(at, 'first\ntheirs\nlast\n');
  writeFileSync(at.file, `${before}mine\n`);
  await alice.sees('first\ntheirs\nlast\nmine\n');
  await holds(at, 'first\ntheirs\nlast\nmine\n');
  await ends(one);
});

// ---- files that are no text --------------------------------------------------------------

test('a file that is no text is refused with a word, and untouched', async () => {
  const server = await startServer({ MAX_DOCUMENT_SIZE_KB: 1 });
  const wrong: [Buffer, RegExp][] = [
    [Buffer.from('a\r\nb\r\n'), /line ends of another system/],
    [Buffer.from('a\rb'), /line ends of another system/],
    [Buffer.from('\ufeffa\n'), /byte order mark/],
    [Buffer.from([0x61, 0xff, 0x0a]), /not UTF-8/],
    [Buffer.alloc(2000, 'x'), /larger than the server allows/],
  ];
  for (const [bytes, word] of wrong) {
    const at = desk();
    writeFileSync(at.file, bytes);
    const { code, err } = await sync(server, 'refused', at).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(word)]);
    expect(readFileSync(at.file)).toEqual(bytes);
  }
});

test('a file that becomes no text pauses it; what both did meanwhile is merged', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\n');
  const at = desk();
  const one = await syncing(server, pad, at);
  writeFileSync(at.file, 'one\r\ntwo\r\n');
  await one.says(/line ends of another system/);
  await alice.type('theirs\n', 0);
  await sleep(500);
  expect(at.read()).toBe('one\r\ntwo\r\n');
  writeFileSync(at.file, 'one\ntwo\n');
  await alice.sees('theirs\none\ntwo\n');
  await holds(at, 'theirs\none\ntwo\n');
  await ends(one);
});

test('a file that is gone is nothing deleted', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\n');
  const at = desk();
  const one = await syncing(server, pad, at);
  unlinkSync(at.file);
  await one.says(/is gone/);
  await alice.type('two\n');
  writeFileSync(at.file, 'one\nmine\n');
  await until('both', () => /two/.test(at.read()) && /mine/.test(at.read()));
  await alice.sees(at.read());
  await ends(one);
});

// ---- what the file system has of it ---------------------------------------------------------

test('mode and links stay, and nothing is left beside it', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\n');
  const at = desk('one\n');
  chmodSync(at.file, 0o640);
  const link = path.join(path.dirname(at.file), 'link');
  symlinkSync(at.file, link);
  const one = new Cli(['sync', addressOf(server, pad), link], { XDG_STATE_HOME: at.state });
  await one.says(/kept the same/);
  await alice.type('two\n');
  await holds(at, 'one\ntwo\n');
  expect(statSync(at.file).mode & 0o7777).toBe(0o640);
  await ends(one);
  expect(execFileSync('ls', ['-A', path.dirname(at.file)], { encoding: 'utf8' }).split('\n').filter(Boolean)).toEqual(['link', 'notes.txt', 'state']);
  expect(execFileSync('find', [at.state, '-type', 'f', '-perm', '/077'], { encoding: 'utf8' })).toBe('');
});

test('a file is kept by one process', async () => {
  const [server, pad] = [common(), freshId()];
  const at = desk('one\n');
  const one = await syncing(server, pad, at);
  const { code, err } = await sync(server, pad, at).ended;
  expect([code, err]).toEqual([1, expect.stringMatching(/by another kolabpad already/)]);
  await ends(one);
});

// ---- another life ---------------------------------------------------------------------------

test('both were changed while it was away', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\ntwo\nthree\n');
  const at = desk();
  await ends(await syncing(server, pad, at));
  writeFileSync(at.file, 'one\ntwo\nthree\nfour\n');
  await alice.type('zero\n', 0);
  const one = await syncing(server, pad, at);
  await alice.sees('zero\none\ntwo\nthree\nfour\n');
  await holds(at, 'zero\none\ntwo\nthree\nfour\n');
  await ends(one);
});

test('a save that is under way when it begins is no text that was deleted', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\ntwo\n');
  const at = desk('one\ntwo\n');
  let shortest = alice.length;
  const watching = setInterval(() => (shortest = Math.min(shortest, alice.length)), 5);
  onTestFinished(() => clearInterval(watching));
  for (const text of ['one\ntwo\n', 'one\ntwo\nthree\n']) { // at the first meeting, and from what they had in common
    truncateSync(at.file, 0);
    const one = sync(server, pad, at);
    await until('it to look', () => existsSync(at.state));
    await sleep(300);
    writeFileSync(at.file, text);
    await one.says(/kept the same/);
    await alice.sees(text);
    await holds(at, text);
    await ends(one);
  }
  expect(shortest).toBe('one\ntwo\n'.length);
});

/** A name as a process has it for a text that it is about to put in the file's place. */
function leftover(at: Desk, text: string): string {
  const record = readdirSync(path.join(at.state, 'kolabpad')).find((name) => /^[0-9a-f]{32}$/.test(name))!;
  const left = path.join(path.dirname(at.file), `.notes.txt.kolabpad-${record.slice(0, 8)}-x1y2z3`);
  writeFileSync(left, text);
  return left;
}

test('what a process leaves that is killed while it writes is cleared away, and a save in it is not lost', async () => {
  const [server, pad] = [common(), freshId()];
  const alice = await v2(server, pad);
  await alice.type('one\ntwo\n');
  const at = desk();
  await ends(await syncing(server, pad, at));
  for (const ours of ['', 'one\n', 'one\ntwo\n']) {
    const left = leftover(at, ours); // the beginning of what it was about to write, or all of it
    await ends(await syncing(server, pad, at));
    expect(existsSync(left)).toBe(false);
    expect(at.read()).toBe('one\ntwo\n');
  }
  const left = leftover(at, 'one\ntwo\nsaved in that moment\n');
  const one = await syncing(server, pad, at);
  await alice.sees('one\ntwo\nsaved in that moment\n');
  expect(existsSync(left)).toBe(false);
  await ends(one);
  leftover(at, 'one\ntwo\nthe first\n');
  writeFileSync(at.file, 'one\ntwo\nthe second\n');
  const again = await syncing(server, pad, at);
  await again.says(/the first is in .*notes\.txt\.saved-1/);
  expect(readFileSync(`${at.file}.saved-1`, 'utf8')).toBe('one\ntwo\nthe first\n');
  await alice.sees('one\ntwo\nthe second\n');
  await ends(again);
});

test('saves without a server arrive once, also after it was killed', async () => {
  const server = await startServer();
  const alice = await v2(server, 'offline');
  await alice.type('one\n');
  const at = desk();
  const one = await syncing(server, 'offline', at);
  await server.kill();
  appendFileSync(at.file, 'two\n');
  await one.says(/connection is lost/);
  one.signal('SIGKILL');
  await one.ended;
  appendFileSync(at.file, 'three\n');
  const two = sync(server, 'offline', at); // it begins without a server
  await two.says(/kept the same/);
  appendFileSync(at.file, 'four\n');
  await sleep(500);
  await server.restart();
  const bob = await v2(server, 'offline');
  await bob.sees('one\ntwo\nthree\nfour\n');
  await ends(two);
});

test('the file as it was is kept where the server has lost the text', async () => {
  const server = await startServer({ SQLITE_URI: '' }); // it remembers nothing
  const at = desk('all that there is\n');
  const one = await syncing(server, 'lost', at);
  const alice = await v2(server, 'lost');
  await alice.sees('all that there is\n');
  await server.kill();
  await server.restart();
  await one.says(/older text.*before-1/);
  expect(readFileSync(`${at.file}.before-1`, 'utf8')).toBe('all that there is\n');
  await holds(at, '');
  await ends(one);
});

test('a file that is too large for the pad is sent when it fits again', async () => {
  const server = await startServer({ MAX_DOCUMENT_SIZE_KB: 1 });
  const alice = await v2(server, 'full');
  const at = desk();
  const one = await syncing(server, 'full', at);
  await alice.type('x'.repeat(900));
  await holds(at, 'x'.repeat(900));
  writeFileSync(at.file, `${'x'.repeat(900)}${'y'.repeat(200)}`);
  await one.says(/larger than the server allows/);
  await sleep(300);
  expect(alice.length).toBe(900);
  writeFileSync(at.file, 'short\n');
  await alice.sees('short\n');
  await ends(one);
});
