// faults.ts - everything that goes wrong, one row each: its name, whether it is
// about the server (those take turns), how often it comes, and how it is done.
// When is up to the plan.
import { sleep } from '../blackbox/support/wait.ts';
import { ERRNO } from './faulty_io.ts';
import type { Person } from './person.ts';
import type { Random } from '../../frontend/src/testing/random.ts';
import type { World } from './world.ts';

type Settings = Record<string, string | number>;

export type Fault = {
  name: string;
  what: string;
  weight: number;
  isOfServer: boolean;
  isPossible: (settings: Settings) => boolean;
  run: (world: World, random: Random) => Promise<void>;
};

const always = () => true;
/** lazy promises nothing about a server that is killed. */
const unlessLazy = (settings: Settings) => settings['DURABILITY'] !== 'lazy';
const withEviction = (settings: Settings) => settings['KP_TEST_MEMORY_RETENTION_MS'] !== undefined;

/** Something that happens to one person's network or client. */
function personal(name: string, what: string, weight: number, run: (person: Person, random: Random, world: World) => Promise<void>): Fault {
  return { name, what, weight, isOfServer: false, isPossible: always, run: (world, random) => run(random.pick(world.people), random, world) };
}

function ofServer(name: string, what: string, weight: number, isPossible: Fault['isPossible'], run: Fault['run']): Fault {
  return { name, what, weight, isOfServer: true, isPossible, run };
}

/** Sets something for a while. */
async function meanwhile(set: () => void, ms: number, unset: () => void): Promise<void> {
  set();
  await sleep(ms);
  unset();
}

/** Bytes vanish on some of the roads, then the connection is cut. */
async function swallowThenCut(person: Person, roads: ('up' | 'down')[], ms: number): Promise<void> {
  const { network } = person;
  for (const road of roads) network[road].swallows = true;
  await sleep(ms);
  network.heal();
  network.cut();
}

export const FAULTS: readonly Fault[] = [
  // ---- the network of one client
  personal('cut', 'the connection ends', 10, async ({ network }) => network.cut()),
  personal('cut before the edit', 'edits get lost on their way, then the connection ends', 8, (person, random) =>
    swallowThenCut(person, ['up'], random.between(20, 400))),
  personal('cut before the echo', 'edits arrive, their echoes get lost, then the connection ends', 8, (person, random) =>
    swallowThenCut(person, ['down'], random.between(20, 400))),
  personal('cut within a message up', 'the connection ends in the middle of what the client says', 5, async ({ network }, random) => {
    network.up.cutAfterBytes = random.below(200);
  }),
  personal('cut within a message down', 'the connection ends in the middle of what the server says', 5, async ({ network }, random) => {
    network.down.cutAfterBytes = random.below(1000);
  }),
  personal('delay', 'everything takes longer', 5, ({ network }, random) =>
    meanwhile(
      () => (network.up.delayMs = network.down.delayMs = random.between(20, 400)),
      random.between(300, 2000),
      () => network.heal(),
    )),
  personal('drip', 'bytes arrive one by one', 4, ({ network }, random) =>
    meanwhile(
      () => (network.up.drips = network.down.drips = true),
      random.between(200, 1500),
      () => network.heal(),
    )),
  personal('half open', 'nothing arrives any more and nobody is told', 5, async ({ network }, random) => {
    network.up.swallows = network.down.swallows = true;
    await sleep(random.between(200, 5000));
    network.heal();
  }),
  personal('offline', 'no network for a while, typing goes on', 6, ({ network }, random) =>
    meanwhile(() => network.unplug(), random.between(100, 3000), () => network.plug())),

  // ---- the client
  personal('frozen', 'the client stands still, longer than heartbeat and write time-out, then goes on', 5, (person, random) =>
    meanwhile(() => person.freeze(), random.between(300, 5000), () => person.thaw())),
  personal('crashed', 'the client dies and comes back with what it had written down', 5, async (person) => person.crash()),
  personal('gone', 'the client leaves for good, another comes', 2, (person, _random, world) => world.replace(person)),
  {
    name: 'everybody away',
    what: 'all clients are offline for longer than documents stay in memory',
    weight: 4,
    isOfServer: false,
    isPossible: withEviction,
    run: (world, random) => {
      const networks = world.people.map(({ network }) => network);
      return meanwhile(() => networks.forEach((each) => each.unplug()), random.between(300, 1500), () => networks.forEach((each) => each.plug()));
    },
  },

  // ---- the server
  ofServer('kill -9', 'the server is killed and started again', 8, unlessLazy, (world) => world.restart('SIGKILL')),
  ofServer('kill -9, late', 'the server is killed and away for a while', 3, unlessLazy, (world, random) =>
    world.restart('SIGKILL', () => sleep(random.between(100, 2500)))),
  ofServer('SIGTERM', 'the server is asked to stop and started again', 6, always, (world) => world.restart('SIGTERM')),
  ofServer('hand over', 'a second server waits for the database and takes it over', 4, always, (world, random) =>
    world.handOver(!world.isLazy && random.chance(50) ? 'SIGKILL' : 'SIGTERM', random.between(0, 600))),
  ofServer('stopped', 'the server stands still (SIGSTOP), then goes on', 3, always, (world, random) =>
    meanwhile(
      () => process.kill(world.server.pid, 'SIGSTOP'),
      random.between(200, 4000),
      () => process.kill(world.server.pid, 'SIGCONT'),
    )),
  ofServer('clock', 'the wall clock jumps, forwards or back', 3, always, async (world, random) =>
    world.io.clock(random.pick([-86_400_000, -3_600_000, -5000, 5000, 3_600_000, 86_400_000]))),

  // ---- the database
  ofServer('busy', 'another program holds the database (SQLITE_BUSY)', 4, always, (world, random) => world.lockDatabase(random.between(100, 3000))),
  ofServer('disk full', 'writes fail with ENOSPC for a while', 4, always, (world, random) =>
    meanwhile(() => world.io.disk({ writeErrno: ERRNO.ENOSPC, percent: 100 }), random.between(100, 2500), () => world.io.disk({}))),
  ofServer('disk errors', 'some writes and syncs fail with EIO, some of them half done', 4, always, (world, random) =>
    meanwhile(
      () => world.io.disk({ writeErrno: ERRNO.EIO, syncErrno: ERRNO.EIO, percent: random.pick([5, 30, 100]), torn: random.below(2) }),
      random.between(100, 2500),
      () => world.io.disk({}),
    )),
  ofServer('disk slow', 'each write and sync takes milliseconds longer', 3, always, (world, random) =>
    meanwhile(() => world.io.disk({ slowUs: random.pick([1000, 10_000, 50_000]) }), random.between(200, 2500), () => world.io.disk({}))),
  ofServer('kill -9 while the disk fails', 'the server is killed when it could not write', 3, unlessLazy, async (world, random) => {
    world.io.disk({ writeErrno: random.pick([ERRNO.EIO, ERRNO.ENOSPC]), percent: random.pick([30, 100]), torn: random.below(2) });
    await sleep(random.between(50, 1000));
    await world.restart('SIGKILL', () => world.io.disk({}));
  }),
  ofServer('backup', 'the database is replaced by a copy made earlier (the first time: the copy is made)', 3, unlessLazy, (world) => world.restoreBackup()),
];
