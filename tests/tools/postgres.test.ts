/**
 * The PostgreSQL that other tests start: what is committed survives what they do
 * to it, or the tests would find faults that are not the server's.
 */
import { afterEach, expect, test } from 'vitest';
import { PgProxy } from '../blackbox/support/pg_proxy.ts';
import { Postgres, whyNoPostgres } from '../blackbox/support/postgres.ts';
import { until } from '../blackbox/support/wait.ts';

const why = whyNoPostgres();
const postgresTest = test.skipIf(why !== null);
if (why !== null) console.log(`SKIP postgres: ${why}`);

const servers: Postgres[] = [];
async function track(started: Promise<Postgres>): Promise<Postgres> {
  const server = await started;
  servers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
});

const rows = (server: Postgres): number => server.sql<{ n: number }>('SELECT count(*) AS n FROM t')[0]!.n;

postgresTest('survives kill -9 with what was committed', async () => {
  const server = await track(Postgres.start());
  server.psql('CREATE TABLE t (n int); INSERT INTO t VALUES (1);');
  await server.kill();
  await expect(Promise.resolve().then(() => rows(server))).rejects.toThrow();
  await server.start();
  expect(rows(server)).toBe(1);
});

postgresTest('the role of the product is no superuser and owns its database', async () => {
  const server = await track(Postgres.start({ max_connections: 21 }));
  expect(server.sql('SELECT rolsuper FROM pg_roles WHERE rolname = $$kolabpad$$')).toEqual([{ rolsuper: false }]);
  expect(server.sql('SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $$kolabpad$$')).toEqual([
    { owner: 'kolabpad' },
  ]);
  expect(server.psql('SHOW max_connections').trim()).toBe('21');
});

postgresTest('a synchronous replica has what was answered, and becomes a primary', async () => {
  const primary = await track(Postgres.start());
  const replica = await track(Postgres.startReplica(primary, 'two'));
  primary.set('synchronous_standby_names', 'two');
  await until('the replica to be synchronous', () => primary.psql('SELECT sync_state FROM pg_stat_replication').trim() === 'sync');
  primary.psql('CREATE TABLE t (n int); INSERT INTO t VALUES (1);');
  await primary.kill();
  replica.promote();
  expect(rows(replica)).toBe(1);
  replica.psql('INSERT INTO t VALUES (2)');
  expect(rows(replica)).toBe(2);
});

postgresTest('a commit waits for a replica that is required and away', async () => {
  const primary = await track(Postgres.start());
  primary.psql('CREATE TABLE t (n int)');
  primary.set('synchronous_standby_names', 'two');
  await until('the setting', () => primary.psql('SHOW synchronous_standby_names').trim() === 'two');
  const insert = primary.psqlInBackground('INSERT INTO t VALUES (1)');
  await until('the commit to wait', () => primary.psql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'").trim() === '1');
  expect(rows(primary)).toBe(0);
  primary.set('synchronous_standby_names', '');
  await insert;
  expect(rows(primary)).toBe(1);
});

postgresTest('a proxy in front of it loses an answer that was given', async () => {
  const server = await track(Postgres.start());
  server.psql('CREATE TABLE t (n int)');
  const proxy = await PgProxy.start(server.port);
  const through = Postgres.at(proxy.port);
  await proxy.say('cut before-answer INSERT INTO t');
  expect(() => through.psql('INSERT INTO t VALUES (1)')).toThrow();
  expect(await proxy.say('')).toBe(1);
  expect(rows(server)).toBe(1);
  await expect(proxy.say('cut nowhere INSERT')).rejects.toThrow('does not understand');
  await proxy.dispose();
});
