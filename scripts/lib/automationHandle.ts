import type { JSHandle, Page } from 'playwright';
import type { Automation } from '../../src/app/automation.ts';

/**
 * Waits until the studio runs in a page.
 *
 * @returns the object that the page is driven by, until it is loaded anew
 * @throws Playwright's TimeoutError when the studio does not start
 */
export async function automationHandle(page: Page, milliseconds = 30_000): Promise<JSHandle<Automation>> {
  await page.waitForFunction(() => window.shotweave !== undefined, null, { timeout: milliseconds });
  return page.evaluateHandle(() => {
    if (window.shotweave === undefined) throw new Error('The page was left.');
    return window.shotweave;
  });
}
