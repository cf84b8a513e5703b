import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

test('words that the model has never seen are marked, and others offered', async ({ studio }) => {
  const { page } = studio;
  await studio.prompt(1).fill('a zorbulent sailbot on the sea');
  const card = studio.storyboardPanel.getByRole('listitem').first();
  await expect(card.locator('mark')).toHaveText(['zorbulent', 'sailbot']);
  const unknown = page.getByRole('list', { name: 'Unknown words' });
  await expect(unknown.getByRole('listitem')).toHaveCount(2);
  await expect(unknown).toContainText('zorbulent');

  await unknown.getByRole('button', { name: 'try sailboat' }).click();
  await expect(studio.prompt(1)).toHaveValue('a zorbulent sailboat on the sea');
  await expect(card.locator('mark')).toHaveText(['zorbulent']);
  await studio.prompt(1).fill('a sailboat on the sea');
  await expect(card.locator('mark')).toHaveCount(0);
  await expect(unknown).toBeHidden();
});

test('a shot that leaves out the colour of its subject is read with an earlier one, unless the film is not to', async ({
  studio,
}) => {
  const { page } = studio;
  await studio.prompt(1).fill('a red sailboat on the sea');
  await studio.prompt(2).fill('close up of the boat');
  const inspector = page.getByRole('region', { name: 'Shot 2', exact: true });
  await expect(inspector).toContainText('Also reads “red”, from shot 1');
  await inspector.getByRole('button', { name: 'Carry no colours' }).click();
  await expect(inspector).toContainText('Does not read “red”, from shot 1');
  await page.keyboard.press('Control+z');
  await expect(inspector).toContainText('Also reads “red”');
  await studio.prompt(2).fill('close up of the blue boat');
  await expect(inspector).not.toContainText('reads “red”');
});

test('a move of the camera that the prompt or the look asks for is told', async ({ studio }) => {
  const { page } = studio;
  const inspector = page.getByRole('region', { name: 'Shot 1', exact: true });
  await studio.prompt(1).fill('a red sailboat on the sea');
  await expect(inspector).not.toContainText('Moves the camera');
  await studio.prompt(1).fill('a red sailboat on the sea, the camera pans slowly to the left');
  await expect(inspector).toContainText('Moves the camera: pan left');
  await page.getByRole('textbox', { name: 'Look of the film' }).fill('zoom out');
  await studio.prompt(1).fill('a red sailboat on the sea');
  await expect(inspector).toContainText('Moves the camera: zoom out');
});

test('phrases go into the prompt by a click, take the place of others of their group, and out again', async ({
  studio,
}) => {
  const { page } = studio;
  const inspector = page.getByRole('region', { name: 'Shot 1', exact: true });
  const chip = (phrase: string) => inspector.getByRole('button', { name: `“${phrase}” in the prompt` });
  await studio.prompt(1).fill('a car in the city at night');
  await inspector.getByRole('tab', { name: 'Camera' }).click();
  await chip('camera pans left').click();
  await expect(studio.prompt(1)).toHaveValue('a car in the city at night, camera pans left');
  await expect(inspector).toContainText('Moves the camera: pan left');
  await expect(chip('camera pans left')).toHaveAttribute('aria-pressed', 'true');

  await chip('camera zooms in').click();
  await expect(studio.prompt(1)).toHaveValue('a car in the city at night, camera zooms in');
  await chip('camera zooms in').click();
  await expect(studio.prompt(1)).toHaveValue('a car in the city at night');
  await inspector.getByRole('tab', { name: 'Light' }).click();
  await expect(chip('at night')).toHaveAttribute('aria-pressed', 'true');

  await studio.stage.click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Control+z');
  await expect(studio.prompt(1)).toHaveValue('a car in the city at night, camera zooms in');
});

test('the question mark shows the keys, but not while one writes', async ({ studio }) => {
  const { page } = studio;
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await studio.prompt(1).press('?');
  await expect(dialog).toBeHidden();

  await studio.stage.click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('?');
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText('Play and pause');
  await expectNames(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(studio.refusals).toEqual([]);
});

test('everything that can be worked has a name', async ({ studio }) => {
  const { page } = studio;
  await expectNames(page);
  await page.getByRole('checkbox', { name: 'of its own' }).click();
  await studio.prompt(1).fill('a zorbulent sailbot');
  await expectNames(page);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectNames(page);
  expect(studio.refusals).toEqual([]);
});

const worked =
  'button|checkbox|combobox|link|listbox|menuitem|option|radio|slider|spinbutton|switch|tab|textbox';

/** Looks through the accessibility tree, whose lines read `- role "name"`. */
async function expectNames(page: Page): Promise<void> {
  const lines = (await page.locator('body').ariaSnapshot()).split('\n');
  const controls = lines.filter((line) => new RegExp(`^ *- '?(${worked})\\b`).test(line));
  expect(controls.length).toBeGreaterThan(0);
  const nameless = controls.filter((line) => !new RegExp(`^ *- '?(${worked}) "[^"]`).test(line));
  expect(nameless).toEqual([]);
}
