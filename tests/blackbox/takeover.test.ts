// Databases written by Kolabpad-Go and by Rustpad are taken over on first start.
import { expect, test } from 'vitest';
import path from 'node:path';
import { freshTab, v1, v2 } from './support/clients.ts';
import { startServer, temporaryFolder } from './support/server.ts';
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
