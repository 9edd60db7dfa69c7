// runs.ts - runs from seeds, several side by side, as tests. A seed that fails is run
// again with fewer faults and fewer people until nothing more can be left out; what
// is left is printed with its history.
import { beforeAll, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { setLogLevel } from '../../frontend/src/browser/index.ts';
import { initKernel } from '../../frontend/src/sync/index.ts';
import { buildFaultyIo } from './faulty_io.ts';
import type { Plan } from './plan.ts';
import { planOf, smaller } from './plan.ts';
import type { Kind, Site } from './site.ts';
import { World } from './world.ts';

const RUNS = Number(process.env['KP_CHAOS_N'] ?? 6);
const SECONDS = Number(process.env['KP_CHAOS_SECONDS'] ?? 6);
const FIRST = Number(process.env['KP_CHAOS_SEED'] ?? Date.now() % 1_000_000_000);
const ONLY = (process.env['KP_CHAOS_FAULTS'] ?? '').split(',').filter(Boolean);
/** Runs that a failure may cost to be made smaller; 0: print it as it is. */
const REDUCTIONS = Number(process.env['KP_CHAOS_REDUCTIONS'] ?? 10);

async function prepare<Place extends Site>({ faults }: Kind<Place>): Promise<void> {
  buildFaultyIo();
  setLogLevel('none');
  await initKernel(new Uint8Array(fs.readFileSync(path.join(import.meta.dirname, '../../frontend/src/kernel/kernel.wasm'))));
  const unknown = ONLY.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`no fault ${unknown.join(', ')}; there are ${faults.map(({ name }) => name).join(', ')}`);
}

/** A test for each seed; `again` is the command that repeats one. */
export function runs<Place extends Site>(kind: Kind<Place>, again: string): void {
  beforeAll(() => prepare(kind));
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    test.concurrent(`seed ${seed}`, { timeout: 0 }, async () => {
      const world = await World.run(kind, planOf(kind, seed, SECONDS * 1000, ONLY));
      if (world.violations.length > 0) expect.fail(await story(kind, world, again));
      expect(world.ledger.typedCount, 'there was traffic (if not: fewer side by side)').toBeGreaterThan(SECONDS);
    });
  }
}

/** The smallest run found that fails, and what happened in it. */
async function story<Place extends Site>(kind: Kind<Place>, failed: World<Place>, again: string): Promise<string> {
  const found = await reduced(kind, failed);
  const { seed, people, settings, faults } = found.plan;
  return [
    `seed ${seed}: ${failed.violations.join('\n  ')}`,
    `to repeat it: ${again} N=1 SEED=${seed} SECONDS=${SECONDS}`,
    `reduced to ${JSON.stringify({ people, settings, faults })}`,
    found.violations.join('\n  '),
    found.history.text(),
    `the log:\n${found.site.log.slice(-9000)}`,
  ].join('\n');
}

async function reduced<Place extends Site>(kind: Kind<Place>, failed: World<Place>): Promise<World<Place>> {
  let best = failed;
  let left = REDUCTIONS;
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    for (const plan of smaller(best.plan) as Plan[]) {
      if (left-- <= 0) break;
      const world = await World.run(kind, plan);
      if (world.violations.length === 0) continue;
      best = world;
      isSmaller = true;
      break;
    }
  }
  return best;
}
