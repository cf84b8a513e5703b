import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { findChromium, launchOptions } from './scripts/lib/chromium.mjs';
import {
  contentSecurityPolicy,
  developmentNonce,
  developmentPolicy,
} from './scripts/lib/contentSecurityPolicy.mjs';
import { precachePlugin, serviceWorkerFile } from './scripts/lib/precache.mjs';

/** Writes the policy into the built page, for servers that do not send it as a header. */
const policyInPage: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  },
};

/**
 * What only workers and tests import. Vite would find these while the page runs already, and bundle them then,
 * which reloads the page.
 */
const workerDependencies = [
  '@huggingface/tokenizers',
  '@noble/hashes/sha2.js',
  '@noble/hashes/utils.js',
  '@zip.js/zip.js/lib/zip-core-native.js',
  'comlink',
  'idb',
  'mp4-muxer',
  'typegpu',
  'typegpu/data',
  'typegpu/std',
  'zod',
];

const serviceWorkerName = 'serviceWorker';

const gpuTests = ['src/**/*.gpu.test.ts', 'src/**/*.browser.test.ts'];

export default defineConfig(({ command, mode }) => {
  // Vitest's own pages are no pages of the studio: they run inline scripts.
  const servesStudio = command === 'serve' && mode !== 'test';
  return {
    plugins: [react(), policyInPage, precachePlugin()],
    // Two runs at once must not bundle what they import into the same folder.
    ...(process.env.VITE_CACHE && { cacheDir: process.env.VITE_CACHE }),
    worker: { format: 'es' },
    optimizeDeps: { include: workerDependencies },
    // The studio is served from the person's own machine, where one chunk of this size loads at once.
    build: {
      target: 'es2023',
      sourcemap: true,
      chunkSizeWarningLimit: 1024,
      rolldownOptions: {
        input: { index: 'index.html', [serviceWorkerName]: 'src/offline/serviceWorker.ts' },
        output: {
          // Browsers look for a service worker under the name that they know it by.
          entryFileNames: ({ name }) =>
            name === serviceWorkerName ? serviceWorkerFile : 'assets/[name]-[hash].js',
        },
      },
    },
    ...(servesStudio && {
      html: { cspNonce: developmentNonce },
      server: {
        headers: { 'Content-Security-Policy': developmentPolicy },
        // The profile of the browser that "npm start -- --open" starts changes all the time.
        watch: { ignored: ['**/.browser/**'] },
      },
    }),
    preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
    test: {
      projects: [
        {
          extends: true,
          test: {
            name: 'unit',
            environment: 'node',
            // A busy machine is no fault of the code.
            testTimeout: 60_000,
            expect: { poll: { timeout: 20_000 } },
            include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
            exclude: gpuTests,
          },
        },
        {
          extends: true,
          test: {
            name: 'gpu',
            include: gpuTests,
            // One file at a time: a software adapter shares the cores, a real one its memory.
            fileParallelism: false,
            testTimeout: 300_000,
            hookTimeout: 120_000,
            expect: { poll: { timeout: 20_000 } },
            browser: {
              enabled: true,
              headless: true,
              // Without a browser the unit tests still run; these say what is missing.
              provider: playwright(findChromium() === undefined ? {} : { launchOptions: launchOptions() }),
              instances: [{ browser: 'chromium' }],
              screenshotFailures: false,
              ui: false,
            },
          },
        },
      ],
    },
  };
});
