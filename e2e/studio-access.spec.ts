import type { Locator } from '@playwright/test';
import { expectAccessible } from './accessible.ts';
import { expect, test } from './fixtures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

/** Latent frames of four frames each, at 24 frames a second. */
const unit = 4 / 24;
const lengths = [6, 3, 9];

const cutFilm = () =>
  tinyStoryboard({
    shots: ['a red boat', 'a blue bird', 'a green car'].map((prompt, index) => ({
      id: `shot${index}`,
      prompt,
      seconds: (lengths[index] ?? 1) * unit,
      seed: null,
      locked: false,
    })),
  });

/** First word but one of every prompt, and its length in latent frames. */
async function cut(studio: StudioPage): Promise<string> {
  const { shots } = await studio.storyboard();
  return shots
    .map(({ prompt, seconds }) => `${prompt.split(' ')[1]} ${Math.round(seconds / unit)}`)
    .join(', ');
}

const clipsOf = ({ timeline }: StudioPage) =>
  timeline.getByRole('list', { name: 'Clips' }).getByRole('listitem');

async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('not to be seen');
  return box;
}

test('a page without a film breaks no rule: first visit, empty, editing, and with every panel open', async ({
  studio,
}) => {
  const { page } = studio;
  await expect(page.getByRole('radio', { name: /^Final, about/ })).toBeVisible();
  await expectAccessible(page, 'first visit');
  for (const [state, width, height] of [
    ['narrow', 1024, 768],
    ['phone', 800, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expectAccessible(page, state);
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.getByRole('textbox', { name: 'Look of the film' }).fill('at dawn in a thunderstorm');
  await studio.prompt(1).fill(`the sailbot ${'on the sea '.repeat(30)}`);
  await expect(page.getByRole('list', { name: 'Unknown words', exact: true })).toBeVisible();
  await expectAccessible(page, 'unknown and unread words');

  await page.getByRole('button', { name: /^No GPU/ }).click();
  await expect(page.getByText('full precision')).toBeVisible();
  await expectAccessible(page, 'facts of the adapter');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectAccessible(page, 'menu');
  await page.getByRole('menuitem', { name: 'New storyboard' }).click();
  await expect(studio.prompt(1)).toHaveValue('');
  await expectAccessible(page, 'empty');

  await page.getByRole('button', { name: 'Keys' }).click();
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expectAccessible(page, 'keys');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Projects', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'projects');
});

test('a film breaks no rule while it forms, when it fails and when it is done; its parts keep their stills', async ({
  studio,
}) => {
  test.setTimeout(3 * filmTimeout);
  const { page } = studio;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await studio.openStoryboard(tinyStoryboard({ steps: 40, guidance: 1 }));
  await studio.generateButton.click();
  await expect(studio.stage.getByText(/^step [2-9]\/40/)).toBeVisible({ timeout: filmTimeout });
  // Nothing moves for who asked for less motion.
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await expectAccessible(page, 'generating');
  await expect(page.getByRole('status').filter({ hasText: 'Denoising all shots' })).toBeAttached();

  await studio.loseDevice();
  await expect(studio.alerts).toBeVisible();
  await expectAccessible(page, 'failed');

  // Seen from another storyboard, it is still told whose film failed, and nothing makes a film of the wrong one.
  await studio.openStoryboard(tinyStoryboard({ title: 'Another' }));
  await expect(studio.alerts).toHaveText(/^“Tiny film” did not become a film\. /);
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Projects' }).click();
  await page.getByRole('button', { name: 'Open “Tiny film”' }).click();

  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(page.getByRole('status').filter({ hasText: 'The film is done.' })).toBeAttached();
  await expectAccessible(page, 'done');

  // Both halves of a split shot show what was made of them.
  const clips = clipsOf(studio);
  const isDrawn = (clip: Locator) =>
    clip.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.some((value) => value > 0);
    });
  await expect.poll(() => isDrawn(clips.nth(1))).toBe(true);
  await clips.nth(1).click();
  await page.keyboard.press('s');
  await expect(clips).toHaveCount(3);
  for (const index of [0, 1, 2]) await expect.poll(() => isDrawn(clips.nth(index))).toBe(true);
  // The film still plays through them: the end of the film is in the last part.
  await page.keyboard.press('End');
  await expect(studio.playhead).toBeVisible();
  expect(studio.errors).toEqual([]);
});

test('a clip is moved, trimmed and cut with the mouse, each one undo step', async ({ studio }) => {
  const { page } = studio;
  await studio.openStoryboard(cutFilm());
  const clips = clipsOf(studio);
  const states = [await cut(studio)];
  expect(states).toEqual(['red 6, blue 3, green 9']);

  // The first clip behind the second.
  const red = await boxOf(clips.nth(0));
  const blue = await boxOf(clips.nth(1));
  await page.mouse.move(red.x + 30, red.y + 40);
  await page.mouse.down();
  await page.mouse.move(red.x + 30 + blue.width + 20, red.y + 40, { steps: 12 });
  await page.mouse.up();
  states.push(await cut(studio));
  expect(states[1]).toBe('blue 3, red 6, green 9');

  // The end of the last clip in by half of it: nine latent frames snap to four or five, and the clip says so.
  const green = await boxOf(clips.nth(2));
  const end = green.x + green.width - 3;
  await page.mouse.move(end, green.y + 40);
  await page.mouse.down();
  await page.mouse.move(end - (green.width * 4) / 9, green.y + 40, { steps: 12 });
  await expect(clips.nth(2).getByText('0.83 s · 5 latent')).toBeVisible();
  await page.mouse.up();
  states.push(await cut(studio));
  expect(states[2]).toBe('blue 3, red 6, green 5');

  // A drag that is given up is no edit.
  const last = await boxOf(clips.nth(2));
  await page.mouse.move(last.x + last.width - 3, last.y + 40);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width - 90, last.y + 40, { steps: 5 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await cut(studio)).toBe(states[2]);

  // The blade cuts where it is put down, at the start of a latent frame.
  await page.keyboard.press('b');
  const whole = await boxOf(clips.nth(1));
  await page.mouse.click(whole.x + whole.width / 3, whole.y + 40);
  await page.keyboard.press('Escape');
  states.push(await cut(studio));
  expect(states[3]).toBe('blue 3, red 2, red 4, green 5');

  // The start of a clip is the cut before it: one shot gets what the other gives.
  const third = await boxOf(clips.nth(2));
  await page.mouse.move(third.x + 3, third.y + 40);
  await page.mouse.down();
  await page.mouse.move(third.x + 3 + third.width / 4, third.y + 40, { steps: 8 });
  await page.mouse.up();
  states.push(await cut(studio));
  expect(states[4]).toBe('blue 3, red 3, red 3, green 5');

  await page.getByRole('button', { name: 'All shots as long' }).click();
  states.push(await cut(studio));
  expect(states[5]).toBe('blue 3, red 3, red 3, green 3');

  for (const state of states.slice(0, -1).reverse()) {
    await page.keyboard.press('Control+z');
    expect(await cut(studio)).toBe(state);
  }
});

test('the timeline is worked by keyboard alone', async ({ studio }) => {
  const { page, timeline } = studio;
  await studio.openStoryboard(cutFilm());
  const clips = clipsOf(studio);
  const said = timeline.getByRole('status');

  // One clip is a stop for Tab: the selected one.
  const stops = timeline.locator('ol button:not([tabindex="-1"])');
  await expect(stops).toHaveCount(1);
  await stops.focus();
  await page.keyboard.press('Enter');
  await expect(said).toHaveText('Picked up shot 1.');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(said).toHaveText('Over place 3.');
  expect(await cut(studio)).toBe('red 6, blue 3, green 9');
  await stops.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(said).toHaveText('Put down at place 2.');
  await expect(clips.nth(1).getByRole('button')).toBeFocused();
  expect(await cut(studio)).toBe('blue 3, red 6, green 9');

  await clips.nth(1).getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Escape');
  await expect(said).toHaveText('Shot 2 stays where it was.');
  expect(await cut(studio)).toBe('blue 3, red 6, green 9');

  // Space is the film's, even on a clip; up and down go to cuts and take the focus along.
  await clips.nth(1).getByRole('button').focus();
  await page.keyboard.press(' ');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.keyboard.press('k');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(clips.nth(2).getByRole('button')).toBeFocused();

  const width = async () => (await boxOf(clips.nth(1))).width;
  const fitted = await width();
  await page.keyboard.press('+');
  await expect.poll(width).toBeGreaterThan(1.4 * fitted);
  await page.keyboard.press('\\');
  await expect.poll(width).toBeCloseTo(fitted, 0);

  await page.keyboard.press('Control+z');
  expect(await cut(studio)).toBe('red 6, blue 3, green 9');
});
