import { expect, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';
import { takesOnDisk } from './takesOnDisk.ts';

const guideOf = ({ page }: StudioPage) => page.getByRole('region', { name: 'Your first film' });
const wayOf = ({ page }: StudioPage, name: 'Draft' | 'Final') =>
  page.getByRole('radio', { name: new RegExp(`^${name}`) });

/** What the library knows of the film that was made last. */
async function filmOnDisk({ page }: StudioPage) {
  const record = (await takesOnDisk(page)).takes[0]?.record;
  return { steps: record?.steps, guidance: record?.storyboard.guidance, draft: record?.draft };
}

test('an example is a click away, and the guide goes for good when it is closed', async ({ studio }) => {
  const guide = guideOf(studio);
  await expect(guide.getByRole('listitem').filter({ hasText: 'Say what is to be seen' })).toHaveAttribute(
    'aria-current',
    'step',
  );
  await guide.getByRole('button', { name: /^A day of the whale/ }).click();
  const { title, shots } = await studio.storyboard();
  expect(title).toBe('A day of the whale');
  expect(shots).toHaveLength(8);
  await expect(guide.getByRole('button', { name: 'Make a draft' })).toBeVisible();

  // Nothing waits for the guide.
  await studio.prompt(1).fill('a whale');
  expect((await studio.storyboard()).shots[0]?.prompt).toBe('a whale');

  await guide.getByRole('button', { name: 'Close the guide' }).click();
  await expect(guide).toBeHidden();
  await studio.reload();
  await expect(studio.prompt(1)).toHaveValue('a whale');
  await expect(guide).toBeHidden();
});

test('an empty storyboard says how to begin', async ({ studio }) => {
  const { page } = studio;
  await guideOf(studio).getByRole('button', { name: 'Close the guide' }).click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('menuitem', { name: 'New storyboard' }).click();
  const hint = page.getByRole('region', { name: 'How to begin' });
  await hint.getByRole('button', { name: /^The night train/ }).click();
  expect((await studio.storyboard()).title).toBe('The night train');
  await expect(hint).toBeHidden();
});

test('a first film: a draft first, then the film, and the storyboard keeps its settings', async ({
  studio,
}) => {
  test.setTimeout(3 * filmTimeout);
  const { page, stage } = studio;
  const settings = { steps: 8, guidance: 2 };
  await studio.openStoryboard(tinyStoryboard(settings));
  const before = await studio.storyboard();

  // Both costs are told before anything is made; the software adapter of the tests is no GPU.
  const words = await Promise.all(
    (['Draft', 'Final'] as const).map(async (name) => {
      await expect(wayOf(studio, name)).toHaveAccessibleName(/, about \d+ (s|min)/);
      return wayOf(studio, name).getAttribute('aria-label');
    }),
  );
  expect(words).toHaveLength(2);
  await page.getByRole('button', { name: 'No GPU' }).click();
  await expect(
    page.getByText(/There is no GPU here, so the processor computes: about .* for a draft/),
  ).toBeVisible();
  await expect(page.getByText('f32, full precision')).toBeVisible();
  await page.keyboard.press('Escape');

  await guideOf(studio).getByRole('button', { name: 'Make a draft' }).click();
  await expect(wayOf(studio, 'Draft')).toBeChecked();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(stage.getByText('Draft', { exact: true })).toBeVisible();
  await expect.poll(() => filmOnDisk(studio)).toEqual({ steps: 4, guidance: 2, draft: true });
  expect(await studio.storyboard()).toEqual(before);

  // The film carries what the person wrote, not what the draft was made with.
  const draft = await studio.exportFilm();
  await studio.page.getByRole('textbox', { name: 'Look of the film' }).fill('at night');
  await studio.openFile(draft);
  await expect.poll(async () => (await studio.storyboard()).steps).toBe(8);
  await page.keyboard.press('Control+z');

  // The way of working is kept, and so is what the draft is.
  await studio.reload();
  await expect(wayOf(studio, 'Draft')).toBeChecked();
  await expect(page.getByRole('button', { name: 'Generate draft' })).toBeVisible();
  await stage.getByRole('button', { name: /^Make the final film/ }).click();
  await expect(studio.progress).toBeVisible();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(stage.getByText('Draft', { exact: true })).toBeHidden();
  await expect.poll(() => filmOnDisk(studio)).toEqual({ steps: 8, guidance: 2, draft: undefined });

  await guideOf(studio).getByRole('button', { name: 'Close the guide' }).first().click();
  await expect(guideOf(studio)).toBeHidden();
  expect(studio.errors).toEqual([]);
});
