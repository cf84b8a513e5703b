import { defineConfig } from 'vitest/config';

/** Kernel tests in Node on Dawn: `npx vitest run --config vitest.dawn.config.ts`. No part of `npm test`. */
export default defineConfig({
  test: {
    name: 'dawn',
    environment: 'node',
    include: ['src/engine/{gpu,kernels,tuning,golden}/*.gpu.test.ts'],
    setupFiles: ['src/engine/testing/dawn.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
