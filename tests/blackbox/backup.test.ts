// deploy/backup: copies while people type, and what happens when one is put back.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { V2Client } from './support/clients.ts';
import { freshTab, v2 } from './support/clients.ts';
import { json, jsonBody } from './support/http.ts';
import type { Server } from './support/server.ts';
import { startServer, temporaryFolder } from './support/server.ts';
import { sql, storedDocument } from './support/sqlite.ts';
import { until } from './support/wait.ts';

const PROGRAMS = path.resolve(import.meta.dirname, '../../deploy/backup');
const run = promisify(execFile);

type Ran = { code: number; out: string; err: string };

/** Not through systemctl: whoever runs the tests may have a Kolabpad of their own. */
async function program(name: string, args: string[], env: Record<string, string>): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(path.join(PROGRAMS, name), args, { env: { PATH: process.env['PATH'], SERVICE: 'kolabpad-test-none', ...env } });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function shelf(): string {
  const folder = temporaryFolder();
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const backup = (server: Server, to: string, env: Record<string, string> = {}): Promise<Ran> =>
  program('kolabpad-backup', [], { DB_PATH: server.database, BACKUP_DIR: to, ...env });
const restore = (server: Server, file: string): Promise<Ran> => program('kolabpad-restore', [file], { DB_PATH: server.database });
const copies = (folder: string): string[] => fs.readdirSync(folder).filter((name) => name.endsWith('.db.gz')).map((name) => path.join(folder, name));

/** The backup unpacked: a database to look into. */
function opened(file: string): string {
  const plain = path.join(path.dirname(file), 'opened.db');
  fs.writeFileSync(plain, execFileSync('gzip', ['-dc', file], { maxBuffer: 256 << 20 }));
  return plain;
}

type Typed = { pad: string; token: string };

/** Types as fast as it is acknowledged, until it is told to stop or cannot. */
function typing(person: V2Client, pad: string, acknowledged: Typed[], isOver: () => boolean): Promise<void> {
  const write = async (): Promise<void> => {
    for (let n = 0; !isOver(); n++) {
      const token = `<${pad}.${person.id}.${n}>`;
      await person.type(token);
      acknowledged.push({ pad, token });
    }
  };
  return write().catch(() => undefined); // the connection went with the server
}

const tokensOf = (text: string): string[] => text.match(/<[^<>]*>/g) ?? [];

test('a backup under load, restored: every edit acknowledged before it is there, and nobody splices what came after', async () => {
  const server = await startServer({ RATE_LIMITS: 'off' });
  const folder = shelf();
  const pads = ['one', 'two', 'three'];
  const writers = await Promise.all(pads.flatMap((pad) => [1, 2].map(async () => ({ pad, person: await v2(server, pad, { tab: freshTab() }) }))));
  const acknowledged: Typed[] = [];
  let isOver = false;
  const work = writers.map(({ pad, person }) => typing(person, pad, acknowledged, () => isOver));
  await until('some hundred edits', () => acknowledged.length > 300);

  const promised = [...acknowledged];
  const made = await backup(server, folder);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/^Backup completed: kolabpad-\d{8}-\d{4}\.db\.gz \(3 documents, [^\n]+\)\n$/);
  await until('edits after the backup', () => acknowledged.length > promised.length + 300);
  isOver = true;
  await Promise.all(work);

  await server.stop();
  const restored = await restore(server, copies(folder)[0]!);
  expect(restored).toMatchObject({ code: 0, err: '' });
  await server.restart();

  for (const pad of pads) {
    const text = await server.text(pad);
    const kept = new Set(tokensOf(text));
    expect(tokensOf(text).join('')).toBe(text); // whole edits only
    expect(promised.filter((typed) => typed.pad === pad && !kept.has(typed.token))).toEqual([]);
    expect(kept.size).toBeLessThan(acknowledged.filter((typed) => typed.pad === pad).length); // what came after is gone
  }
  // The tabs know revisions that this server never had: they start from its text.
  for (const { pad, person } of writers) {
    const before = person.tab.replica.revision;
    const again = await v2(server, pad, { tab: person.tab });
    expect(again.welcome.resumed).toBe(false);
    expect(again.replica.revision).toBeLessThan(before);
    expect(again.text).toBe(await server.text(pad));
    await again.type(`<back.${again.id}>`);
  }
  for (const pad of pads) {
    const tokens = tokensOf(await server.text(pad));
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens.filter((token) => token.startsWith('<back.'))).toHaveLength(2);
  }
});

test('revisions that grow past a lost one do not make its tab fit again', async () => {
  const server = await startServer();
  const folder = shelf();
  const tab = freshTab();
  const alice = await v2(server, 'pad', { tab });
  await alice.type('kept. ');
  expect((await backup(server, folder)).code).toBe(0);
  for (let i = 0; i < 5; i++) await alice.type(`lost ${i}. `);
  await server.stop();
  expect((await restore(server, copies(folder)[0]!)).code).toBe(0);
  await server.restart();
  const bob = await v2(server, 'pad');
  for (let i = 0; i < 20; i++) await bob.type(`new ${i}. `); // well past Alice's revision
  const again = await v2(server, 'pad', { tab });
  expect(again.welcome.resumed).toBe(false);
  expect(again.text).toBe(bob.text);
  expect(again.text).not.toContain('lost');
});

test('the backup is whole and readable by its owner only, passwords included', async () => {
  const server = await startServer();
  const folder = shelf();
  const alice = await v2(server, 'pad');
  await alice.type('text');
  const answer = await server.get('/api/document/pad/protect', jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }));
  const { otp } = json<{ otp: string }>(answer);
  expect((await backup(server, folder)).code).toBe(0);
  const [file] = copies(folder);
  expect(fs.statSync(file!).mode & 0o777).toBe(0o600);
  const plain = opened(file!);
  expect(sql(plain, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(storedDocument(plain, 'pad')?.otp).toBe(otp);
  expect(fs.readdirSync(folder).filter((name) => name.startsWith('.kolabpad'))).toEqual([]); // nothing half done
});

test('copies older than KEEP_DAYS go, once a new one is there', async () => {
  const server = await startServer();
  const folder = shelf();
  const days = (n: number): Date => new Date(Date.now() - n * 86_400_000);
  for (const [name, age] of [['kolabpad-20250101-0600.db.gz', 32], ['kolabpad-20250201-0600.db.gz', 3], ['notes.db.gz', 99]] as const) {
    fs.writeFileSync(path.join(folder, name), '');
    fs.utimesSync(path.join(folder, name), days(age), days(age));
  }
  expect((await backup(server, folder, { DB_PATH: '/nowhere/kolabpad.db' })).code).not.toBe(0);
  expect(copies(folder)).toHaveLength(3); // a failure removes nothing
  expect((await backup(server, folder)).code).toBe(0);
  const names = copies(folder).map((file) => path.basename(file));
  expect(names).not.toContain('kolabpad-20250101-0600.db.gz');
  expect(names).toContain('kolabpad-20250201-0600.db.gz');
  expect(names).toContain('notes.db.gz');
  expect(names).toHaveLength(3);
});

test('a clock that is years ahead, or back, for some backups takes no copy along', async () => {
  const server = await startServer();
  const folder = shelf();
  const put = (name: string, ageDays: number): void => {
    const at = new Date(Date.now() - ageDays * 86_400_000);
    fs.writeFileSync(path.join(folder, name), '');
    fs.utimesSync(path.join(folder, name), at, at);
  };
  // As a clock sees them that is three years ahead since yesterday.
  for (const [i, age] of [1095, 1096, 1097, 1, 0.5].entries()) put(`kolabpad-2025010${i}-0600.db.gz`, age);
  expect((await backup(server, folder)).code).toBe(0);
  expect(copies(folder)).toHaveLength(6);
  // And as the right clock sees those of that day.
  for (const [i, age] of [-1095, -1094, 3, 5, 40].entries()) put(`kolabpad-2025020${i}-0600.db.gz`, age);
  for (const name of fs.readdirSync(folder).filter((it) => it.startsWith('kolabpad-202501'))) fs.rmSync(path.join(folder, name));
  put('kolabpad-20250300-0600.db.gz', 20);
  expect((await backup(server, folder)).code).toBe(0);
  const names = copies(folder).map((file) => path.basename(file));
  expect(names).not.toContain('kolabpad-20250204-0600.db.gz'); // 40 days
  expect(names).toEqual(expect.arrayContaining([0, 1, 2, 3].map((i) => `kolabpad-2025020${i}-0600.db.gz`)));
});

test('what goes wrong is one line and status 1', async () => {
  const folder = shelf();
  const damaged = path.join(folder, 'damaged.db');
  fs.writeFileSync(damaged, 'this is not a database, '.repeat(400));
  for (const DB_PATH of ['/nowhere/kolabpad.db', damaged]) {
    const ran = await program('kolabpad-backup', [], { DB_PATH, BACKUP_DIR: folder });
    expect(ran.code).toBe(1);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^Backup FAILED: [^\n]+\n$/);
  }
  expect(copies(folder)).toEqual([]);
});

test('restore refuses a damaged backup and a database in use, and changes nothing', async () => {
  const server = await startServer();
  const folder = shelf();
  await (await v2(server, 'pad')).type('precious');
  expect((await backup(server, folder)).code).toBe(0);
  const [file] = copies(folder);

  const inUse = await restore(server, file!);
  expect(inUse).toMatchObject({ code: 1, err: expect.stringContaining('a server has') });
  await server.stop();
  const cut = path.join(folder, 'cut.db.gz');
  fs.writeFileSync(cut, fs.readFileSync(file!).subarray(0, 200));
  const refused = await restore(server, cut);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('damaged') });
  await server.restart();
  expect(await server.text('pad')).toBe('precious');
});
