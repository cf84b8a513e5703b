import { expect, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

const prompts = ['a red boat', 'a blue bird', 'a green car'];

const threeShots = tinyStoryboard({
  shots: prompts.map((prompt, index) => ({
    id: `shot${index}`,
    prompt,
    seconds: 1,
    seed: null,
    locked: false,
  })),
});

test.beforeEach(({ studio }) => studio.openStoryboard(threeShots));

function expectPrompts(studio: StudioPage, expected: string[]) {
  return expect.poll(() => studio.prompts()).toEqual(expected);
}

test('a reload in the middle of editing loses nothing', async ({ studio }) => {
  const { page } = studio;
  await page.getByRole('textbox', { name: 'Title of the film' }).fill('A boat and more');
  await page.getByRole('textbox', { name: 'Look of the film' }).fill('at dawn');
  await studio.setSeconds(2, '2.5');
  await studio.number('Guidance').fill('5');
  await expect(page.getByRole('banner')).toContainText('saved');
  const edited = await studio.storyboard();
  expect(edited).toMatchObject({ title: 'A boat and more', look: 'at dawn', guidance: 5 });
  expect(edited.shots[1]?.seconds).toBe(2.5);

  // Gone before the rest after which the studio saves.
  await studio.prompt(3).fill('a green car in the rain');
  await studio.reload();
  const shots = edited.shots.map((shot, index) =>
    index === 2 ? { ...shot, prompt: 'a green car in the rain' } : shot,
  );
  expect(await studio.storyboard()).toEqual({ ...edited, shots });
});

test('undo and redo by keyboard go through every kind of edit', async ({ studio }) => {
  const { page } = studio;
  const edits: (() => Promise<unknown>)[] = [
    () => studio.prompt(1).fill('a red boat on the sea'),
    () => studio.setSeconds(2, '3'),
    () => studio.number('Steps').fill('9'),
    () => studio.filmSettings.getByLabel('Size').selectOption({ label: 'Square 256×256' }),
    () => page.getByRole('button', { name: 'Add shot' }).click(),
    () => page.getByRole('button', { name: 'Duplicate shot 1' }).click(),
    () => page.getByRole('button', { name: 'Delete shot 3' }).click(),
    () => page.getByRole('radio', { name: /^Dense/ }).check(),
    () => page.getByRole('button', { name: 'Roll the dice for seed' }).click(),
  ];
  const states = [await studio.storyboard()];
  for (const edit of edits) {
    await edit();
    states.push(await studio.storyboard());
  }
  expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(states.length);

  for (const state of states.slice(0, -1).reverse()) {
    await page.keyboard.press('Control+z');
    expect(await studio.storyboard()).toEqual(state);
  }
  for (const state of states.slice(1)) {
    await page.keyboard.press('Control+Shift+z');
    expect(await studio.storyboard()).toEqual(state);
  }
});

test('shots are moved by keyboard', async ({ studio }) => {
  const { page } = studio;
  await studio.stage.click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Alt+ArrowDown');
  await expectPrompts(studio, ['a blue bird', 'a red boat', 'a green car']);
  await page.keyboard.press('Alt+ArrowUp');
  await expectPrompts(studio, prompts);

  // As by a screen reader: pick up, carry, put down.
  const said = page.locator('[aria-live="assertive"]');
  await page.getByRole('button', { name: 'Move shot 3' }).focus();
  await page.keyboard.press('Space');
  await expect(said).toHaveText(/Picked up shot 3|Over place 3/);
  // A key counts once the places have been measured; on a busy machine one that comes before does nothing.
  await expect(async () => {
    if ((await said.textContent()) !== 'Over place 2.') await page.keyboard.press('ArrowUp');
    await expect(said).toHaveText('Over place 2.', { timeout: 2000 });
  }).toPass();
  await page.keyboard.press('Space');
  await expectPrompts(studio, ['a red boat', 'a green car', 'a blue bird']);
  await expect(said).toHaveText('Put down at place 2.');
});

test('shots are added, duplicated and deleted, but never the last one', async ({ studio }) => {
  const { page } = studio;
  await studio.prompt(3).focus();
  await page.getByRole('button', { name: 'Add shot' }).click();
  // The cursor is in the new shot's prompt, and by keys alone it comes to the next one.
  await page.keyboard.type('a white whale');
  await page.keyboard.press('Control+Shift+Enter');
  await page.keyboard.type('a pink house');
  await expectPrompts(studio, ['a red boat', 'a blue bird', 'a green car', 'a white whale', 'a pink house']);
  await page.getByRole('button', { name: 'Delete shot 5' }).click();
  await page.getByRole('button', { name: 'Duplicate shot 2' }).click();
  await expectPrompts(studio, ['a red boat', 'a blue bird', 'a blue bird', 'a green car', 'a white whale']);

  await page.getByRole('button', { name: 'Delete shot 2' }).click();
  await page.getByRole('button', { name: 'Delete shot 1' }).click();
  await expectPrompts(studio, ['a blue bird', 'a green car', 'a white whale']);
  // By key: the selected shot, when no text is being written.
  await studio.prompt(3).focus();
  await studio.stage.click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('Delete');
  await expectPrompts(studio, ['a blue bird', 'a green car']);

  await page.getByRole('button', { name: 'Delete shot 2' }).click();
  await expectPrompts(studio, ['a blue bird']);
  await expect(page.getByRole('button', { name: 'Delete shot 1' })).toBeDisabled();
  await page.keyboard.press('Delete');
  await expectPrompts(studio, ['a blue bird']);
});

test('keys pressed in a dialog leave the storyboard behind it alone', async ({ studio }) => {
  const { page } = studio;
  await studio.prompt(1).fill('a red boat on the sea');
  const edited = await studio.storyboard();
  await page.getByRole('button', { name: 'Projects' }).click();
  const dialog = page.getByRole('dialog', { name: 'Projects' });
  await dialog
    .getByRole('button', { name: /^Rename/ })
    .first()
    .click();
  const newTitle = dialog.getByRole('textbox', { name: 'New title' });
  const title = await newTitle.inputValue();
  await newTitle.pressSequentially(' x');
  await page.keyboard.press('Control+z');
  await expect(newTitle).not.toHaveValue(`${title} x`);
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Escape');
  await expect(newTitle).toBeHidden();
  for (const key of ['Control+Enter', 'Control+Shift+Enter']) await dialog.press(key);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(studio.generateButton).toBeVisible();
  expect(await studio.storyboard()).toEqual(edited);
});

test('a radio button that was clicked leaves the page its keys', async ({ studio }) => {
  const { page, playhead } = studio;
  await page.getByRole('radio', { name: /^Final/ }).click({ force: true });
  await page.keyboard.press('End');
  await expect(playhead).not.toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('Delete');
  await expectPrompts(studio, ['a blue bird', 'a green car']);
});

test('lines that are pasted into an empty prompt become shots, into words they stay words', async ({
  studio,
}) => {
  const { page } = studio;
  const list = '1. a red boat at dawn (2 s)\n2. the boat, close up\n';
  await studio.prompt(1).fill(list);
  await studio.prompt(1).press('ControlOrMeta+a');
  await studio.prompt(1).press('ControlOrMeta+c');
  await page.getByRole('button', { name: 'Add shot' }).click();
  const before = await studio.storyboard();

  await studio.prompt(2).press('ControlOrMeta+v');
  const spread = [list, 'a red boat at dawn', 'the boat, close up', 'a blue bird', 'a green car'];
  await expectPrompts(studio, spread);
  await expect(page.getByText('Made 2 shots of the lines that you pasted')).toBeVisible();
  expect((await studio.storyboard()).shots.map(({ seconds }) => seconds)).toEqual([1, 2, 1, 1, 1]);
  await page.keyboard.press('ControlOrMeta+z');
  expect(await studio.storyboard()).toEqual(before);

  await studio.prompt(3).press('End');
  await studio.prompt(3).press('ControlOrMeta+v');
  await expectPrompts(studio, [list, '', `a blue bird${list}`, 'a green car']);
});
