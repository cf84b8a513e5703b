import { test as base, expect, type Locator } from '@playwright/test';
import { StudioPage } from './StudioPage.ts';

/** Tests get the studio opened on an empty profile. */
export const test = base.extend<{ studio: StudioPage }>({
  studio: async ({ page }, use) => {
    const studio = new StudioPage(page);
    await studio.open();
    await use(studio);
  },
});

/** Expects that the page tells of one fault, in one sentence. */
export async function expectOneSentence({ alerts }: { alerts: Locator }, words: RegExp): Promise<void> {
  const sentence = alerts.filter({ hasText: words });
  await expect(sentence).toBeVisible();
  await expect(alerts).toHaveCount(1);
  // An alert with buttons holds its sentence in a paragraph.
  const paragraph = sentence.getByRole('paragraph');
  const text = await ((await paragraph.count()) > 0 ? paragraph : sentence).innerText();
  expect(text).toMatch(/^\S.*\.$/);
  expect(text).not.toMatch(/[.!?] /);
}

export { expect };
