import { createHash } from 'node:crypto';
import type { Locator } from '@playwright/test';
import type { FilmResult } from '../src/render/protocol.ts';
import { expectAccessible } from './accessible.ts';
import { expect, test } from './fixtures.ts';
import { psnr } from './pictures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyFilm, tinyStoryboard } from './storyboards.ts';
import { copyTake, takesOnDisk } from './takesOnDisk.ts';

const allFrames = Array.from({ length: tinyFilm.frames }, (_, frame) => frame);
/** Shot 1 is the first frame and one latent frame of four more. */
const cut = 5;

/** Hash of every kept frame. */
function hashes({ keptFrames }: FilmResult): string[] {
  return keptFrames.map(({ rgba }) =>
    createHash('sha256')
      .update(Uint8Array.from(Object.values(rgba)))
      .digest('hex'),
  );
}

const listOf = ({ page }: StudioPage) => page.getByRole('list', { name: 'Takes' }).getByRole('listitem');
const noticesOf = ({ page }: StudioPage) => page.getByRole('list', { name: 'Notices' });

async function openTakes(studio: StudioPage): Promise<void> {
  await studio.page.getByRole('button', { name: /^\d+ takes?$/ }).click();
  await expect(listOf(studio).first()).toBeVisible();
}

/** The picture that a player shows, RGBA. */
function pixelsOf(video: Locator): Promise<number[]> {
  return video.evaluate((shown: HTMLVideoElement) => {
    const canvas = new OffscreenCanvas(shown.videoWidth, shown.videoHeight);
    const context = canvas.getContext('2d');
    context?.drawImage(shown, 0, 0);
    return [...(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
  });
}

test('one shot is made anew, the others keep their frames, and both films are kept to compare', async ({
  studio,
}) => {
  test.setTimeout(4 * filmTimeout);
  const { page, film } = studio;
  await studio.openStoryboard(tinyStoryboard({ title: 'A boat' }));
  const first = hashes(await studio.generate({ keepFrames: allFrames }));

  await test.step('re-roll shot 2 by key: a seed of its own, one undo step, a second take', async () => {
    await studio.timeline.getByRole('listitem').nth(1).click();
    await page.keyboard.press('r');
    await expect(studio.cancelButton).toBeVisible();
    await expect.poll(async () => (await takesOnDisk(page)).takes.length, { timeout: filmTimeout }).toBe(2);
    await expect(studio.generateButton).toBeVisible();
    const { seed, shots } = await studio.storyboard();
    expect(seed).toBe(7);
    expect(shots.map((shot) => shot.seed)).toEqual([null, expect.any(Number)]);
    expect(shots.map(({ locked }) => locked)).toEqual([false, false]);
    await page.keyboard.press('Control+z');
    expect((await studio.storyboard()).shots.map((shot) => shot.seed)).toEqual([null, null]);
    await page.keyboard.press('Control+Shift+z');
    expect((await studio.storyboard()).shots).toEqual(shots);
  });

  const { takes } = await takesOnDisk(page);
  const [second, oldest] = takes;
  expect(takes.map(({ number, rerolled }) => [number, rerolled])).toEqual([
    [2, 'shot1'],
    [1, null],
  ]);

  await test.step('the same making shows frame by frame what stayed', async () => {
    const again = await studio.generate({ only: 'shot1', keepFrames: allFrames });
    expect(again.framesSha256).toBe(second?.record.framesSha256);
    const frames = hashes(again);
    expect(frames.slice(0, cut)).toEqual(first.slice(0, cut));
    for (const [i, hash] of frames.slice(cut).entries()) expect(hash).not.toBe(first[cut + i]);
  });

  await test.step('a take is deleted with all its files, and comes back when it is asked back', async () => {
    await openTakes(studio);
    await expect(listOf(studio)).toHaveCount(3);
    const before = await takesOnDisk(page);
    await page.getByRole('button', { name: 'Delete take 3' }).click();
    await expect(listOf(studio)).toHaveCount(2);
    // The newest of the others steps in.
    await expect.poll(async () => (await takesOnDisk(page)).shown).toEqual([second?.record.fileName]);
    await noticesOf(studio).getByRole('button', { name: 'Undo' }).click();
    await expect(listOf(studio)).toHaveCount(3);
    expect(await takesOnDisk(page)).toEqual(before);

    await page.getByRole('button', { name: 'Delete take 3' }).click();
    await noticesOf(studio).getByRole('button', { name: 'Dismiss' }).last().click();
    const left = [oldest?.record.fileName, second?.record.fileName].sort();
    await expect.poll(async () => (await takesOnDisk(page)).files.films).toEqual(left);
    expect((await takesOnDisk(page)).files).toMatchObject({ latents: left, router: left });
  });

  await test.step('a take that is shown stays on the stage after a reload', async () => {
    await page.getByRole('button', { name: 'Show take 1' }).click();
    await expect.poll(async () => (await takesOnDisk(page)).shown).toEqual([oldest?.record.fileName]);
    await studio.reload();
    await expect(film).toBeVisible();
    await openTakes(studio);
    await expect(listOf(studio).filter({ hasText: 'on the stage' })).toHaveText(/Take 1/);
  });

  await test.step('two takes are compared under one playhead, and one is picked by its key', async () => {
    await page.getByRole('button', { name: 'Compare take 2' }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare takes' });
    await expectAccessible(page, 'two takes side by side');
    const sides = [
      dialog.getByLabel('Take 1', { exact: true }),
      dialog.getByLabel('Take 2', { exact: true }),
    ];
    const frames = () =>
      Promise.all(
        sides.map((side) =>
          side.evaluate((video: HTMLVideoElement) =>
            video.seeking || video.readyState < 2 ? -1 : Math.floor(video.currentTime * 24),
          ),
        ),
      );
    await expect.poll(frames).toEqual([0, 0]);
    const pictures = () => Promise.all(sides.map(pixelsOf));
    const [leftFirst = [], rightFirst = []] = await pictures();
    expect(psnr(leftFirst, rightFirst)).toBeGreaterThan(40);
    await page.keyboard.press('End');
    await expect.poll(frames).toEqual([tinyFilm.frames - 1, tinyFilm.frames - 1]);
    await expect
      .poll(async () => {
        const [left = [], right = []] = await pictures();
        return psnr(left, right);
      })
      .toBeLessThan(30);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(frames).toEqual([tinyFilm.frames - 2, tinyFilm.frames - 2]);

    await dialog.getByRole('combobox', { name: 'Play' }).selectOption('shot 2 only');
    // Round and round inside the shot, both of them.
    const seen = await dialog.evaluate(async (element) => {
      const videos = [...element.querySelectorAll('video')];
      const times: number[][] = [];
      for (let i = 0; i < 60; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        times.push(videos.map((video) => Math.floor(video.currentTime * 24)));
      }
      return times;
    });
    // A player may be a frame or two past the cut when it is brought back.
    expect(Math.min(...seen.flat())).toBeGreaterThanOrEqual(cut - 2);
    for (const side of [0, 1]) expect(new Set(seen.map((times) => times[side])).size).toBeGreaterThan(3);

    await page.keyboard.press('2');
    await expect(dialog).toBeHidden();
    await expect.poll(async () => (await takesOnDisk(page)).shown).toEqual([second?.record.fileName]);
    await openTakes(studio);
    await page.getByRole('button', { name: 'Compare take 1' }).click();
    await expect(dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    expect((await takesOnDisk(page)).shown).toEqual([second?.record.fileName]);
  });
  expect(studio.errors).toEqual([]);
  expect(studio.refusals).toEqual([]);
});

test('a shot is not made anew where the others could not stay; a re-rolled film takes the place of the oldest', async ({
  studio,
}) => {
  test.setTimeout(4 * filmTimeout);
  const { page } = studio;
  const document = tinyStoryboard({ title: 'A boat', steps: 1 });
  await studio.openStoryboard(document);
  await page.getByRole('button', { name: 'Re-roll shot 1' }).click();
  await expect(noticesOf(studio).getByText(/no film yet.*generate the film first/)).toBeVisible();
  expect(await studio.storyboard()).toEqual(document);
  const { framesSha256, fileName } = await studio.generate();
  await studio.setSeconds(2, '1');
  await page.getByRole('button', { name: 'Re-roll shot 1' }).click();
  await expect(noticesOf(studio).getByText(/Shot 2 has another length/)).toBeVisible();
  expect((await studio.storyboard()).shots.map(({ seed }) => seed)).toEqual([null, null]);
  expect((await takesOnDisk(page)).takes).toHaveLength(1);
  await page.keyboard.press('Control+z');
  expect(await studio.storyboard()).toEqual(document);

  // The film is re-rolled from a new seed, and the oldest take that is not pinned gives way.
  await copyTake(page, 11);
  await studio.reload();
  await openTakes(studio);
  await expect(listOf(studio)).toHaveCount(12);
  const pin = page.getByRole('button', { name: 'Pin take 1', exact: true });
  await pin.click();
  await expect(pin).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Escape');

  await studio.filmSettings.getByRole('button', { name: 'Re-roll the film' }).click();
  await expect.poll(async () => (await takesOnDisk(page)).takes.length, { timeout: filmTimeout }).toBe(13);
  await expect(studio.generateButton).toBeVisible();
  const { seed } = await studio.storyboard();
  const rerolled = (await takesOnDisk(page)).takes[0];
  expect(seed).not.toBe(7);
  expect(rerolled?.record.seed).toBe(seed);
  expect(rerolled?.record.framesSha256).not.toBe(framesSha256);

  await page.keyboard.press('Shift+R');
  await expect(noticesOf(studio).getByText(/newest 12 takes, so take 2 is gone/)).toBeVisible({
    timeout: filmTimeout,
  });
  const { takes, files } = await takesOnDisk(page);
  expect(takes.map(({ number }) => number)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 1]);
  expect(takes.at(-1)).toMatchObject({ pinned: true, record: { fileName } });
  expect(files.films).toHaveLength(13);
  expect(files.films).not.toContain('copy-0.mp4');
  expect(studio.errors).toEqual([]);
});

test('another storyboard that is open while a film is made shows its own film and cut, and gets no take until then', async ({
  studio,
}) => {
  test.setTimeout(3 * filmTimeout);
  const { page, film } = studio;
  const open = async (title: string) => {
    await page.getByRole('button', { name: 'Projects' }).click();
    await page.getByRole('button', { name: `Open “${title}”` }).click();
    await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue(title);
  };
  const generateAndPause = async () => {
    await studio.generateButton.click();
    await page.getByRole('button', { name: 'Pause generating' }).click();
  };
  const show = page.getByRole('button', { name: 'Show take 1' });
  await studio.openStoryboard(tinyStoryboard({ title: 'With takes', steps: 1 }));
  await studio.generate();
  await copyTake(page, 1);
  await studio.openStoryboard(tinyStoryboard({ title: 'In the making', width: 96, steps: 16 }));

  await test.step('its film is on the stage, and no other take can be put there', async () => {
    await generateAndPause();
    await open('With takes');
    await expect(film).toBeVisible();
    await expect(studio.stage.getByText('64×64')).toBeVisible();
    await openTakes(studio);
    await expect(show).toBeDisabled();
    await page.getByRole('button', { name: 'Compare take 2' }).click();
    const dialog = page.getByRole('dialog', { name: 'Compare takes' });
    await expect(dialog.getByRole('button', { name: 'Pick take 2' })).toBeDisabled();
    await page.keyboard.press('2');
    await expect(dialog).toBeHidden();
    await expect(noticesOf(studio).getByText(/A film is being made: wait for it/)).toBeVisible();
    expect((await takesOnDisk(page)).shown).not.toContain('copy-0.mp4');
    await studio.cancelButton.click();
    await expect(studio.generateButton).toBeVisible({ timeout: filmTimeout });
    await openTakes(studio);
    await expect(show).toBeEnabled();
    await page.keyboard.press('Escape');
  });

  await test.step('its film comes to the stage as soon as the other one has ended', async () => {
    await open('In the making');
    await studio.reload();
    await generateAndPause();
    await open('With takes');
    await expect(film).toBeHidden();
    await expect(studio.stage.getByText('64×64')).toBeVisible();
    await expect(studio.exportButton).toBeDisabled();
    await studio.cancelButton.click();
    await expect(film).toBeVisible({ timeout: filmTimeout });
    await expect(studio.exportButton).toBeEnabled();
  });

  await test.step('a deleted film leaves nothing on the stage', async () => {
    await openTakes(studio);
    await page.getByRole('button', { name: 'Delete take 2' }).click();
    await page.getByRole('button', { name: 'Delete take 1' }).click();
    await expect(film).toBeHidden();
    await expect(studio.stage.getByText(/not finished/)).toBeHidden();
    await noticesOf(studio).getByRole('button', { name: 'Undo' }).last().click();
    await expect(film).toBeVisible();
  });
  expect(studio.errors).toEqual([]);
});
