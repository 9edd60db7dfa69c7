import { defineConfig } from 'vitest/config';

// For deploy/test/full, against what it has put up: KP_URL says where.
export default defineConfig({
  test: { include: ['deployed/**/*.test.ts'], root: import.meta.dirname + '/..', testTimeout: 120_000, fileParallelism: false },
});
