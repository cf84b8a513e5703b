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
