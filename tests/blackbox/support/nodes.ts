// nodes.ts - several servers on one PostgreSQL, for a test that does something to them.
import { onTestFinished } from 'vitest';
import { WITNESS_SETTINGS, watchTables } from './invariants.ts';
import type { Machine, PostgresSettings } from './postgres.ts';
import { Postgres } from './postgres.ts';
import type { Settings } from './server_process.ts';
import { Server, freePort, temporaryFolder } from './server_process.ts';
import { until } from './wait.ts';

export { checkTables } from './invariants.ts';

/** For the test, which may ask checkTables() about all that happened. */
export async function startPostgres(settings: PostgresSettings = {}, machine?: Machine): Promise<Postgres> {
  const postgres = await Postgres.start({ ...WITNESS_SETTINGS, ...settings }, machine);
  onTestFinished(() => postgres.dispose());
  watchTables(postgres);
  return postgres;
}

/** A replica that every commit waits for. */
export async function startSynchronousReplica(primary: Postgres, machine?: Machine): Promise<Postgres> {
  const replica = await Postgres.startReplica(primary, 'two', machine);
  onTestFinished(() => replica.dispose());
  primary.set('synchronous_standby_names', 'two');
  await until('the replica to be synchronous', () => primary.psql('SELECT sync_state FROM pg_stat_replication').trim() === 'sync');
  return replica;
}

/** One more server on that database, for the test. */
export async function startNode(databaseUrl: string, settings: Settings = {}, machine?: Machine): Promise<Server> {
  const port = Number(settings['PORT'] ?? (await freePort()));
  const all = {
    DATABASE_URL: databaseUrl,
    PORT: port,
    CLUSTER_ADDRESS: `${machine?.address ?? '127.0.0.1'}:${port}`,
    CLUSTER_LEASE_SECONDS: 2,
    RATE_LIMITS: 'off',
    ...settings,
  };
  const server = await Server.launch(all, temporaryFolder(), machine?.prefix);
  onTestFinished(() => server.dispose());
  await server.listening();
  return server;
}

/** This machine, where startNode runs another build of the server. */
export function withProgram(program: string): Machine {
  return { address: '127.0.0.1', network: '127.0.0.1/32', prefix: ['sh', '-c', 'exec "$0"', program] };
}

/** The port of the living server that has the document. */
export function ownerOf(postgres: Postgres, id: string): number | undefined {
  const [row] = postgres.sql<{ address: string }>(
    `SELECT n.address FROM kp_placement p JOIN kp_nodes n ON n.incarnation = p.owner
     WHERE p.document_id = '${id}' AND n.dead_at IS NULL`,
  );
  return row === undefined ? undefined : Number(row.address.split(':').at(-1));
}
