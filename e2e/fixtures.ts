import { test as base } from '@playwright/test';
import { StudioPage } from './StudioPage.ts';

/** Tests get the studio opened on an empty profile. */
export const test = base.extend<{ studio: StudioPage }>({
  studio: async ({ page }, use) => {
    const studio = new StudioPage(page);
    await studio.open();
    await use(studio);
  },
});

export { expect } from '@playwright/test';
