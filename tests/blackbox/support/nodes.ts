// nodes.ts - several servers on one PostgreSQL, for a test that does something to them.
import { onTestFinished } from 'vitest';
import { Postgres } from './postgres.ts';
import type { Settings } from './server_process.ts';
import { Server, freePort } from './server_process.ts';
import { until } from './wait.ts';

/** For the test. */
export async function startPostgres(): Promise<Postgres> {
  const postgres = await Postgres.start();
  onTestFinished(() => postgres.dispose());
  return postgres;
}

/** A replica that every commit waits for. */
export async function startSynchronousReplica(primary: Postgres): Promise<Postgres> {
  const replica = await Postgres.startReplica(primary, 'two');
  onTestFinished(() => replica.dispose());
  primary.set('synchronous_standby_names', 'two');
  await until('the replica to be synchronous', () => primary.psql('SELECT sync_state FROM pg_stat_replication').trim() === 'sync');
  return replica;
}

/** One more server on that database, for the test. */
export async function startNode(databaseUrl: string, settings: Settings = {}): Promise<Server> {
  const port = await freePort();
  const server = await Server.start({
    DATABASE_URL: databaseUrl,
    PORT: port,
    CLUSTER_ADDRESS: `127.0.0.1:${port}`,
    CLUSTER_LEASE_SECONDS: 2,
    RATE_LIMITS: 'off',
    ...settings,
  });
  onTestFinished(() => server.dispose());
  return server;
}

/** The port of the living server that has the document. */
export function ownerOf(postgres: Postgres, id: string): number | undefined {
  const [row] = postgres.sql<{ address: string }>(
    `SELECT n.address FROM kp_placement p JOIN kp_nodes n ON n.incarnation = p.owner
     WHERE p.document_id = '${id}' AND n.dead_at IS NULL`,
  );
  return row === undefined ? undefined : Number(row.address.split(':').at(-1));
}

/** What must be true of the tables after anything at all: each journal follows itself, and no row was
 *  written in the name of a life after its end. */
export function checkTables(postgres: Postgres): void {
  const gaps = postgres.sql(
    `SELECT document_id, first_revision, before FROM (SELECT document_id, first_revision,
       lag(end_revision) OVER (PARTITION BY document_id ORDER BY first_revision) AS before FROM kp_journal) j
     WHERE before <> first_revision`,
  );
  if (gaps.length > 0) throw new Error(`a journal has gaps: ${JSON.stringify(gaps)}`);
}
