// postgres.ts - a real PostgreSQL for one test or one file (tests/support/postgres.sh starts it).
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './server_process.ts';
import { sleep } from './wait.ts';

const SCRIPT = path.resolve(import.meta.dirname, '../../support/postgres.sh');
const PATIENCE_MS = 60_000;

/** Why there can be no PostgreSQL here; null when there can. */
export function whyNoPostgres(): string | null {
  const { status, stderr } = spawnSync(SCRIPT, ['where'], { encoding: 'utf8' });
  return status === 0 ? null : stderr.trim() || 'PostgreSQL is not installed';
}

/** Settings of PostgreSQL by name: `{ synchronous_standby_names: 'two' }`. */
export type PostgresSettings = Record<string, string | number>;

/** A machine that it runs on instead of this one: a network namespace. */
export type Machine = {
  /** A command that runs another one there. */
  readonly prefix: readonly string[];
  readonly address: string;
  /** Whose clients may come in. */
  readonly network: string;
};

export class Postgres {
  log = '';
  private child: ChildProcess | undefined;
  private gone: Promise<void> = Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly settings: PostgresSettings,
    private readonly machine?: Machine,
  ) {}

  /** A new server, running. */
  static async start(settings: PostgresSettings = {}, machine?: Machine): Promise<Postgres> {
    const postgres = await Postgres.inNewFolder(settings, machine);
    execFileSync(SCRIPT, ['make', postgres.folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (machine) letIn(postgres.folder, machine);
    await postgres.start();
    return postgres;
  }

  /** A running streaming replica, which the primary knows by `name`. */
  static async startReplica(primary: Postgres, name: string, machine?: Machine): Promise<Postgres> {
    const postgres = await Postgres.inNewFolder(primary.settings, machine);
    const [program, ...rest] = [...(machine?.prefix ?? []), SCRIPT, 'follow', postgres.folder, String(primary.port), name];
    execFileSync(program!, primary.machine ? [...rest, primary.machine.address] : rest);
    await postgres.start();
    return postgres;
  }

  /** One that somebody else started, behind a proxy for example: to run SQL on. */
  static at(port: number): Postgres {
    return new Postgres('', port, {});
  }

  private static async inNewFolder(settings: PostgresSettings, machine?: Machine): Promise<Postgres> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kolabpad-pg-'));
    return new Postgres(folder, await freePort(), { ...settings }, machine);
  }

  /** The database as its owner, who is no superuser: what a node's DATABASE_URL is. */
  get url(): string {
    return Postgres.urlOf(this);
  }

  /** One URL for several servers, of which one is the primary. */
  static urlOf(...servers: readonly { port: number; host?: string }[]): string {
    const hosts = servers.map(({ port, host = '127.0.0.1' }) => `${host}:${port}`).join(',');
    return `postgres://kolabpad@${hosts}/kolabpad?target_session_attrs=read-write`;
  }

  /** Where servers reach it. */
  get host(): string {
    return this.machine?.address ?? '127.0.0.1';
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** A full disk ends it, for one. */
  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** Runs SQL as a superuser and returns the rows. */
  sql<Row = Record<string, unknown>>(query: string): Row[] {
    const out = this.psql(`SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${query}) q`);
    return JSON.parse(out) as Row[];
  }

  /** Runs statements as a superuser and returns what psql prints. */
  psql(statements: string): string {
    const options = { input: statements, encoding: 'utf8', maxBuffer: 256 << 20, stdio: 'pipe' } as const;
    return execFileSync(psqlProgram(), this.psqlArguments, options);
  }

  /** The same for statements that must wait for something: until they end. */
  async psqlInBackground(statements: string): Promise<void> {
    const child = spawn(psqlProgram(), this.psqlArguments, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(statements);
    await once(child, 'close');
  }

  /** Everything in the database, as statements for another server. */
  dump(): string {
    return execFileSync(path.join(programsFolder(), 'pg_dump'), ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', 'kolabpad'], { encoding: 'utf8' });
  }

  /** Changes a setting of the running server, for good; not one that it was started with. */
  set(name: string, value: string): void {
    if (name in this.settings) throw new Error(`${name} was given at the start, which has precedence`);
    this.psql(`ALTER SYSTEM SET ${name} = '${value}'`);
    this.psql('SELECT pg_reload_conf()');
  }

  /** Starts, or starts again; waits until it answers. */
  async start(): Promise<void> {
    this.spawn();
    const end = Date.now() + PATIENCE_MS;
    while (!this.answers()) {
      if (Date.now() > end) throw new Error(`PostgreSQL does not answer; its log:\n${this.log.slice(-4000)}`);
      // after kill -9 a new one refuses to start until the last process of the old one has gone
      if (this.child === undefined) this.spawn();
      await sleep(50);
    }
  }

  /** Ends all sessions and stops. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  /** kill -9 of the postmaster; its processes end themselves. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  promote(): void {
    execFileSync(SCRIPT, ['promote', this.folder]);
  }

  async dispose(): Promise<void> {
    await this.end('SIGQUIT');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Another machine is reached by the file system, which all have in common. */
  private get psqlArguments(): string[] {
    const host = this.machine ? this.folder : '127.0.0.1';
    return ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', String(this.port), '-U', 'postgres', 'kolabpad'];
  }

  private answers(): boolean {
    try {
      this.psql('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.child?.kill(signal);
    await this.gone;
  }

  private spawn(): void {
    const { prefix = [], address } = this.machine ?? {};
    const given = address === undefined ? this.settings : { ...this.settings, listen_addresses: address };
    const settings = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [program, ...rest] = [...prefix, SCRIPT, 'run', this.folder, String(this.port), ...settings];
    const child = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    // not "close": the processes that kill -9 leaves behind hold the pipe a little longer
    this.gone = new Promise((resolve) => {
      child.once('exit', () => {
        if (this.child === child) this.child = undefined;
        resolve();
      });
    });
  }
}

let programs: string | undefined;
/** Where PostgreSQL's programs are. They are run from there, without the script, since tests ask the tables again and
 * again while they wait. */
function programsFolder(): string {
  return (programs ??= execFileSync(SCRIPT, ['where'], { encoding: 'utf8' }).trim());
}

const psqlProgram = (): string => path.join(programsFolder(), 'psql');

function letIn(folder: string, { network }: Machine): void {
  const lines = ['all', 'replication'].map((database) => `host ${database} all ${network} trust\n`);
  fs.appendFileSync(path.join(folder, 'data/pg_hba.conf'), lines.join(''));
}
