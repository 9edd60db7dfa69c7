// The address in DATABASE_URL comes to lead to another database: a name that moved, a proxy that was set
// up wrongly, an empty server in the place of the full one. Nothing is written there and nothing is read,
// and when the address leads back, all goes on.
import { describe, expect, onTestFinished, test } from 'vitest';
import { v2 } from './support/clients.ts';
import { checkTables, ownerOf, startNode, startPostgres } from './support/nodes.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

const missing = whyNoPostgres();
const title = `another database where ours was${missing === null ? '' : ` (skipped: ${missing})`}`;

/** Longer than two leases, after which servers that had found their database would judge one another. */
const LONG_MS = 6_000;

/** What any server could have written there; empty where there are no tables. */
function written(postgres: Postgres): string {
  const tables = postgres.sql<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname LIKE 'kp\\_%' ORDER BY 1");
  return tables.map(({ name }) => `${name} ${JSON.stringify(postgres.sql(`SELECT count(*), max(xmin::text::int8) AS latest FROM ${name}`))}`).join('\n');
}

type Line = { proxy: PgProxy; url: string; leadTo(postgres: Postgres): Promise<void> };

/** An address that can be led to another PostgreSQL. */
async function lineTo(postgres: Postgres): Promise<Line> {
  const proxy = await PgProxy.start(postgres.port);
  onTestFinished(() => proxy.dispose());
  const leadTo = async ({ port }: Postgres): Promise<void> => {
    await proxy.say('down');
    await proxy.say(`upstream ${port}`);
    await proxy.say('up');
  };
  return { proxy, url: `postgres://kolabpad@127.0.0.1:${proxy.port}/kolabpad`, leadTo };
}

/** Without the witness, which would be in a dump. */
async function startUnwatched(): Promise<Postgres> {
  const postgres = await Postgres.start();
  onTestFinished(() => postgres.dispose());
  return postgres;
}

/** A cluster of its own, with a pad of that name; its server has stopped. */
async function anotherCluster(id: string): Promise<Postgres> {
  const postgres = await startPostgres();
  const server = await startNode(postgres.url);
  const stranger = await v2(server, id);
  await stranger.type('of somebody else');
  await stranger.close();
  await server.stop();
  return postgres;
}

const told = (server: Server): number => server.log.match(/database_replaced /g)?.length ?? 0;
const textAt = (server: Server, id: string): Promise<string> => until('the text', () => server.text(id).catch(() => undefined), 60_000);

describe.skipIf(missing !== null)(title, { timeout: 180_000 }, () => {
  test.each([
    ['of other servers', (id: string) => anotherCluster(id)],
    ['that is empty', () => startPostgres()],
  ])('one %s', async (_, theirs) => {
    const id = freshId();
    const [ours, other] = [await startPostgres(), await theirs(id)];
    const line = await lineTo(ours);
    const servers = [await startNode(line.url), await startNode(line.url)];
    const [one, two] = servers as [Server, Server];
    const alice = new Writer('alice', id, () => one);
    await alice.writes(10);
    const bob = new Writer('bob', id, () => two);
    await bob.writes(10);
    expect(ownerOf(ours, id)).toBe(one.port);

    const before = written(other);
    await line.leadTo(other);
    for (const server of servers) await server.logged(/error: database_replaced what="the database at 127\.0\.0\.1 port \d+ /);
    const acknowledged = [alice.acknowledged, bob.acknowledged];
    await sleep(LONG_MS);
    expect([alice.acknowledged, bob.acknowledged]).toEqual(acknowledged);
    expect(written(other)).toBe(before);
    for (const server of servers) {
      expect((await server.get('/api/health')).text).not.toContain('"database":"ok"');
      expect(told(server)).toBe(1);
    }

    await line.leadTo(ours);
    for (const writer of [alice, bob]) await writer.writes(10);
    await Promise.all([alice.finish(), bob.finish()]);
    for (const server of servers) {
      check(await textAt(server, id), [alice, bob]);
      expect(server.log).not.toMatch(/node_dead|document_conflict/);
      await server.logged(/info: database_reached/);
    }
    expect(ownerOf(ours, id)).toBe(one.port);
    expect(written(other)).toBe(before);
    checkTables(ours);
  });

  test('one of other servers, for one server alone: it is declared dead, and begins anew in its own', async () => {
    const id = freshId();
    const [ours, other] = [await startPostgres(), await anotherCluster(id)];
    const line = await lineTo(ours);
    const [one, two] = [await startNode(line.url), await startNode(ours.url)];
    const alice = new Writer('alice', id, () => one);
    await alice.writes(10);
    expect(ownerOf(ours, id)).toBe(one.port);
    const before = written(other);
    await line.leadTo(other);
    const bob = new Writer('bob', id, () => two);
    await bob.writes(10);
    expect(ownerOf(ours, id)).toBe(two.port);
    await one.logged(/database_replaced/);
    await line.leadTo(ours);
    await one.logged(/node_dead/);
    await alice.writes(10);
    await Promise.all([alice.finish(), bob.finish()]);
    for (const server of [one, two]) check(await textAt(server, id), [alice, bob]);
    expect(written(other)).toBe(before);
    checkTables(ours);
  });

  test('one of other servers, which is another host of the URL: it is told of, and not used when ours is away', async () => {
    const id = freshId();
    const [ours, other] = [await startPostgres(), await anotherCluster(id)];
    const server = await startNode(`postgres://kolabpad@127.0.0.1:${ours.port},127.0.0.1:${other.port}/kolabpad`);
    const alice = new Writer('alice', id, () => server);
    await alice.writes(10);
    await server.logged(/database_replaced/);
    const before = written(other);
    await ours.stop();
    await sleep(LONG_MS);
    expect(written(other)).toBe(before);
    await ours.start();
    await alice.writes(10);
    await alice.finish();
    check(await textAt(server, id), [alice]);
    checkTables(ours);
  });

  test('a restored copy of ours is ours', async () => {
    const id = freshId();
    const [ours, copy] = [await startUnwatched(), await startUnwatched()];
    const line = await lineTo(ours);
    const server = await startNode(line.url);
    const alice = await v2(server, id);
    await alice.type('in the copy too');
    await line.proxy.say('down');
    copy.psql(ours.dump());
    await line.leadTo(copy);
    expect(await textAt(server, id)).toBe('in the copy too');
    expect(server.log).not.toMatch(/database_replaced/);
    const again = await until('a server that serves', () => v2(server, id).catch(() => undefined), 60_000);
    await again.type(', and on');
    expect(copy.sql(`SELECT 1 FROM kp_journal WHERE document_id = '${id}'`).length).toBeGreaterThan(0);
  });
});
