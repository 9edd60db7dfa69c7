// Packets vanish between the machines of several servers, their PostgreSQL and its standby,
// in one direction or both, for less than a lease and for more: what anybody was told is
// saved is in the text, once, and nobody is moved who can be served where he is.
import { describe, expect, test } from 'vitest';
import { Lan, whyNoNamespaces } from './support/network_namespace.ts';
import { checkTables, ownerOf, startNode, startPostgres, startSynchronousReplica } from './support/nodes.ts';
import type { Postgres } from './support/postgres.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { freePort, freshId } from './support/server.ts';
import { sleep, until } from './support/wait.ts';
import { Writer, check } from './support/writer.ts';

type Name = 'one' | 'two' | 'db' | 'standby';

const missing = whyNoPostgres() ?? whyNoNamespaces();
const title = `packets vanish between machines${missing === null ? '' : ` (skipped: ${missing})`}`;
const LESS_MS = 1_000;
const MORE_MS = 7_000;

type Scene = { lan: Lan<Name>; postgres: Postgres; one: Server; two: Server; id: string; alice: Writer };

/** Alice writes at the first server, which has the pad. */
async function scene(): Promise<Scene> {
  const lan = Lan.lay<Name>('one', 'two', 'db', 'standby');
  const postgres = await startPostgres({}, lan.machine('db'));
  const start = async (name: Name): Promise<Server> => {
    const PORT = await freePort();
    await lan.open(name, PORT);
    return startNode(postgres.url, { PORT, HOST: '0.0.0.0' }, lan.machine(name));
  };
  const [one, two] = [await start('one'), await start('two')];
  const id = freshId();
  await one.text(id, '').catch(() => undefined);
  const alice = new Writer('alice', id, () => one);
  await alice.writes(10);
  expect(ownerOf(postgres, id)).toBe(one.port);
  return { lan, postgres, one, two, id, alice };
}

/** All that was begun is there once, and both servers say the same. */
async function settle({ postgres, one, two, id, alice }: Scene, ...others: Writer[]): Promise<void> {
  const writers = [alice, ...others];
  await Promise.all(writers.map((writer) => writer.finish()));
  for (const server of [one, two]) {
    check(await until('a text', () => server.text(id).catch(() => undefined)), writers);
    expect(server.log).not.toMatch(/document_conflict/);
  }
  checkTables(postgres);
}

const deaths = (postgres: Postgres): number => postgres.sql('SELECT 1 FROM kp_nodes WHERE dead_at IS NOT NULL').length;

const WAYS: [title: string, ways: [from: Name, to: Name][]][] = [
  ['in both directions', [['one', 'db'], ['db', 'one']]],
  ['what the server says', [['one', 'db']]],
  ['what the database says', [['db', 'one']]],
];

describe.skipIf(missing !== null)(title, { timeout: 180_000 }, () => {
  test('between a server and the database, for less than a lease: nothing moves', async () => {
    const all = await scene();
    const { lan, postgres, one, id, alice } = all;
    lan.swallow('one', 'db');
    lan.swallow('db', 'one');
    await sleep(LESS_MS);
    lan.heal();
    await alice.writes(10);
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(deaths(postgres)).toBe(0);
    await settle(all);
  });

  test.each(WAYS)('between a server and the database, for more than a lease, %s: the other one goes on with its pads', async (_, ways) => {
    const all = await scene();
    const { lan, postgres, one, two, id } = all;
    await sleep(2_500); // a judge has beaten steadily for a lease
    for (const [from, to] of ways) lan.swallow(from, to);
    const bob = new Writer('bob', id, () => two);
    await until('the other to have it', () => ownerOf(postgres, id) === two.port);
    await bob.writes(10);
    lan.heal();
    await one.logged(/node_dead/);
    await all.alice.writes(10); // through the first one, which passes her on
    expect(ownerOf(postgres, id)).toBe(two.port);
    await settle(all, bob);
  });

  test('between the servers, both of which have the database: nothing moves, and who comes to the wrong one is told to come again', async () => {
    const all = await scene();
    const { lan, postgres, one, two, id, alice } = all;
    lan.swallow('two', 'one');
    lan.swallow('one', 'two');
    await alice.writes(10);
    expect(await until('an answer', () => two.get(`/api/text/${id}`))).toMatchObject({ status: 503 });
    await sleep(MORE_MS);
    await alice.writes(10);
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(deaths(postgres)).toBe(0);
    lan.heal();
    const bob = new Writer('bob', id, () => two);
    await bob.writes(10);
    await settle(all, bob);
  });

  test('from one server to the other only: who is passed on comes again, and each edit is there once', async () => {
    const all = await scene();
    const { lan, postgres, one, two, id, alice } = all;
    const bob = new Writer('bob', id, () => two);
    await bob.writes(10);
    lan.swallow('one', 'two'); // his edits arrive, their echoes do not
    const { acknowledged } = bob;
    await alice.writes(10);
    await sleep(MORE_MS);
    expect(bob.acknowledged - acknowledged).toBeLessThanOrEqual(1);
    lan.heal();
    await bob.writes(10);
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(deaths(postgres)).toBe(0);
    await settle(all, bob);
  });

  test('between a server and everything else: it is one that has gone, until it is back', async () => {
    const all = await scene();
    const { lan, postgres, one, two, id, alice } = all;
    await sleep(2_500); // a judge has beaten steadily for a lease
    for (const other of ['db', 'two'] as const) {
      lan.swallow('one', other);
      lan.swallow(other, 'one');
    }
    const bob = new Writer('bob', id, () => two);
    await bob.writes(10);
    expect(ownerOf(postgres, id)).toBe(two.port);
    lan.heal();
    await one.logged(/node_dead/);
    await alice.writes(10);
    await settle(all, bob);
  });

  test.each([
    ['less', LESS_MS],
    ['more', MORE_MS],
  ])('between the database and its standby, for %s than a lease: commits wait, nobody is told, and nobody is thought dead', async (_, ms) => {
    const all = await scene();
    const { lan, postgres, one, two, id, alice } = all;
    await startSynchronousReplica(postgres, lan.machine('standby'));
    await alice.writes(10);
    lan.swallow('db', 'standby');
    lan.swallow('standby', 'db');
    await sleep(200); // what was confirmed before is told by now
    const { acknowledged } = alice;
    await sleep(ms);
    expect(alice.acknowledged - acknowledged).toBeLessThanOrEqual(1);
    lan.heal();
    await alice.writes(10);
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(deaths(postgres)).toBe(0);
    for (const { log } of [one, two]) expect(log).not.toMatch(/node_dead|Cut off from the database/);
    await settle(all);
  });

  test('between all servers and the database, for more than a lease, and healed for one of them first: nobody is moved', async () => {
    const all = await scene();
    const { lan, postgres, one, two, id, alice } = all;
    const bob = new Writer('bob', id, () => two); // passed on to the first one
    await bob.writes(10);
    for (const name of ['one', 'two'] as const) lan.swallow(name, 'db');
    await sleep(MORE_MS);
    lan.heal();
    lan.swallow('one', 'db');
    await sleep(2_500); // longer than a lease, too
    lan.heal();
    for (const writer of [alice, bob]) await writer.writes(10);
    await sleep(4_000); // whoever wanted to judge has had the time
    expect(ownerOf(postgres, id)).toBe(one.port);
    expect(deaths(postgres)).toBe(0);
    for (const { log } of [one, two]) expect(log).not.toMatch(/node_dead|Cut off from the database/);
    await settle(all, bob);
  });
});
