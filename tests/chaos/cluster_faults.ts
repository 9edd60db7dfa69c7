// cluster_faults.ts - what goes wrong with several servers on one PostgreSQL, one row
// each: with their processes, with the database, and with the network between all of them.
// One of each of these happens at a time, so that any of the one meets any of the other.
import type { Random } from '../../frontend/src/testing/random.ts';
import { sleep } from '../blackbox/support/wait.ts';
import type { Cluster } from './cluster.ts';
import type { Fault } from './faults.ts';
import { always, meanwhile } from './faults.ts';
import type { Node } from './node.ts';
import type { World } from './world.ts';

type Of<What> = (what: What, random: Random, cluster: Cluster) => Promise<void>;

const withStandby: Fault['isPossible'] = (settings) => settings['STANDBY'] !== undefined;

type Run = (cluster: Cluster, random: Random) => Promise<void>;

function row(turn: string, name: string, what: string, weight: number, isPossible: Fault['isPossible'], run: Run): Fault<Cluster> {
  return { name, what, weight, turn, isPossible, run: ({ site }: World<Cluster>, random) => run(site, random) };
}

/** About one server, more often than not one that has pads. */
const ofOne = (turn: string) => (name: string, what: string, weight: number, run: Of<Node>): Fault<Cluster> =>
  row(turn, name, what, weight, always, (cluster, random) => {
    const node = random.chance(70) ? cluster.owner(random) : random.pick(cluster.nodes);
    return run(node, random, cluster);
  });

const ofProcess = ofOne('processes');
const ofRoad = ofOne('roads');

const ofDatabase = (name: string, what: string, weight: number, run: Run, isPossible: Fault['isPossible'] = always): Fault<Cluster> =>
  row('database', name, what, weight, isPossible, run);

const LEASE_MS = 2000;
/** What servers say to PostgreSQL. */
const APPEND = 'INSERT INTO kp_journal';
const STATEMENTS = [APPEND, APPEND, 'INSERT INTO kp_placement', 'kp_lanes', 'kp_documents', 'kp_beats', 'kp_nodes'];
const STALLS = ['stall', 'stall requests', 'stall answers'];
const PLACES = ['before', 'within', 'after', 'before-answer', 'within-answer'];

/** For so long that rule holds for what the server says to PostgreSQL. */
const underRule = ({ database }: Node, rule: string, ms: number): Promise<void> =>
  meanwhile(() => database.say(rule), ms, () => database.say('forget'));

/** Than a lease, and so much that it makes a difference. */
const lessOrMore = (random: Random): number => random.pick([random.between(200, 1500), random.between(LEASE_MS, 4 * LEASE_MS)]);

async function sqlIfThere({ postgres }: Cluster, statement: string): Promise<void> {
  try {
    postgres.psql(statement);
  } catch {
    // it is away
  }
}

export const CLUSTER_FAULTS: readonly Fault<Cluster>[] = [
  // ---- processes
  ofProcess('another node takes over', 'a server is killed, and is away for a while', 8, (node, random) =>
    node.restart('SIGKILL', () => sleep(random.pick([0, random.between(100, 1500), random.between(2000, 5000)])))),
  row('processes', 'all killed', 'all servers are killed at once, and started one after the other', 2, always, async ({ nodes }) => {
    await Promise.all(nodes.map((node) => node.end('SIGKILL')));
    for (const node of nodes) await node.start();
  }),
  ofProcess('SIGTERM', 'a server is asked to stop, and started again', 5, (node, random) => node.restart('SIGTERM', () => sleep(random.between(0, 1500)))),
  row('processes', 'rolling restart', 'one server after the other is asked to stop and started again', 3, always, async ({ nodes }) => {
    for (const node of nodes) await node.restart('SIGTERM');
  }),
  ofProcess('stands still', 'a server stands still (SIGSTOP), for less than its lease', 4, (node, random) => node.standStill(random.between(100, LEASE_MS - 500))),
  ofProcess('owner stands still', 'a server stands still for longer than its lease, then goes on', 7, (node, random) =>
    node.standStill(random.between(LEASE_MS, 3 * LEASE_MS))),
  ofProcess('clock', 'the wall clock of a server jumps, forwards or back', 2, async ({ io }, random) =>
    io.clock(random.pick([-86_400_000, -3_600_000, -5000, 5000, 3_600_000, 86_400_000]))),

  // ---- the database
  ofDatabase('database killed', 'kill -9 of the postmaster, and it is away for a while', 3, async ({ postgres }, random) => {
    await postgres.kill();
    await sleep(random.pick([0, random.between(100, 1500), random.between(2000, 5000)]));
    await postgres.start();
  }),
  ofDatabase('database restarts', 'PostgreSQL is stopped and started', 3, async ({ postgres }) => {
    await postgres.stop();
    await postgres.start();
  }),
  ofDatabase('backend terminated', 'sessions of the servers are terminated, at random', 4, (cluster) =>
    sqlIfThere(cluster, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kolabpad' AND random() < 0.5")),
  ofDatabase('backend cancelled', 'statements of the servers are cancelled, at random', 4, async (cluster, random) => {
    for (let i = 0; i < 10; i++) {
      await sqlIfThere(cluster, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'kolabpad' AND random() < 0.5");
      await sleep(random.between(0, 100));
    }
  }),
  ofDatabase('standby away', 'the standby is stopped, so commits wait, then it is back', 3, async ({ standby }, random) => {
    if (standby === undefined) return;
    await standby.stop();
    await sleep(random.between(100, 5000));
    await standby.start();
  }, withStandby),
  ofDatabase('standby cut off', 'nothing reaches the standby, and nobody is told, so commits wait', 3, async ({ standby }, random) => {
    const [receiver] = standby?.sql<{ pid: number }>('SELECT pid FROM pg_stat_wal_receiver') ?? [];
    if (receiver === undefined) return;
    process.kill(receiver.pid, 'SIGSTOP');
    await sleep(lessOrMore(random));
    process.kill(receiver.pid, 'SIGCONT');
  }, withStandby),
  ofDatabase('database fails over', 'the primary is lost, and its standby takes its place', 2, (cluster, random) =>
    cluster.failOver(random.between(0, 3000)), withStandby),

  // ---- what a server says to the database
  ofRoad('stands still in mid-append', 'what a server says, or is told, stands still around an append', 6, (node, random) =>
    underRule(node, `hold ${random.pick(PLACES)} ${APPEND}`, lessOrMore(random))),
  ofRoad('connection to the database cut', 'a connection ends around a statement', 6, async (node, random) => {
    for (let i = random.between(1, 4); i > 0; i--)
      await underRule(node, `cut ${random.pick(PLACES)} ${random.pick(STATEMENTS)}`, random.between(50, 700));
  }),
  ofRoad('database slow', 'each append takes longer', 3, (node, random) =>
    underRule(node, `always delay ${random.between(20, 800)} ${random.pick(PLACES)} ${APPEND}`, random.between(300, 3000))),
  ofRoad('statements refused', 'PostgreSQL is full, or a standby, or stopping, for one server', 4, (node, random) =>
    underRule(node, `always refuse ${random.pick(['53100', '25006', '57P01', '57P03', '40001', '40P01'])} ${random.pick(STATEMENTS)}`, random.between(100, 3000))),
  ofRoad('commit unconfirmed', 'the wait for the standby is cancelled: a warning before the answer', 3, (node, random) =>
    underRule(node, `${random.pick(['', 'always '])}warn 01000 ${APPEND}`, random.between(100, 1500))),
  ofRoad('cut off from the database', 'a server cannot reach PostgreSQL, in one direction or both, and is not told', 5, ({ database }, random) =>
    meanwhile(() => database.say(random.pick(STALLS)), lessOrMore(random), () => database.say('go'))),
  row('roads', 'all cut off from the database', 'no server can reach PostgreSQL; they find it again one after the other', 3, always, async ({ nodes }, random) => {
    await Promise.all(nodes.map(({ database }) => database.say('stall')));
    await sleep(random.between(LEASE_MS, 4 * LEASE_MS));
    for (const { database } of nodes) {
      await database.say('go');
      await sleep(random.between(0, LEASE_MS));
    }
  }),
  ofRoad('refused by the database', 'a server cannot reach PostgreSQL, and is told', 4, ({ database }, random) =>
    meanwhile(() => database.say('down'), lessOrMore(random), () => database.say('up'))),

  // ---- between servers
  ofRoad('tunnel cut', 'all connections from other servers to one end', 4, async ({ road }) => road.cut()),
  ofRoad('tunnel cut within a message', 'a connection from another server ends in the middle of a message', 4, async ({ road }, random) => {
    if (random.chance(50)) road.up.cutAfterBytes = random.below(300);
    else road.down.cutAfterBytes = random.below(2000);
  }),
  ofRoad('tunnel drips', 'bytes between servers arrive one by one, or late', 3, ({ road }, random) =>
    meanwhile(
      () => {
        if (random.chance(50)) road.up.drips = road.down.drips = true;
        else road.up.delayMs = road.down.delayMs = random.between(20, 500);
      },
      random.between(200, 2000),
      () => road.heal(),
    )),
  ofRoad('partition', 'the others cannot reach a server, in one direction or both, and nobody is told', 6, async ({ road }, random) => {
    for (const way of random.pick<('up' | 'down')[]>([['up'], ['down'], ['up', 'down']])) road[way].swallows = true;
    await sleep(random.between(200, 6000));
    road.heal();
    if (random.chance(50)) road.cut();
  }),
  ofRoad('isolated', 'a server can reach neither PostgreSQL nor the others, and nobody is told', 5, async ({ database, road }, random) => {
    road.up.swallows = road.down.swallows = true;
    await meanwhile(() => database.say('stall'), lessOrMore(random), () => database.say('go'));
    road.heal();
    road.cut();
  }),
  ofRoad('unreachable', 'connections of the others to a server are ended at once', 3, ({ road }, random) =>
    meanwhile(() => road.unplug(), random.between(200, 4000), () => road.plug())),
];
