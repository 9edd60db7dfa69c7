import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Those with several servers wait for leases: whoever waits longest begins first, or everybody waits for it in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): number => Number(path.basename(moduleId).startsWith('node_'));
    return (await super.sort(files)).toSorted((a, b) => isLong(b) - isLong(a));
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
          testTimeout: 60_000,
        },
      },
    ],
  },
});
