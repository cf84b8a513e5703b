import { defineConfig } from '@playwright/test';
import { launchOptions } from '../scripts/lib/chromium.mjs';
import { root } from '../scripts/lib/paths.mjs';

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  // One film at a time: a software adapter takes every core.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 4 * 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    // Known to the workers, which start after the server has said it.
    baseURL: process.env.STUDIO_ADDRESS ?? '',
    browserName: 'chromium',
    launchOptions: launchOptions(),
    // It would fetch 30 MB for the offline studio into every new profile; the tests of that allow it.
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    acceptDownloads: true,
    // Recording takes a third of a small machine's time: ask for it with "--trace retain-on-failure".
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: 'node scripts/start.mjs',
    cwd: root,
    wait: { stdout: /Shotweave is at (?<studio_address>\S+)/ },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
    timeout: 5 * 60_000,
  },
});
