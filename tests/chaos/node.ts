// node.ts - one server of several, with a road of its own to PostgreSQL and one on
// which the others reach it, so that each can be cut off by itself.
import fs from 'node:fs';
import path from 'node:path';
import { PgProxy } from '../blackbox/support/pg_proxy.ts';
import type { Exit } from '../blackbox/support/server_process.ts';
import { Server, freePort, temporaryFolder } from '../blackbox/support/server_process.ts';
import { sleep } from '../blackbox/support/wait.ts';
import { FaultyIo } from './faulty_io.ts';
import { Network } from './network.ts';
import type { Settings, Teller } from './site.ts';

/** One whose database is away does not start, and is started again, as systemd would; or it waits for what its
 *  last life has left behind, and for the database with that. */
const START_WITHIN_MS = 60_000;

export class Node {
  readonly folder = temporaryFolder();
  readonly io = new FaultyIo(path.join(this.folder, 'faulty_io'));
  private server!: Server;
  /** What earlier processes said. */
  private said = '';

  private constructor(
    readonly name: string,
    /** Where clients reach it. */
    readonly port: number,
    /** Between it and PostgreSQL. */
    readonly database: PgProxy,
    /** Between the others and it. Closed while there is no process: whoever asks is refused. */
    readonly road: Network,
    private readonly settings: Settings,
    private readonly teller: Teller,
  ) {}

  static async open(name: string, postgresPort: number, settings: Settings, teller: Teller): Promise<Node> {
    const port = await freePort();
    const [database, road] = [await PgProxy.start(postgresPort), await Network.open(() => port, await freePort())];
    return new Node(name, port, database, road, settings, teller);
  }

  get log(): string {
    return this.said + (this.server?.log ?? '');
  }

  get pid(): number {
    return this.server.pid;
  }

  async start(): Promise<void> {
    const settings = {
      ...this.settings,
      ...this.io.settings,
      PORT: this.port,
      DATABASE_URL: `postgres://kolabpad@127.0.0.1:${this.database.port}/kolabpad`,
      CLUSTER_ADDRESS: `127.0.0.1:${this.road.port}`,
    };
    await this.road.listen();
    for (const end = Date.now() + START_WITHIN_MS; ; await sleep(200)) {
      if (!this.server?.running) {
        this.said = this.log;
        this.server = await Server.launch(settings, this.folder);
      }
      const failed = await this.server.listening().then(() => null, (error: Error) => error);
      if (failed === null) return this.teller.history.note(this.name, 'listens');
      if (Date.now() > end) throw failed;
    }
  }

  /** It ends, in that way, and something happens before it starts again. */
  async restart(how: 'SIGTERM' | 'SIGKILL', between: () => Promise<void> | void = () => undefined): Promise<void> {
    this.mustRun();
    await this.end(how);
    await between();
    await this.start();
  }

  async end(how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.teller.history.note(this.name, how);
    if (how === 'SIGKILL') await this.server.kill();
    else this.mustHaveStopped(await this.server.stop());
    await this.road.close();
  }

  async standStill(ms: number): Promise<void> {
    this.teller.history.note(this.name, `stands still for ${ms} ms`);
    process.kill(this.pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(this.pid, 'SIGCONT');
  }

  async heal(): Promise<void> {
    this.mustRun();
    this.road.heal();
    this.road.plug();
    for (const line of ['forget', 'go', 'up']) await this.database.say(line);
  }

  async dispose(): Promise<void> {
    await this.database.say('forget').catch(() => undefined);
    await this.server?.dispose().finally(() => this.io.close());
    await this.road.close();
    await this.database.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  mustRun(): void {
    if (!this.server.running) throw new Error(`${this.name} ended by itself:\n${this.server.log.slice(-3000)}`);
  }

  /** It may fail to write when the database is away; it may not crash. */
  private mustHaveStopped({ code, signal }: Exit): void {
    if (code !== 0 && code !== 1) this.teller.violated(`${this.name} stopped with ${signal ?? code}:\n${this.server.log.slice(-3000)}`);
  }
}
