import { defineConfig } from '@playwright/test';
import { launchOptions } from '/work/main/scripts/lib/chromium.mjs';
import { root } from '/work/main/scripts/lib/paths.mjs';

export default defineConfig({
  testDir: '/work/main/e2e',
  outputDir: '/tmp/s2/results',
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
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    acceptDownloads: true,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: 'node /tmp/s2/serve.mjs',
    cwd: root,
    wait: { stdout: /Shotweave is at (?<studio_address>\S+)/ },
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
    timeout: 5 * 60_000,
  },
});
