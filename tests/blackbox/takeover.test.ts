// Databases written by Kolabpad-Go and by Rustpad are taken over on first start.
import { expect, onTestFinished, test } from 'vitest';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { freshTab, v1, v2 } from './support/clients.ts';
import { Server, startServer, temporaryFolder } from './support/server.ts';
import { sql, storedDocument } from './support/sqlite.ts';

const KOLABPAD = `
  CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT, otp TEXT);
  INSERT INTO document VALUES
    ('plain', 'from the ancestor', NULL, NULL),
    ('coloured', 'fn main() {}', 'rust', NULL),
    ('secret', 'hidden 😀', 'c', 'abc123XYZ-_9'),
    ('empty', '', NULL, NULL),
    ('windows', 'one' || char(13) || char(10) || 'two' || char(13) || 'three', NULL, NULL);`;

const RUSTPAD = `
  CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT);
  INSERT INTO document VALUES ('plain', 'from Rustpad', 'python');`;

function databaseWith(script: string): string {
  const folder = temporaryFolder();
  sql(path.join(folder, 'kolabpad.db'), script);
  return folder;
}

test('Kolabpad-Go: text, language and password, and the old table is left as it was', async () => {
  const folder = databaseWith(KOLABPAD);
  const old = sql(path.join(folder, 'kolabpad.db'), 'SELECT * FROM document ORDER BY id');
  const server = await startServer({}, folder);
  const plain = await v1(server, 'plain');
  await plain.sees('from the ancestor');
  const coloured = await v2(server, 'coloured');
  expect(coloured.text).toBe('fn main() {}');
  expect(coloured.language).toBe('rust');
  await expect(v1(server, 'secret')).rejects.toThrow('401');
  const secret = await v2(server, 'secret', { tab: freshTab('abc123XYZ-_9') });
  expect(secret.text).toBe('hidden 😀');
  await plain.type(', edited');
  await server.stop();
  expect(sql(server.database, 'SELECT * FROM document ORDER BY id')).toEqual(old);
  expect(storedDocument(server.database, 'plain')?.text).toBe('from the ancestor, edited');
});

test('it happens once: a later start does not bring the old text back', async () => {
  const server = await startServer({}, databaseWith(KOLABPAD));
  const alice = await v1(server, 'plain');
  await alice.sees('from the ancestor');
  alice.edit(['new', -alice.length]);
  await alice.settled();
  for (let i = 0; i < 2; i++) {
    await server.restart();
    expect(await server.text('plain')).toBe('new');
  }
});

test('Rustpad: the table without passwords', async () => {
  const server = await startServer({}, databaseWith(RUSTPAD));
  const alice = await v2(server, 'plain');
  expect(alice.text).toBe('from Rustpad');
  expect(alice.welcome).toMatchObject({ language: 'python', otp: null });
});

test('old text with carriage returns opens and can be edited', async () => {
  const server = await startServer({}, databaseWith(KOLABPAD));
  const alice = await v2(server, 'windows');
  expect(alice.text.replace(/\r\n?/g, '\n')).toBe('one\ntwo\nthree');
  await alice.type('!');
  const bob = await v1(server, 'windows');
  await bob.sees(alice.text);
});

test('imported documents expire like others, counted from the import', async () => {
  const server = await startServer({ KP_TEST_CLEANUP_INTERVAL_MS: 100 }, databaseWith(KOLABPAD));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await server.text('plain')).toBe('from the ancestor');
});

test('ids that Rustpad stored percent-encoded are found as people write them', async () => {
  const server = await startServer({}, databaseWith(`
    CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT);
    INSERT INTO document VALUES ('my%20pad', 'one', NULL), ('%E6%97%A5%E8%A8%98', 'two', NULL), ('a/b', 'three', 'x/y');`));
  expect(await server.text('my pad')).toBe('one');
  expect(await server.text('日記')).toBe('two');
  const page = await v2(server, '日記');
  await page.type('!');
  expect((await server.get('/api/text/%E6%97%A5%E8%A8%98')).text).toBe('two!');
  const [, renamed] = await server.logged(/warn: database_takeover .*a\/b.*id \\?"(a-b-[0-9a-f]{16})/);
  const script = await v1(server, renamed as string);
  await script.sees('three');
  expect(script.language).toBe('x/y');
});

test('while the old server has the file open nothing is taken over; what it still writes comes along', async () => {
  const folder = databaseWith(RUSTPAD);
  const old = spawn('sqlite3', [path.join(folder, 'kolabpad.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void old.kill());
  const answered = new Promise((resolve) => old.stdout.once('data', resolve));
  old.stdin.write('SELECT count(*) FROM document;\n');
  await answered; // the file is open, and no lock is held
  const server = await Server.launch({}, folder);
  onTestFinished(() => server.dispose());
  await server.logged(/warn: database_takeover .*process \d+ \(sqlite3\)/);
  old.stdin.end("UPDATE document SET text = 'written late';\n");
  await server.listening();
  expect(await server.text('plain')).toBe('written late');
});
