// sqlite.ts - the database seen from outside, through the sqlite3 command.
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';

/** Runs SQL on the file and returns the rows. */
export function sql<Row = Record<string, unknown>>(file: string, statement: string): Row[] {
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

/** Another program that holds the write lock, so that the server's writes fail. */
export class WriteLock {
  private constructor(private readonly process: ChildProcess) {}

  static async hold(file: string): Promise<WriteLock> {
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
    return new WriteLock(child);
  }

  async release(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin?.end('ROLLBACK;\n');
    await gone;
  }
}
