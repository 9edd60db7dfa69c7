// Several servers on one PostgreSQL, and what becomes of pads when one of them dies, is
// thought dead, or the database does: what anybody was told is saved is in the text, once.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { checkTables, ownerOf, startNode, startPostgres, startSynchronousReplica } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

const missing = whyNoPostgres();
const title = `a server dies${missing === null ? '' : ` (skipped: ${missing})`}`;

/** A balancer that sends each attempt to the next one. */
function roundRobin(servers: readonly Server[]): () => Server {
  let next = 0;
  return () => servers[next++ % servers.length]!;
}

/** All that the writers began is there once, and whoever is asked says the same. */
async function settle(postgres: Postgres, id: string, servers: readonly Server[], writers: readonly Writer[]): Promise<void> {
  await Promise.all(writers.map((writer) => writer.finish()));
  for (const server of servers) check(await until('a text', () => server.text(id).catch(() => undefined)), writers);
  checkTables(postgres);
}

const conflicts = (servers: readonly Server[]): number => servers.filter(({ log }) => /document_conflict/.test(log)).length;

describe.skipIf(missing !== null)(title, () => {
  test('one that stands still longer than its lease wakes up as somebody else', async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    const alice = new Writer('alice', id, () => one);
    await alice.writes(20);
    expect(ownerOf(postgres, id)).toBe(one.port);

    one.signal('SIGSTOP');
    await until('the other to have the pad', () => ownerOf(postgres, id) !== one.port);
    const bob = new Writer('bob', id, () => two);
    await bob.writes(20);
    expect(ownerOf(postgres, id)).toBe(two.port);
    one.signal('SIGCONT');
    await one.logged(/node_dead/);
    await one.logged(/beginning anew/);
    await alice.writes(20);
    await settle(postgres, id, [one, two], [alice, bob]);
    expect(conflicts([one, two])).toBe(0);
    expect(ownerOf(postgres, id)).toBe(two.port);
  });

  test('three of them stand still again and again, at any moment', async () => {
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url), await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    const writers = ['ann', 'ben', 'cid', 'dot'].map((name) => new Writer(name, id, roundRobin(servers), 1));
    for (let round = 0; round < 6; round++) {
      const server = servers[round % 3]!;
      await sleep(500 + Math.random() * 500);
      server.signal('SIGSTOP');
      await sleep(round % 2 === 0 ? 4_500 : 1_000);
      server.signal('SIGCONT');
    }
    await settle(postgres, id, servers, writers);
    expect(conflicts(servers)).toBe(0);
  });

  test('after kill -9 another one goes on with it, before the lease is over', async () => {
    const postgres = await startPostgres();
    const settings = { CLUSTER_LEASE_SECONDS: 10 };
    const [one, two] = [await startNode(postgres.url, settings), await startNode(postgres.url, settings)];
    const id = freshId();
    const alice = new Writer('alice', id, roundRobin([one, two]));
    await alice.writes(20);
    expect(ownerOf(postgres, id)).toBe(one.port);
    await sleep(11_000); // a judge has beaten steadily for a lease
    const before = Date.now();
    await one.kill();
    await until('the other to have it', () => ownerOf(postgres, id) === two.port);
    expect(Date.now() - before).toBeLessThan(8_000);
    await alice.writes(1);
    await settle(postgres, id, [two], [alice]);
  });

  test('the postmaster is killed and comes back: nobody is declared dead', async () => {
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    const writers = ['alice', 'bob'].map((name) => new Writer(name, id, roundRobin(servers)));
    for (const writer of writers) await writer.writes(20);
    const owner = ownerOf(postgres, id);
    await postgres.kill();
    await sleep(3_000);
    await postgres.start();
    for (const writer of writers) await writer.writes(20);
    await settle(postgres, id, servers, writers);
    expect(ownerOf(postgres, id)).toBe(owner);
    for (const { log } of servers) expect(log).not.toMatch(/node_dead|document_conflict/);
  });

  test('its sessions in the database are terminated and cancelled at any moment', async () => {
    const postgres = await startPostgres();
    const servers = [await startNode(postgres.url), await startNode(postgres.url)];
    const id = freshId();
    const writers = ['alice', 'bob', 'carl'].map((name) => new Writer(name, id, roundRobin(servers), 1));
    for (const writer of writers) await writer.writes(10);
    for (let i = 0; i < 40; i++) {
      const how = i % 2 === 0 ? 'pg_terminate_backend' : 'pg_cancel_backend';
      postgres.psql(`SELECT ${how}(pid) FROM pg_stat_activity WHERE usename = 'kolabpad' AND random() < 0.5`);
      await sleep(Math.random() * 100);
    }
    for (const writer of writers) await writer.writes(10);
    await settle(postgres, id, servers, writers);
    expect(conflicts(servers)).toBe(0);
  });

  test('the primary is lost and its standby takes over: what was told is there', async () => {
    const primary = await startPostgres();
    const replica = await startSynchronousReplica(primary);
    const url = Postgres.urlOf(primary, replica);
    const servers = [await startNode(url), await startNode(url)];
    const id = freshId();
    const writers = ['alice', 'bob', 'carl'].map((name) => new Writer(name, id, roundRobin(servers), 1));
    for (const writer of writers) await writer.writes(30);
    await primary.kill();
    replica.promote();
    replica.set('synchronous_standby_names', '');
    for (const writer of writers) await writer.writes(30);
    await settle(replica, id, servers, writers);
    expect(conflicts(servers)).toBe(0);
  });

  test('its standby stands still: commits wait, and nobody is thought dead', async () => {
    const primary = await startPostgres();
    const replica = await startSynchronousReplica(primary);
    const servers = [await startNode(primary.url), await startNode(primary.url)];
    const id = freshId();
    const alice = new Writer('alice', id, () => servers[0]!);
    await alice.writes(20);
    await replica.stop();
    const { acknowledged } = alice;
    await sleep(14_000); // longer than a lane may be silent
    expect(alice.acknowledged - acknowledged).toBeLessThanOrEqual(1);
    for (const { log } of servers) expect(log).not.toMatch(/node_dead/);
    await replica.start();
    await alice.writes(20);
    await settle(primary, id, servers, [alice]);
  });

  test('one that stands still in the middle of a pipeline does not keep its pads locked', async () => {
    const postgres = await startPostgres();
    const line = await PgProxy.start(postgres.port);
    onTestFinished(() => line.dispose());
    const settings = { KP_TEST_PERSIST_CHECK_MS: 40, KP_TEST_IDLE_PERSIST_MS: 60 };
    const one = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`, settings);
    const two = await startNode(postgres.url);
    const id = freshId();
    const alice = new Writer('alice', id, roundRobin([one, two]), 150); // in whose pauses the text is written
    await alice.writes(10);
    expect(ownerOf(postgres, id)).toBe(one.port);
    await sleep(2_500); // a judge has beaten steadily
    // its row of the fence is locked, and what would end the transaction never comes
    await line.sayAndWait('hold before INSERT INTO kp_documents');
    one.signal('SIGSTOP');
    await until('the other to have it', () => ownerOf(postgres, id) === two.port);
    await alice.writes(20);
    await line.say('forget');
    one.signal('SIGCONT');
    await one.logged(/beginning anew/);
    await settle(postgres, id, [one, two], [alice]);
  });

  test('a standby takes over that lacks what was told: it is noticed, and nothing is spliced', async () => {
    const primary = await startPostgres();
    const replica = await Postgres.startReplica(primary, 'two'); // nobody waits for it
    onTestFinished(() => replica.dispose());
    const url = Postgres.urlOf(primary, replica);
    const [one, two] = [await startNode(url), await startNode(url)];
    const id = freshId();
    const alice = await v2(one, id);
    await alice.type('both have this');
    await until('the standby to have it', () => replica.sql(`SELECT 1 FROM kp_journal WHERE document_id = '${id}'`).length > 0);
    await replica.stop();
    await alice.type(', and the primary alone has this');
    await primary.kill();
    await replica.start();
    replica.promote();
    alice.insert('!'); // follows what is not there any more
    await alice.until('the end', () => alice.closed !== undefined).catch(() => undefined);
    expect(alice.closed?.code).toBe(1001);
    await until('the text', () => two.text(id).catch(() => undefined));
    expect(conflicts([one, two])).toBe(1);
    for (const server of [one, two]) expect(await until('the text', () => server.text(id).catch(() => undefined))).toMatch(/^both have this/);
    checkTables(replica);
    const bob = await until('a server', () => v2(two, id).catch(() => undefined));
    await bob.type('; it goes on');
    expect(await until('the text', () => one.text(id).catch(() => undefined))).toMatch(/; it goes on$/);
  });

  test('SIGTERM gives its pads to the others before its people come to them', async () => {
    const postgres = await startPostgres();
    const [one, two] = [await startNode(postgres.url), await startNode(postgres.url)];
    const ids = Array.from({ length: 20 }, () => freshId());
    const people = await Promise.all(ids.map((id) => v2(one, id)));
    await Promise.all(people.map((person) => person.type('written at the first')));
    const moved = Promise.all(
      people.map(async (person, i) => {
        await person.until('the end', () => person.closed !== undefined).catch(() => undefined);
        expect(person.closed?.code).toBe(1001);
        const again = await v2(two, ids[i]!, { tab: person.tab });
        expect(again.welcome).toMatchObject({ resumed: true });
        expect(again.text).toBe('written at the first');
      }),
    );
    expect((await one.stop()).code).toBe(0);
    await moved;
    expect(ids.map((id) => ownerOf(postgres, id))).toEqual(ids.map(() => two.port));
  });
});

