// Nothing typed is ever lost, doubled or silently diverged: many clients, the
// real server, and everything that can go wrong, from a seed.
//
//   make chaos N=300 SECONDS=30          that many seeds, several side by side
//   make chaos SEED=17                   that one
//   make chaos FAULTS='kill -9,cut'      with these faults only
//
// A seed that fails is run again with fewer faults and fewer people until
// nothing more can be left out; what is left is printed with its history.
import { beforeAll, describe, expect, test } from 'vitest';
import fs from 'node:fs';
import path from 'node:path';
import { setLogLevel } from '../../frontend/src/browser/index.ts';
import { initKernel } from '../../frontend/src/sync/index.ts';
import { FAULTS } from './faults.ts';
import { buildFaultyIo } from './faulty_io.ts';
import type { Plan } from './plan.ts';
import { planOf, smaller } from './plan.ts';
import { World } from './world.ts';

const RUNS = Number(process.env['KP_CHAOS_N'] ?? 6);
const SECONDS = Number(process.env['KP_CHAOS_SECONDS'] ?? 6);
const FIRST = Number(process.env['KP_CHAOS_SEED'] ?? Date.now() % 1_000_000_000);
const ONLY = (process.env['KP_CHAOS_FAULTS'] ?? '').split(',').filter(Boolean);
/** Runs that a failure may cost to be made smaller; 0: print it as it is. */
const REDUCTIONS = Number(process.env['KP_CHAOS_REDUCTIONS'] ?? 10);

beforeAll(async () => {
  buildFaultyIo();
  setLogLevel('none');
  await initKernel(new Uint8Array(fs.readFileSync(path.join(import.meta.dirname, '../../frontend/src/kernel/kernel.wasm'))));
  const unknown = ONLY.filter((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`no fault ${unknown.join(', ')}; there are ${FAULTS.map(({ name }) => name).join(', ')}`);
});

describe('whatever goes wrong, nothing is lost, doubled or diverges', () => {
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    test.concurrent(`seed ${seed}`, { timeout: 0 }, async () => {
      const world = await World.run(planOf(seed, SECONDS * 1000, ONLY));
      if (world.violations.length > 0) expect.fail(await story(world));
      expect(world.ledger.typedCount, 'there was traffic (if not: fewer side by side)').toBeGreaterThan(SECONDS);
    });
  }
});

/** The smallest run found that fails, and what happened in it. */
async function story(failed: World): Promise<string> {
  const found = await reduced(failed);
  const { seed, people, settings, faults } = found.plan;
  return [
    `seed ${seed}: ${failed.violations.join('\n  ')}`,
    `to repeat it: make chaos N=1 SEED=${seed} SECONDS=${SECONDS}`,
    `reduced to ${JSON.stringify({ people, settings, faults })}`,
    found.violations.join('\n  '),
    found.history.text(),
    `the server's log:\n${found.server?.log.slice(-3000)}`,
  ].join('\n');
}

async function reduced(failed: World): Promise<World> {
  let best = failed;
  let left = REDUCTIONS;
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    for (const plan of smaller(best.plan) as Plan[]) {
      if (left-- <= 0) break;
      const world = await World.run(plan);
      if (world.violations.length === 0) continue;
      best = world;
      isSmaller = true;
      break;
    }
  }
  return best;
}
