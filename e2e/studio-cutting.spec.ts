import { expect, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

/** Latent frames of four frames each, at 24 frames a second. */
const unit = 4 / 24;
const lengths = [6, 3];
const prompts = ['a red boat', 'a blue bird'];

test.beforeEach(async ({ studio }) => {
  const shots = prompts.map((prompt, index) => ({
    id: `shot${index}`,
    prompt,
    seconds: (lengths[index] ?? 1) * unit,
    seed: null,
    locked: false,
  }));
  await studio.openStoryboard(tinyStoryboard({ shots }));
  // Keys go to the page, not to a field.
  await studio.stage.click({ position: { x: 5, y: 5 } });
  await studio.page.keyboard.press('Home');
});

/** Prompts and lengths in latent frames. */
async function cut(studio: StudioPage): Promise<[string, number][]> {
  const { shots } = await studio.storyboard();
  return shots.map(({ prompt, seconds }) => [prompt, Math.round(seconds / unit)]);
}

async function press(studio: StudioPage, ...keys: string[]): Promise<void> {
  for (const key of keys) await studio.page.keyboard.press(key);
}

test('a shot is split at the playhead, merged and trimmed by keys, each one undo step', async ({
  studio,
}) => {
  const states = [await cut(studio)];
  const edits: [string[], [string, number][]][] = [
    // Ten frames on is next to the start of the third latent frame, at frame 9.
    [
      [...Array.from({ length: 10 }, () => 'ArrowRight'), 's'],
      [
        ['a red boat', 3],
        ['a red boat', 3],
        ['a blue bird', 3],
      ],
    ],
    [
      ['Alt+Shift+ArrowRight'],
      [
        ['a red boat', 4],
        ['a red boat', 2],
        ['a blue bird', 3],
      ],
    ],
    [
      ['Alt+Shift+ArrowLeft'],
      [
        ['a red boat', 3],
        ['a red boat', 3],
        ['a blue bird', 3],
      ],
    ],
    [
      ['.'],
      [
        ['a red boat', 3],
        ['a red boat', 4],
        ['a blue bird', 3],
      ],
    ],
    [
      ['Alt+ArrowLeft'],
      [
        ['a red boat', 3],
        ['a red boat', 3],
        ['a blue bird', 3],
      ],
    ],
    [
      ['m'],
      [
        ['a red boat', 3],
        ['a red boat', 6],
      ],
    ],
    [
      ['Control+d'],
      [
        ['a red boat', 3],
        ['a red boat', 6],
        ['a red boat', 6],
      ],
    ],
    [
      ['Delete'],
      [
        ['a red boat', 3],
        ['a red boat', 6],
      ],
    ],
  ];
  for (const [keys, expected] of edits) {
    await press(studio, ...keys);
    expect(await cut(studio)).toEqual(expected);
    states.push(expected);
  }

  for (const state of states.slice(0, -1).reverse()) {
    await press(studio, 'Control+z');
    expect(await cut(studio)).toEqual(state);
  }
  for (const state of states.slice(1)) {
    await press(studio, 'Control+Shift+z');
    expect(await cut(studio)).toEqual(state);
  }
});

test('a split at the edge and a merge of the last shot change nothing and say why', async ({ studio }) => {
  const { page, timeline } = studio;
  const before = await studio.storyboard();
  const notices = page.getByRole('list', { name: 'Notices' });
  await timeline.getByRole('button', { name: 'Split at the playhead' }).click();
  await expect(notices).toContainText('The playhead is at the edge of the shot');
  await press(studio, 'ArrowDown');
  await timeline.getByRole('button', { name: 'Merge with the next shot' }).click();
  await expect(notices).toContainText('Shot 2 is the last one');
  expect(await studio.storyboard()).toEqual(before);
  await expect(studio.alerts).toHaveCount(0);
});

test('what the model does not get to read is struck out', async ({ studio }) => {
  const { page } = studio;
  const long = 'sailboat on the sea '.repeat(12);
  await studio.prompt(1).fill(long);
  const note = page.getByText(/does not read the last \d+ words/);
  await expect(note).toBeVisible();
  const words = Number(/last (\d+) words/.exec(await note.innerText())?.[1]);
  expect(words).toBeGreaterThan(0);
  expect(words).toBeLessThan(48);
  await expect(studio.prompt(1)).toHaveAttribute('aria-invalid', 'true');

  // The look is read first: as many words more are left out at the end.
  await page.getByRole('textbox', { name: 'Look of the film' }).fill('at dawn');
  await studio.prompt(1).focus();
  await expect(page.getByText(`does not read the last ${words + 2} words`)).toBeVisible();
  await studio.prompt(1).fill('sailboat on the sea');
  await expect(note).toBeHidden();
  await expect(studio.prompt(1)).toHaveAttribute('aria-invalid', 'false');
});

test('a trim that is given up leaves nothing to redo, and takes nothing away that was', async ({
  studio,
}) => {
  const { page, timeline } = studio;
  const redo = page.getByRole('button', { name: 'Redo', exact: true });
  const before = await cut(studio);

  async function giveUpTrim(): Promise<void> {
    const clip = await timeline
      .getByRole('list', { name: 'Clips' })
      .getByRole('listitem')
      .last()
      .boundingBox();
    if (!clip) throw new Error('the timeline shows the clips');
    const [x, y] = [clip.x + clip.width - 3, clip.y + 40];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - clip.width / 2, y, { steps: 5 });
    expect(await timeline.getByText(/ latent$/).allInnerTexts()).not.toEqual([]);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await cut(studio)).toEqual(before);
  }

  await giveUpTrim();
  await expect(redo).toBeDisabled();

  await press(studio, 'Control+d');
  const longer = await cut(studio);
  await press(studio, 'Control+z');
  await giveUpTrim();
  await press(studio, 'Control+Shift+z');
  expect(await cut(studio)).toEqual(longer);
  await expect(redo).toBeDisabled();
});
