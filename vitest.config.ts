import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{wasm,eval-core,proto,store,builder,host,bench,scripts}/**/*.spec.{ts,mjs}'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/build/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Evaluators hold hundreds of megabytes: processes give them back, and two are enough for any machine this must run on.
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 4,
  },
});
