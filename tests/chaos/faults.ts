// faults.ts - everything that goes wrong, one row each: its name, whether it is
// about the server (those take turns), how often it comes, and how it is done.
// When is up to the plan.
import type { Random } from '../../frontend/src/testing/random.ts';
import { sleep } from '../blackbox/support/wait.ts';
import { ERRNO } from './faulty_io.ts';
import type { Person } from './person.ts';
import { Tab } from './tab.ts';
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

/** Something that happens to one tab with the client of today. */
function ofTab(name: string, what: string, weight: number, run: (tab: Tab, random: Random, world: World) => Promise<void>): Fault {
  return {
    ...personal(name, what, weight, async () => undefined),
    run: async (world, random) => {
      const tabs = world.people.filter((person) => person instanceof Tab);
      if (tabs.length > 0) await run(random.pick(tabs), random, world);
    },
  };
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

type Roads = ('up' | 'down')[];

/** Meanwhile bytes vanish on those roads; then the connection is cut. */
async function swallowThenCut({ network }: Person, roads: Roads, meanwhile: () => Promise<void>): Promise<void> {
  for (const road of roads) network[road].swallows = true;
  await meanwhile();
  network.heal();
  network.cut();
}

/** Something happens while, more often than not, what is typed does not arrive or its echoes do not: so there is
 * something unsent, and perhaps written down. */
async function amidTrouble(person: Person, random: Random, happens: () => Promise<void>): Promise<void> {
  const roads = random.pick<Roads>([[], ['up'], ['down'], ['up', 'down']]);
  if (roads.length === 0) return happens();
  await swallowThenCut(person, roads, async () => {
    await sleep(random.between(100, 1500));
    await happens();
    await sleep(random.between(0, 1000));
  });
}

export const FAULTS: readonly Fault[] = [
  // ---- the network of one client
  personal('cut', 'the connection ends', 10, async ({ network }) => network.cut()),
  personal('cut before the edit', 'edits get lost on their way, then the connection ends', 8, (person, random) =>
    swallowThenCut(person, ['up'], () => sleep(random.between(20, 400)))),
  personal('cut before the echo', 'edits arrive, their echoes get lost, then the connection ends', 8, (person, random) =>
    swallowThenCut(person, ['down'], () => sleep(random.between(20, 400)))),
  personal('cut within a message up', 'the connection ends in the middle of what the client says', 5, async ({ network }, random) => {
    network.up.cutAfterBytes = random.below(200);
  }),
  personal('cut within a message down', 'the connection ends in the middle of what the server says', 5, async ({ network }, random) => {
    network.down.cutAfterBytes = random.below(1000);
  }),
  personal('cut within the answer', 'offline for a while, and the next connection ends amid the answer to Hello', 5, async ({ network }, random) => {
    network.unplug();
    await sleep(random.between(0, 1500));
    network.down.cutAfterBytes = random.between(150, 4000);
    network.plug();
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
  personal('offline', 'no network for a while, and pages are told; typing goes on', 6, ({ network }, random, world) => {
    const tell = (state: 'online' | 'offline') => {
      for (const person of world.people) if (person instanceof Tab && person.network === network) person.networkIs(state);
    };
    return meanwhile(
      () => (network.unplug(), tell('offline')),
      random.between(100, 3000),
      () => (network.plug(), tell('online')),
    );
  }),

  // ---- the client
  personal('frozen', 'the client stands still, longer than heartbeat and write time-out, then goes on', 5, (person, random) =>
    meanwhile(() => person.freeze(), random.between(300, 5000), () => person.thaw())),
  personal('crashed', 'the browser dies with all of its tabs, and each comes back with what was written down', 7, (person, random, world) =>
    amidTrouble(person, random, () => world.crash(person))),
  personal('gone', 'the client leaves for good, another comes', 3, (person, random, world) =>
    amidTrouble(person, random, () => world.replace(person))),

  // ---- the page
  ofTab('reloaded', 'the page is loaded anew', 6, (tab, random) => amidTrouble(tab, random, () => tab.reload())),
  ofTab('killed', 'the process of a page dies, the browser lives on', 5, (tab, random) => amidTrouble(tab, random, () => tab.kill())),
  ofTab('closed', 'the tab is closed, and opened again after a while', 5, (tab, random) =>
    amidTrouble(tab, random, async () => {
      await tab.shut();
      await sleep(random.between(0, 1500));
      tab.open();
    })),
  ofTab('away', 'the page is left for another, and shown again on the way back', 4, (tab, random) =>
    amidTrouble(tab, random, () => tab.goAndComeBack(() => sleep(random.between(50, 2500))))),
  ofTab('hidden', 'another tab is looked at: no frames, and slow timers', 3, (tab, random) =>
    meanwhile(() => tab.look(true), random.between(200, 3000), () => tab.look(false))),
  ofTab('another tab', 'the pad is opened in one more tab of the browser, or such a tab is closed for good', 5, (tab, random, world) =>
    amidTrouble(tab, random, () => world.moreOrFewerTabs(tab, random.chance(50)))),
  ofTab('another tab while asleep', 'the same, while the tab stands still: on plain HTTP it is taken for gone', 7, (tab, random, world) =>
    amidTrouble(tab, random, async () => {
      tab.freeze();
      await sleep(random.between(0, 500));
      await world.moreOrFewerTabs(tab, random.chance(50));
      await sleep(random.between(300, 2500));
      tab.thaw();
    })),
  ofTab('crashed while it writes', 'back online, the browser dies while a record of what is to be sent is written', 6, async (tab, random, world) => {
    const { browser } = tab;
    browser.slowDown(200);
    await amidTrouble(tab, random, async () => undefined);
    for (const endMs = performance.now() + 2000; performance.now() < endMs && !(tab.isUp && browser.isWriting); ) await sleep(2);
    await sleep(random.between(0, 40));
    await world.crash(tab);
    browser.heal();
  }),
  ofTab('slow browser', 'the browser takes its time to write', 3, ({ browser }, random) =>
    meanwhile(() => browser.slowDown(random.pick([60, 200])), random.between(300, 3000), () => browser.heal())),
  {
    name: 'everybody away',
    what: 'all clients are offline for longer than documents stay in memory',
    weight: 4,
    isOfServer: false,
    isPossible: withEviction,
    run: (world, random) => {
      const networks = world.people.map(({ network }) => network);
      return meanwhile(
        () => networks.forEach((each) => each.unplug()),
        random.between(300, 1500),
        () => networks.forEach((each) => each.plug()),
      );
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
