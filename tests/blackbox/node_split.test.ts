// Two PostgreSQL servers that both take writes: the one that was promoted, and the primary of
// before, which came back by itself or never went. Nobody writes to that one.
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
const title = `a former primary${missing === null ? '' : ` (skipped: ${missing})`}`;

const textAt = (server: Server, id: string): Promise<string> => until('the text', () => server.text(id).catch(() => undefined), 60_000);

/** All that a server could have written there. */
function written(postgres: Postgres): unknown {
  const count = (table: string): unknown => postgres.sql(`SELECT count(*), max(xmin::text::int8) AS latest FROM ${table}`);
  return ['kp_nodes', 'kp_lanes', 'kp_placement', 'kp_journal', 'kp_documents', 'kp_epochs'].map(count);
}

async function startReplica(primary: Postgres): Promise<Postgres> {
  const replica = await Postgres.startReplica(primary, 'two');
  onTestFinished(() => replica.dispose());
  return replica;
}

describe.skipIf(missing !== null)(title, { timeout: 240_000 }, () => {
  test.each([
    ['every commit waited for the standby, and waits for it again', true],
    ['no commit waits for anybody', false],
  ])('comes back alone; %s', async (_, isSynchronous) => {
    const primary = await startPostgres();
    const replica = await (isSynchronous ? startSynchronousReplica(primary) : startReplica(primary));
    const url = Postgres.urlOf(primary, replica);
    const one = await startNode(url);
    const id = freshId();
    const alice = new Writer('alice', id, () => one);
    await alice.writes(10);
    await until('the standby to have the tables', () => replica.sql('SELECT 1 FROM kp_journal').length > 0);
    await primary.kill();
    replica.promote();
    if (isSynchronous) replica.set('synchronous_standby_names', '');
    await alice.writes(10);
    // some of those before it went with the primary where no commit waits for the standby
    const last = `<alice.${alice.acknowledged - 1}>`;
    await primary.start();
    const before = written(primary);

    // one that starts now, and one whose connections break, ask the former primary first
    const two = await startNode(url);
    expect(await textAt(two, id)).toContain(last);
    const bob = new Writer('bob', freshId(), () => two);
    await bob.writes(10);
    replica.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kolabpad'");
    for (const writer of [alice, bob]) await writer.writes(10);
    await two.logged(/database_former_primary/);

    // the former primary alone is no database, for whoever knows of the other
    await replica.stop();
    await sleep(3_000);
    const told = [alice.acknowledged, bob.acknowledged];
    await sleep(3_000);
    expect([alice.acknowledged, bob.acknowledged]).toEqual(told);
    expect((await one.get('/api/health')).text).not.toContain('"database":"ok"');
    await replica.start();
    for (const writer of [alice, bob]) await writer.writes(10);
    await Promise.all([alice.finish(), bob.finish()]);
    for (const server of [one, two]) {
      const text = await textAt(server, id);
      // where no commit waits for the standby, what it had not got yet went with the primary, and a pad may be read anew
      if (!isSynchronous) expect(text).toContain(`<alice.${alice.acknowledged - 1}>`);
      else check(text, [alice]);
      if (isSynchronous) expect(server.log).not.toMatch(/document_conflict/);
    }
    expect(written(primary)).toEqual(before);
    checkTables(replica);
  });

  test('never went away, while the other was promoted: all go over to that one', async () => {
    const primary = await startPostgres();
    const replica = await startReplica(primary);
    const url = Postgres.urlOf(primary, replica);
    const [one, two] = [await startNode(url), await startNode(url)];
    const id = freshId();
    const alice = await v2(one, id);
    await alice.type('both have this');
    await until('the standby to have it', () => replica.sql(`SELECT 1 FROM kp_journal WHERE document_id = '${id}'`).length > 0);
    replica.promote();
    await one.logged(/database_former_primary/);
    await two.logged(/database_former_primary/);
    const before = written(primary);
    const bob = await until('a server that serves', () => v2(two, id).catch(() => undefined), 60_000);
    expect(bob.text).toMatch(/^both have this/);
    await bob.type('; it goes on');
    for (const server of [one, two]) expect(await textAt(server, id)).toMatch(/; it goes on$/);
    await until('an owner', () => ownerOf(replica, id) !== undefined);
    expect(written(primary)).toEqual(before);
    checkTables(replica);
  });

  test('is what an address leads to again that led to the new one', async () => {
    const primary = await startPostgres();
    const replica = await startReplica(primary);
    const line = await PgProxy.start(primary.port);
    onTestFinished(() => line.dispose());
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${line.port}/kolabpad`);
    const id = freshId();
    const alice = new Writer('alice', id, () => server);
    await alice.writes(10);
    await until('the standby to have it', () => replica.sql('SELECT 1 FROM kp_journal').length > 0);
    await line.say('down');
    await sleep(500); // what is under way gets there
    replica.promote();
    await line.say(`upstream ${replica.port}`);
    await line.say('up');
    await alice.writes(10);
    const before = written(primary);
    await line.say('down');
    await line.say(`upstream ${primary.port}`);
    await line.say('up');
    await server.logged(/former primary/);
    await sleep(2_000);
    expect(written(primary)).toEqual(before);
    await line.say('down');
    await line.say(`upstream ${replica.port}`);
    await line.say('up');
    await alice.writes(10);
    await alice.finish();
    check(await textAt(server, id), [alice]);
    checkTables(replica);
  });
});
