// sqlite.ts - the database seen from outside, through the sqlite3 command; with
// KP_STORE=postgres through psql, by views that look like SQLite's tables.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { copyDatabase, ON_POSTGRES, setReadOnly, sqlOnPostgres } from './store.ts';

/** Runs SQL on the file and returns the rows. */
export function sql<Row = Record<string, unknown>>(file: string, statement: string): Row[] {
  if (ON_POSTGRES) return sqlOnPostgres<Row>(path.dirname(file), statement);
  const out = execFileSync('sqlite3', ['-json', '-cmd', '.timeout 5000', file, statement], {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  });
  return out.trim() === '' ? [] : (JSON.parse(out) as Row[]);
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export type StoredDocument = {
  id: string;
  text: string;
  language: string | null;
  otp: string | null;
  revision: number;
};

export function storedDocument(file: string, id: string): StoredDocument | undefined {
  return sql<StoredDocument>(file, `SELECT id, text, language, otp, revision FROM documents WHERE id = ${quote(id)}`)[0];
}

/** How many rows of each table belong to the document. */
export function rowsOf(file: string, id: string): { documents: number; journal: number; epochs: number } {
  const count = (table: string, column: string): number =>
    sql<{ n: number }>(file, `SELECT count(*) AS n FROM ${table} WHERE ${column} = ${quote(id)}`)[0]?.n ?? -1;
  return {
    documents: count('documents', 'id'),
    journal: count('journal', 'document_id'),
    epochs: count('epochs', 'document_id'),
  };
}

/** Makes the document's text one that no reader of UTF-8 accepts. No server runs. */
export function damageText(file: string, id: string): void {
  if (ON_POSTGRES) sql(file, `UPDATE kp_documents SET text = '\\xff'::bytea || text WHERE id = ${quote(id)}`);
  else sql(file, `UPDATE documents SET text = CAST(x'ff' || text AS TEXT) WHERE id = ${quote(id)}`);
}

/** Keeps a copy of the whole database. No server runs. */
export function backUp(file: string): void {
  if (ON_POSTGRES) copyDatabase(path.dirname(file), 'out');
  else fs.copyFileSync(file, `${file}.backup`);
}

/** Puts the copy back, in place of what is there. No server runs. */
export function restore(file: string): void {
  if (ON_POSTGRES) return copyDatabase(path.dirname(file), 'back');
  deleteDatabase(file);
  fs.copyFileSync(`${file}.backup`, file);
}

/** Deletes everything. No server runs. */
export function deleteDatabase(file: string): void {
  if (ON_POSTGRES) return sql(file, 'TRUNCATE kp_documents, kp_journal, kp_epochs, kp_placement CASCADE'), undefined;
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
}

/** Which migration made a table: those from the third on. */
const MADE_BY: Record<string, number> = {
  clock: 103, rights: 104, links: 104, deleted: 104, history_fresh: 105, history: 105, checkpoints: 105, authors: 105, history_off: 105,
  comments: 108, commented: 108, images: 109,
};

/** SQL that makes a SQLite file one of an older program, of that schema: 103 or before, which had no links. */
export function backToSchema(version: number): string {
  const drops = Object.keys(MADE_BY).filter((table) => MADE_BY[table]! > version);
  return `${drops.map((table) => `DROP TABLE ${table};`).join(' ')} DELETE FROM schema_migrations WHERE version > ${version}; PRAGMA user_version = ${version};`;
}

/** Something outside that makes the server's writes fail, for as long as it is held. */
export class WriteLock {
  private constructor(readonly release: () => Promise<void>) {}

  /** SQLite: another program that holds the write lock. PostgreSQL: a database that has become read-only. */
  static async hold(file: string): Promise<WriteLock> {
    if (!ON_POSTGRES) return new WriteLock(await lockSqlite(file));
    setReadOnly(path.dirname(file), true);
    let isHeld = true;
    return new WriteLock(async () => {
      if (isHeld) setReadOnly(path.dirname(file), false);
      isHeld = false;
    });
  }
}

async function lockSqlite(file: string): Promise<() => Promise<void>> {
  const child = spawn('sqlite3', ['-cmd', '.timeout 5000', file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const locked = new Promise<void>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('locked')) resolve();
    });
    child.once('exit', () => reject(new Error('sqlite3 ended without taking the lock')));
  });
  child.stdin.write("BEGIN IMMEDIATE;\nSELECT 'locked';\n");
  await locked;
  return async () => {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end('ROLLBACK;\n');
    await gone;
  };
}
