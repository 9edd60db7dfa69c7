import { defineConfig } from 'vitest/config';

// Each file starts servers of its own. Two at a time: the server under test
// needs the processor as well.
export default defineConfig({
  test: {
    include: ['blackbox/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
