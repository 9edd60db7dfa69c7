import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Whoever waits longest begins first, or everybody waits for it in the end: those with several servers wait for
 * leases, and then there are those that wait for timeouts or start many servers. */
const LONG = [/^node_/, /^(restart|slow_reader|persistence|expiry|kill_nine|cli_sync_chaos|frozen_client|half_open|full_disk)\./];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((names) => names.test(path.basename(moduleId)));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    // Black-box files wait for their servers far more than they compute.
    maxWorkers: 2 * os.availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'blackbox',
          include: ['blackbox/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 300_000, // every wait in it has a limit of its own that says what it waited for
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['chaos/**/*.test.ts'],
          exclude: ['chaos/cluster.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          maxConcurrency: Number(process.env['KP_CHAOS_JOBS'] ?? 3),
        },
      },
      {
        test: {
          name: 'chaos.cluster',
          include: ['chaos/cluster.test.ts'],
          pool: 'forks',
          maxConcurrency: Number(process.env['KP_CHAOS_JOBS'] ?? 3),
        },
      },
      {
        test: {
          name: 'mixed',
          include: ['mixed/*.test.ts'],
          pool: 'forks',
        },
      },
      {
        test: {
          name: 'firefox',
          include: ['firefox/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'differential',
          include: ['differential/**/*.test.{js,mjs,ts}'],
          testTimeout: 120_000,
          hookTimeout: 120_000, // a compiler runs in one
        },
      },
      {
        test: {
          name: 'model',
          include: ['model/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'tools',
          include: ['tools/*.test.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
