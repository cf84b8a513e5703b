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
  await expect(inspector).not.toContainText('camera:');
  await studio.prompt(1).fill('a red sailboat on the sea, the camera pans slowly to the left');
  await expect(inspector).toContainText('The sailboat stays · the camera: pan left');
  await page.getByRole('textbox', { name: 'Look of the film' }).fill('zoom out');
  await studio.prompt(1).fill('a red sailboat on the sea');
  await expect(inspector).toContainText('the camera: zoom out');
});

test('a subject is where its prompt has it, or where it is put by hand', async ({ studio }) => {
  const { page } = studio;
  const inspector = page.getByRole('region', { name: 'Shot 1', exact: true });
  const placeOf = async () => (await studio.storyboard()).shots[0]?.place;
  await studio.prompt(1).fill('a red sailboat on the sea');
  await expect(inspector).toContainText('The sailboat stays');
  await studio.prompt(1).fill('a red sailboat moves to the left on the sea');
  await expect(inspector).toContainText('The sailboat goes left');

  await inspector.getByRole('button', { name: 'Place it: the sailboat' }).click();
  const start = inspector.getByRole('slider', { name: 'Start of the sailboat' });
  const end = inspector.getByRole('slider', { name: 'End of the sailboat' });
  const [from, to] = await Promise.all([start.boundingBox(), end.boundingBox()]);
  if (!from || !to) throw new Error('the rings are not to be seen');
  expect(to.x).toBeLessThan(from.x);
  expect(await placeOf()).toBeUndefined();

  // By its rim, which is not its middle: the ring must not jump.
  await page.mouse.move(from.x + from.width - 4, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width + 16, from.y + from.height / 2 - 10, { steps: 4 });
  await page.mouse.up();
  const moved = await start.boundingBox();
  expect(Math.abs((moved?.x ?? 0) - from.x - 20)).toBeLessThan(2);
  expect(Math.abs((moved?.y ?? 0) - from.y + 10)).toBeLessThan(2);
  await expect(inspector).toContainText('The sailboat is where you put it');
  const dragged = await placeOf();

  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + from.width, from.y, { steps: 3 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await placeOf()).toEqual(dragged);
  await start.press('ArrowLeft');
  expect((await placeOf())?.from.x).toBeCloseTo((dragged?.from.x ?? 0) - 0.01, 6);
  await inspector.getByRole('slider', { name: 'Size of the sailboat' }).press('ArrowUp');
  expect((await placeOf())?.scale).toBeCloseTo(1.05, 6);

  // Size, key and the whole drag: three steps.
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(await placeOf()).toEqual(dragged);
  await page.keyboard.press('Control+z');
  expect(await placeOf()).toBeUndefined();
  await page.keyboard.press('Control+Shift+z');
  await inspector.getByRole('button', { name: 'As the prompt says' }).click();
  await expect(inspector).toContainText('The sailboat goes left');
  await inspector.getByRole('button', { name: 'Done placing' }).click();
  await expect(start).toBeHidden();
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
  await expect(inspector).toContainText('the camera: pan left');
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
