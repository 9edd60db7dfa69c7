import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Black-box files start servers of their own. Two files at a time: the
    // server under test needs the processor as well.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'blackbox',
          include: ['blackbox/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 60_000,
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
