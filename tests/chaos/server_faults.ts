// server_faults.ts - what goes wrong with one server and its SQLite file, one row each.
import type { Random } from '../../frontend/src/testing/random.ts';
import { sleep } from '../blackbox/support/wait.ts';
import type { Fault } from './faults.ts';
import { always, meanwhile } from './faults.ts';
import { ERRNO } from './faulty_io.ts';
import type { OneServer } from './one_server.ts';
import type { Settings } from './site.ts';
import type { World } from './world.ts';

type Run = (world: World<OneServer>, random: Random) => Promise<void>;

/** lazy promises nothing about a server that is killed. */
const unlessLazy = (settings: Settings) => settings['DURABILITY'] !== 'lazy';

/** They take turns. */
function ofServer(name: string, what: string, weight: number, isPossible: Fault['isPossible'], run: Run): Fault<OneServer> {
  return { name, what, weight, turn: 'server', isPossible, run };
}

/** The database becomes what it was; the first time, the copy for that is made. */
async function restoreBackup(world: World<OneServer>): Promise<void> {
  const { site } = world;
  if (site.backup === undefined) {
    const mark = world.saved();
    site.copyDatabase();
    site.backup = mark;
    return;
  }
  const { backup } = site;
  await site.restart('SIGKILL', async () => {
    site.restoreCopy();
    await sleep(50); // connections end, and v1 clients count their losses
    world.wentBack(backup);
  });
}

export const SERVER_FAULTS: readonly Fault<OneServer>[] = [
  // ---- the server
  ofServer('kill -9', 'the server is killed and started again', 8, unlessLazy, (world) => world.site.restart('SIGKILL')),
  ofServer('kill -9, late', 'the server is killed and away for a while', 3, unlessLazy, (world, random) =>
    world.site.restart('SIGKILL', () => sleep(random.between(100, 2500)))),
  ofServer('SIGTERM', 'the server is asked to stop and started again', 6, always, (world) => world.site.restart('SIGTERM')),
  ofServer('hand over', 'a second server waits for the database and takes it over', 4, always, (world, random) =>
    world.site.handOver(!world.site.isLazy && random.chance(50) ? 'SIGKILL' : 'SIGTERM', random.between(0, 600))),
  ofServer('stopped', 'the server stands still (SIGSTOP), then goes on', 3, always, (world, random) =>
    meanwhile(
      () => process.kill(world.site.server.pid, 'SIGSTOP'),
      random.between(200, 4000),
      () => process.kill(world.site.server.pid, 'SIGCONT'),
    )),
  ofServer('clock', 'the wall clock jumps, forwards or back', 3, always, async (world, random) =>
    world.site.io.clock(random.pick([-86_400_000, -3_600_000, -5000, 5000, 3_600_000, 86_400_000]))),

  // ---- the database
  ofServer('busy', 'another program holds the database (SQLITE_BUSY)', 4, always, (world, random) => world.site.lockDatabase(random.between(100, 3000))),
  ofServer('disk full', 'writes fail with ENOSPC for a while', 4, always, (world, random) =>
    meanwhile(() => world.site.io.disk({ writeErrno: ERRNO.ENOSPC, percent: 100 }), random.between(100, 2500), () => world.site.io.disk({}))),
  ofServer('disk errors', 'some writes and syncs fail with EIO, some of them half done', 4, always, (world, random) =>
    meanwhile(
      () => world.site.io.disk({ writeErrno: ERRNO.EIO, syncErrno: ERRNO.EIO, percent: random.pick([5, 30, 100]), torn: random.below(2) }),
      random.between(100, 2500),
      () => world.site.io.disk({}),
    )),
  ofServer('disk slow', 'each write and sync takes milliseconds longer', 3, always, (world, random) =>
    meanwhile(() => world.site.io.disk({ slowUs: random.pick([1000, 10_000, 50_000]) }), random.between(200, 2500), () => world.site.io.disk({}))),
  ofServer('kill -9 while the disk fails', 'the server is killed when it could not write', 3, unlessLazy, async (world, random) => {
    world.site.io.disk({ writeErrno: random.pick([ERRNO.EIO, ERRNO.ENOSPC]), percent: random.pick([30, 100]), torn: random.below(2) });
    await sleep(random.between(50, 1000));
    await world.site.restart('SIGKILL', () => world.site.io.disk({}));
  }),
  ofServer('backup', 'the database is replaced by a copy made earlier (the first time: the copy is made)', 3, unlessLazy, restoreBackup),
];
