import { expect, expectOneSentence, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

const panelOf = ({ page }: StudioPage) => page.getByRole('dialog', { name: 'Projects' });
const storyboardsOf = (studio: StudioPage) =>
  panelOf(studio).getByRole('list', { name: 'Storyboards' }).getByRole('listitem');
const filmsOf = (studio: StudioPage) =>
  panelOf(studio).getByRole('list', { name: 'Finished films' }).getByRole('listitem');

/** Names of what lies in the folder of finished films. */
function filmsOnDisk({ page }: StudioPage): Promise<string[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    const folder = await root.getDirectoryHandle('films', { create: true });
    for await (const name of folder.keys()) names.push(name);
    return names;
  });
}

async function openPanel(studio: StudioPage): Promise<void> {
  await studio.page.getByRole('button', { name: 'Projects' }).click();
  await expect(panelOf(studio)).toBeVisible();
}

test('storyboards are kept, opened, renamed, copied, deleted and brought back', async ({ studio }) => {
  const { page } = studio;
  const panel = panelOf(studio);
  const titles = () => storyboardsOf(studio).getByRole('button', { name: /^Open/ }).allInnerTexts();
  await studio.openStoryboard(tinyStoryboard({ title: 'First' }));
  await studio.openStoryboard(tinyStoryboard({ title: 'Second' }));
  await openPanel(studio);
  await expect.poll(titles).toEqual(['Second', 'First']);
  await expect(panel).toContainText(/[\d.]+ \w+ used of [\d.]+ \w+/);

  await panel.getByRole('button', { name: 'Open “First”' }).click();
  await expect(panel).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('First');
  await expect(page).toHaveTitle('First · Shotweave');

  await openPanel(studio);
  await panel.getByRole('button', { name: 'Rename “Second”' }).click();
  const newTitle = panel.getByRole('textbox', { name: 'New title' });
  await newTitle.fill('Never');
  await page.keyboard.press('Escape');
  await expect(newTitle).toBeHidden();
  await panel.getByRole('button', { name: 'Rename “Second”' }).click();
  await newTitle.fill('Renamed');
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Duplicate “First”' }).click();
  await expect.poll(titles).toEqual(['First', 'First (copy)', 'Renamed']);

  // The one that is open: the next takes its place.
  await panel.getByRole('button', { name: 'Delete “First”' }).click();
  await expect.poll(titles).not.toContain('First');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await expect.poll(titles).toContain('First');
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('First');

  await panel.getByRole('button', { name: 'Delete “Renamed”' }).click();
  await panel.getByRole('button', { name: 'New storyboard' }).click();
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('');
  await expect(page.getByRole('banner')).toContainText('saved');
  await studio.reload();
  await openPanel(studio);
  await expect.poll(titles).toEqual(['Untitled film', 'First', 'First (copy)']);
  expect(studio.errors).toEqual([]);
  expect(studio.refusals).toEqual([]);
});

test('two tabs take turns at a storyboard, and what both have edited is kept twice', async ({
  studio,
  context,
}) => {
  const { page } = studio;
  const titleIn = (tab: StudioPage) => tab.page.getByRole('textbox', { name: 'Title of the film' });
  const expectSaved = (tab: StudioPage) =>
    expect(tab.page.getByRole('banner').getByText('saved', { exact: true })).toBeVisible();
  await studio.openStoryboard(tinyStoryboard({ title: 'Film' }));
  await expectSaved(studio);
  const other = new StudioPage(await context.newPage());
  await other.open();
  await expect(titleIn(other)).toHaveValue('Film');
  await titleIn(other).fill('Film of both');
  await expect(titleIn(studio)).toHaveValue('Film of both');

  await studio.openStoryboard(tinyStoryboard({ title: 'Another' }));
  await expectSaved(studio);
  await titleIn(other).fill('An hour later');
  await expectSaved(other);
  // Back at the storyboard as this tab had it.
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await expectOneSentence(
    studio,
    /Another tab has changed “Film of both” too, so this tab's version is kept/,
  );
  await expect(titleIn(studio)).toHaveValue('Film of both (from another tab)');
  await expect(titleIn(other)).toHaveValue('An hour later');
  await openPanel(studio);
  const titles = () => storyboardsOf(studio).getByRole('button', { name: /^Open/ }).allInnerTexts();
  await expect
    .poll(async () => (await titles()).toSorted())
    .toEqual(['An hour later', 'Another', 'Film of both (from another tab)']);
  expect([...studio.errors, ...other.errors]).toEqual([]);
});

test('a finished film is listed with its size, deleted with a way back, and frees its room', async ({
  studio,
}) => {
  const { page, film } = studio;
  await studio.openStoryboard(tinyStoryboard({ title: 'A boat' }));
  await studio.generate();
  await expect(film).toBeVisible();
  await openPanel(studio);
  await expect(filmsOf(studio)).toHaveText(/A boatTake 1 · \d+(\.\d)? kB · /);
  await expect(storyboardsOf(studio).first().locator('img')).toBeVisible();

  const remove = () => page.getByRole('button', { name: 'Delete take 1 of “A boat”' }).click();
  await remove();
  await expect(filmsOf(studio)).toHaveCount(0);
  await expect(film).toBeHidden();
  await page.getByRole('list', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click();
  await expect(filmsOf(studio)).toHaveCount(1);
  await expect(film).toBeVisible();
  expect(await filmsOnDisk(studio)).toHaveLength(1);

  await remove();
  await page.getByRole('list', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).last().click();
  await expect.poll(() => filmsOnDisk(studio)).toEqual([]);
  await studio.reload();
  await expect(film).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('A boat');
  expect(studio.errors).toEqual([]);
});
