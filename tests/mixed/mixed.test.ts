// Servers of two versions on one database, as during an upgrade: this one and the one before
// (tools/build-previous). People type through all of them, at whichever they come to, while the
// servers are replaced one after the other, and back again.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { json } from '../blackbox/support/http.ts';
import { checkTables, startNode, startPostgres, withProgram } from '../blackbox/support/nodes.ts';
import type { Postgres } from '../blackbox/support/postgres.ts';
import { whyNoPostgres } from '../blackbox/support/postgres.ts';
import { Server, freshId } from '../blackbox/support/server.ts';
import { SERVER_PATH } from '../blackbox/support/server_process.ts';
import { until } from '../blackbox/support/wait.ts';
import { Writer, check } from '../blackbox/support/writer.ts';

const missing = whyNoPostgres();
const title = `this version and the one before${missing === null ? '' : ` (skipped: ${missing})`}`;

let previous: string;
const versionOf = (program: string): string => /\((\w+)\)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))![1]!;

/** Servers behind addresses that stay, as a balancer knows them. */
class Rollout {
  private readonly servers: Server[] = [];
  private next = 0;
  readonly logs: string[] = [];

  constructor(private readonly postgres: Postgres) {}

  /** Another server at that place; the one that is there stops first, or is killed. */
  async put(place: number, program: string, how: 'stop' | 'kill' = 'stop'): Promise<void> {
    const before = this.servers[place];
    const settings = before === undefined ? {} : { PORT: before.port, CLUSTER_ADDRESS: before.settings['CLUSTER_ADDRESS'] };
    if (before !== undefined) {
      await before[how]();
      this.logs.push(before.log);
    }
    this.servers[place] = await startNode(this.postgres.url, settings, withProgram(program));
    expect(json(await this.servers[place]!.get('/api/health'))['version']).toContain(versionOf(program));
  }

  get all(): readonly Server[] {
    return this.servers;
  }

  /** Round robin. */
  any = (): Server => this.servers[this.next++ % this.servers.length]!;
}

describe.skipIf(missing !== null)(title, { timeout: 600_000 }, () => {
  beforeAll(() => {
    previous = execFileSync(path.resolve(import.meta.dirname, '../../tools/build-previous'), { encoding: 'utf8' }).trim();
  }, 900_000);

  test.each([
    ['the tables are of the one before', () => previous, () => SERVER_PATH],
    ['the tables are of this one', () => SERVER_PATH, () => previous],
  ])('one after the other, and back: %s', async (_, first, second) => {
    const postgres = await startPostgres();
    const rollout = new Rollout(postgres);
    await rollout.put(0, first());
    await rollout.put(1, first());
    await rollout.put(2, second());
    const ids = [freshId(), freshId(), freshId()];
    const writersOf = ids.map((id) => ['ann', 'ben', 'cid'].map((name) => new Writer(name, id, rollout.any)));
    const writers = writersOf.flat();
    const allWrite = (): Promise<unknown> => Promise.all(writers.map((writer) => writer.writes(10)));
    await allWrite();
    for (const place of [0, 1]) {
      await rollout.put(place, second());
      await allWrite();
    }
    for (const place of [2, 0, 1]) {
      await rollout.put(place, first(), place === 0 ? 'kill' : 'stop');
      await allWrite();
    }
    await rollout.put(2, second()); // side by side at the end, too
    await allWrite();
    await Promise.all(writers.map((writer) => writer.finish()));
    for (const [i, id] of ids.entries())
      for (const server of rollout.all) check(await until('a text', () => server.text(id).catch(() => undefined)), writersOf[i]!);
    for (const log of [...rollout.logs, ...rollout.all.map((server) => server.log)]) expect(log).not.toMatch(/document_conflict|document_write_failed/);
    checkTables(postgres);
  });

  test('tables that a newer one has closed to the one before are left alone by it', async () => {
    const postgres = await startPostgres();
    const one = await startNode(postgres.url);
    await one.stop();
    postgres.psql("INSERT INTO kp_migrations VALUES (299, 'later', now(), 299)");
    for (const program of [previous, SERVER_PATH]) {
      const server = await Server.launch({ DATABASE_URL: postgres.url }, undefined, withProgram(program).prefix);
      await server.logged(/written by a newer Kolabpad/);
      expect((await server.exited()).code).toBe(2);
    }
    expect(postgres.sql('SELECT 1 FROM kp_nodes WHERE dead_at IS NULL')).toHaveLength(0);
  });
});
