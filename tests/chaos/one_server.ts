// one_server.ts - one server with a SQLite file, on a disk and with a clock that may
// misbehave.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Random } from '../../frontend/src/testing/random.ts';
import type { Exit } from '../blackbox/support/server_process.ts';
import { Server, temporaryFolder } from '../blackbox/support/server_process.ts';
import { WriteLock } from '../blackbox/support/sqlite.ts';
import { sleep } from '../blackbox/support/wait.ts';
import { FaultyIo } from './faulty_io.ts';
import { CLIENT_FAULTS } from './faults.ts';
import type { Mark } from './ledger.ts';
import { shortIntervals } from './plan.ts';
import { SERVER_FAULTS } from './server_faults.ts';
import type { Kind, Settings, Site, Teller } from './site.ts';

export class OneServer implements Site {
  readonly folder = temporaryFolder();
  readonly io = new FaultyIo(path.join(this.folder, 'faulty_io'));
  server!: Server;
  /** What the copy of the database holds, if there is one. */
  backup: Mark | undefined;
  private readonly settings: Settings;

  constructor(
    settings: Settings,
    private readonly teller: Teller,
  ) {
    this.settings = { MAX_DOCUMENT_SIZE_KB: 4096, ...settings, ...this.io.settings };
  }

  get port(): number {
    return this.server.port;
  }

  get log(): string {
    return this.server?.log ?? '';
  }

  get isLazy(): boolean {
    return this.settings['DURABILITY'] === 'lazy';
  }

  async start(): Promise<void> {
    this.server = await Server.start(this.settings, this.folder);
  }

  text(pad: string): Promise<string> {
    return this.server.text(pad);
  }

  async heal(): Promise<void> {
    this.io.disk({});
    this.mustRun();
  }

  renew(): Promise<void> {
    return this.restart(this.isLazy ? 'SIGTERM' : 'SIGKILL');
  }

  audit(): string[] {
    return [];
  }

  async dispose(): Promise<void> {
    await this.server?.dispose().finally(() => this.io.close());
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** The server ends, in that way, and something happens before it starts again. */
  async restart(how: 'SIGTERM' | 'SIGKILL', between: () => Promise<void> | void = () => undefined): Promise<void> {
    this.mustRun();
    if (how === 'SIGKILL') await this.server.kill();
    else this.mustHaveStopped(await this.server.stop(), this.server);
    await between();
    await this.server.restart();
  }

  /** Another server takes the database over when this one ends. */
  async handOver(how: 'SIGTERM' | 'SIGKILL', headStartMs: number): Promise<void> {
    this.mustRun();
    const next = await Server.launch(this.settings, this.folder);
    await sleep(headStartMs);
    const before = this.server;
    before.signal(how);
    this.server = next;
    const exit = await before.exited();
    if (how === 'SIGTERM') this.mustHaveStopped(exit, before);
    await next.listening();
  }

  /** For so long another program holds the database. */
  async lockDatabase(ms: number): Promise<void> {
    const lock = await WriteLock.hold(this.server.database);
    await sleep(ms);
    await lock.release();
  }

  copyDatabase(): void {
    execFileSync('sqlite3', [this.server.database, '-cmd', '.timeout 5000', `.backup '${this.copy}'`]);
  }

  /** The copy takes the place of the database; no server runs. */
  restoreCopy(): void {
    for (const suffix of ['', '-wal', '-shm']) fs.rmSync(this.server.database + suffix, { force: true });
    fs.copyFileSync(this.copy, this.server.database);
  }

  private get copy(): string {
    return path.join(this.folder, 'backup.db');
  }

  private mustHaveStopped({ code, signal }: Exit, server: Server): void {
    if (code !== 0) this.teller.violated(`the server stopped with ${signal ?? code}:\n${server.log.slice(-3000)}`);
  }

  private mustRun(): void {
    if (!this.server.running) throw new Error(`the server ended by itself:\n${this.server.log.slice(-3000)}`);
  }
}

export const ONE_SERVER: Kind<OneServer> = {
  faults: [...CLIENT_FAULTS, ...SERVER_FAULTS],
  settings: (random: Random) => ({
    DURABILITY: random.pick(['journal', 'journal', 'journal', 'fsync', 'lazy']),
    ...shortIntervals(random),
  }),
  open: (settings, teller) => new OneServer(settings, teller),
};
