import { expect, expectOneSentence, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

test.describe('a link', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('carries the storyboard to another browser, where the one at hand is not lost', async ({
    studio,
    browser,
  }) => {
    const storyboard = tinyStoryboard({ title: 'Sent by link', look: 'at dawn' });
    await studio.openStoryboard(storyboard);
    await studio.page.getByRole('button', { name: 'Open', exact: true }).click();
    await studio.page.getByRole('menuitem', { name: 'Copy a link to this storyboard' }).click();
    await expect(studio.page.getByText('The link is copied')).toBeVisible();
    const link = await studio.page.evaluate(() => navigator.clipboard.readText());
    expect(studio.requests.filter((address) => address.includes('film1'))).toEqual([]);

    const context = await browser.newContext();
    const other = new StudioPage(await context.newPage());
    await other.open(new URL('/', link).href);
    await other.prompt(1).fill('my own words');
    const own = await other.storyboard();
    // Another visit, by the link, before the studio has rested and saved.
    await other.page.goto('about:blank');
    await other.open(link);
    expect(await other.storyboard()).toEqual(storyboard);
    expect(new URL(other.page.url()).hash).toBe('');
    await other.page.keyboard.press('Control+z');
    expect(await other.storyboard()).toEqual(own);
    await context.close();
  });
});

test('a link that the page could only offer in its address is not followed by a reload', async ({
  studio,
}) => {
  const { page } = studio;
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('No.', 'NotAllowedError'));
  });
  await studio.reload();
  await studio.openStoryboard(tinyStoryboard({ title: 'Sent by link' }));
  await expect(page.getByRole('banner')).toContainText('saved');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Copy a link to this storyboard' }).click();
  await expect(page.getByText('take the link from the address bar')).toBeVisible();
  const link = page.url();
  expect(new URL(link).hash).not.toBe('');

  await studio.reload();
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('Sent by link');
  // Opening it would be an undo step.
  await expect(page.getByRole('button', { name: 'Undo', exact: true })).toBeDisabled();
  expect(new URL(page.url()).hash).toBe('');

  // For another visit it is a link like any other.
  await page.goto('about:blank');
  await studio.open(link);
  await expect(page.getByText('Opened “Sent by link”')).toBeVisible();
});

for (const [name, fragment, words] of [
  ['that is cut short', '#film1=NU_RjsMgDPuXPKPdKN2m8ivT', /damaged or cut short/],
  ['that is far too long', `#film1=${'A'.repeat(100_000)}`, /too long/],
] as const) {
  test(`a link ${name} is refused in a sentence`, async ({ studio }) => {
    const before = await studio.storyboard();
    await studio.page.evaluate((hash) => {
      window.location.hash = hash;
    }, fragment);
    await expectOneSentence(studio, words);
    expect(await studio.storyboard()).toEqual(before);
    expect(studio.errors).toEqual([]);
  });
}
