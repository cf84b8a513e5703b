import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { launchOptions } from './chromium.mjs';
import type { Undo } from './cleanUp.ts';

/** A page in a browser that nobody sees. */
export interface HeadlessPage {
  page: Page;
  /** Rejects when the page throws an error that nothing catches, or crashes; never resolves. */
  failed: Promise<never>;
}

/**
 * Starts a headless Chromium with WebGPU on an empty profile; its private file system lies on disk, so that a long
 * film need not fit into memory.
 *
 * @param onEnd is told how to close the browser and delete the profile
 */
export async function openHeadlessPage(onEnd: (undo: Undo) => void): Promise<HeadlessPage> {
  const profile = await mkdtemp(join(tmpdir(), 'shotweave-browser-'));
  onEnd(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const context = await chromium.launchPersistentContext(profile, {
    ...launchOptions(),
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  onEnd(() => context.close());

  const page = context.pages()[0] ?? (await context.newPage());
  const failed = new Promise<never>((_, reject) => {
    page.once('pageerror', (error) => reject(new Error(error.message)));
    page.once('crash', () =>
      reject(
        new Error(
          'The page crashed, most likely for want of memory: make the film shorter or smaller and try again.',
        ),
      ),
    );
  });
  // Whoever races against it hears of the failure; nobody else needs to.
  failed.catch(() => undefined);
  return { page, failed };
}
