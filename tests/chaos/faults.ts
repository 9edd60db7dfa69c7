// faults.ts - everything that goes wrong with people, their browsers and networks,
// one row each: its name, how often it comes, and how it is done. When is up to the
// plan. What goes wrong with servers is in server_faults.ts and cluster_faults.ts.
import type { Random } from '../../frontend/src/testing/random.ts';
import { sleep } from '../blackbox/support/wait.ts';
import type { Person } from './person.ts';
import type { Settings, Site } from './site.ts';
import { Tab } from './tab.ts';
import type { World } from './world.ts';

export type Fault<Place extends Site = Site> = {
  name: string;
  what: string;
  weight: number;
  /** Of those with the same turn one happens at a time. */
  turn: string | null;
  isPossible: (settings: Settings) => boolean;
  run: (world: World<Place>, random: Random) => Promise<void>;
};

export const always = () => true;
const withHistory = (settings: Settings) => settings['DURABILITY'] !== 'lazy';
const withEviction = (settings: Settings) => settings['KP_TEST_MEMORY_RETENTION_MS'] !== undefined;

/** Something that happens to one person's network or client. */
function personal(name: string, what: string, weight: number, run: (person: Person, random: Random, world: World) => Promise<void>): Fault {
  return { name, what, weight, turn: null, isPossible: always, run: (world, random) => run(random.pick(world.people), random, world) };
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

/** Sets something for a while. */
export async function meanwhile(set: () => unknown, ms: number, unset: () => unknown): Promise<void> {
  await set();
  await sleep(ms);
  await unset();
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

export const CLIENT_FAULTS: readonly Fault[] = [
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

  // ---- the past
  {
    name: 'history read',
    what: 'texts of before are read over HTTP',
    weight: 5,
    turn: null,
    isPossible: withHistory,
    run: (world, random) => world.past.read(world.site.port, random),
  },
  {
    name: 'history restored',
    what: 'an earlier text is brought back over HTTP',
    weight: 2,
    turn: 'past',
    isPossible: withHistory,
    run: (world, random) => world.past.restore(() => world.site.port, random, (pad) => world.ledger.restored(pad)),
  },

  // ---- all of them
  {
    name: 'everybody away',
    what: 'all clients are offline for longer than documents stay in memory',
    weight: 4,
    turn: null,
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
];
