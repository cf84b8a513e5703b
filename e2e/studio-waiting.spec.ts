import { expect, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

declare global {
  interface Window {
    /** Titles and texts of notifications, and how often leave was asked for. */
    told: { asked: number; shown: [string, string | undefined][] };
  }
}

test.use({ permissions: ['notifications'] });

test('the tab tells how far the film is, and a notification that it is done, if asked for', async ({
  page,
}) => {
  await page.addInitScript(() => {
    window.told = { asked: 0, shown: [] };
    const ask = Notification.requestPermission.bind(Notification);
    Notification.requestPermission = () => {
      window.told.asked += 1;
      return ask();
    };
    window.Notification = new Proxy(Notification, {
      construct(target, [title, options]) {
        window.told.shown.push([title, options?.body]);
        return new target(title, options);
      },
    });
    // The person is in another window.
    document.hasFocus = () => false;
  });
  const studio = new StudioPage(page);
  await studio.open();
  await studio.openStoryboard(tinyStoryboard({ title: 'A boat' }));
  await expect(page).toHaveTitle('A boat · Shotweave');

  await studio.generateButton.click();
  await expect(page).toHaveTitle(/^\d+% · A boat$/);
  const bell = studio.stage.getByRole('button', { name: 'Notify me when the film is done' });
  await expect(bell).toHaveAttribute('aria-pressed', 'false');
  expect(await page.evaluate(() => window.told.asked)).toBe(0);
  await bell.click();
  await expect(bell).toHaveAttribute('aria-pressed', 'true');
  expect(await page.evaluate(() => window.told.asked)).toBe(1);

  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(page).toHaveTitle('A boat · Shotweave');
  expect(await page.evaluate(() => window.told.shown)).toEqual([['The film is done', 'A boat']]);

  // The choice is kept; nobody is asked twice.
  await studio.reload();
  await expect(studio.film).toBeVisible();
  const said = page.getByRole('status');
  await expect(said.filter({ hasText: 'The film is done.' })).toHaveCount(0);
  expect(await page.evaluate(() => window.told)).toEqual({ asked: 0, shown: [] });
  await studio.generateButton.click();
  await expect(bell).toHaveAttribute('aria-pressed', 'true');
  await studio.cancelButton.click();
  await expect(studio.generateButton).toBeVisible({ timeout: filmTimeout });
  await expect(said.filter({ hasText: 'Cancelled.' })).toBeAttached();
  expect(await page.evaluate(() => window.told.shown)).toEqual([]);
  expect(studio.errors).toEqual([]);
});
