import { writeFile } from 'node:fs/promises';
import type { BrowserContext } from '@playwright/test';
import { contentSecurityPolicy } from '../scripts/lib/contentSecurityPolicy.mjs';
import { readStoryboardBox } from '../src/film/storyboardBox.ts';
import type { FilmResult } from '../src/render/protocol.ts';
import { parseStoryboard, type Storyboard } from '../src/storyboard/document.ts';
import { decodeVideo, makeForeignVideo, probeVideo } from './ffmpeg.ts';
import { expect, expectOneSentence, test } from './fixtures.ts';
import { contrast, psnr } from './pictures.ts';
import { type FileAtHand, StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyFilm } from './storyboards.ts';
import { takesOnDisk } from './takesOnDisk.ts';

// One journey from an empty profile to the exported film and back, in steps that go on from each other: making a
// film is what takes the time.
test.describe.configure({ mode: 'serial' });

const size = { width: 224, height: 128 };
const steps = 4;
const prompts = ['wide shot of a red sailboat on the sea at sunset', 'close up of the sailboat at sunset'];

let context: BrowserContext;
let studio: StudioPage;
/** What the person has written. */
let written: Storyboard;
let exported: FileAtHand;
let exportedFile: string;
/** The film made again, with all its frames as the engine gave them. */
let again: FilmResult;

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext();
  studio = new StudioPage(await context.newPage());
  await studio.open();
});

test.afterAll(() => context.close());

test('a first visit finds a film that can be generated at once', async () => {
  expect((await studio.prompts()).every((prompt) => prompt.length > 0)).toBe(true);
  await expect(studio.generateButton).toBeEnabled();
  await expect(studio.exportButton).toBeDisabled();
  await expect(studio.page.getByRole('region', { name: 'Your first film' })).toBeVisible();
});

test('the person writes two shots and chooses size, steps and seed', async () => {
  for (const [index, prompt] of prompts.entries()) {
    await studio.prompt(index + 1).fill(prompt);
    await studio.setSeconds(index + 1, String(tinyFilm.secondsOfShot));
  }
  await studio.page.getByRole('textbox', { name: 'Title of the film' }).fill('A sailboat, twice');
  await studio.filmSettings.getByLabel('Size').selectOption({ label: 'Small 224×128' });
  await studio.number('Steps').fill(String(steps));
  await studio.number('Seed').fill('11');

  written = await studio.storyboard();
  expect(written).toMatchObject({ ...size, title: 'A sailboat, twice', steps, seed: 11, fps: 24 });
  expect(written.shots.map(({ prompt, seconds }) => ({ prompt, seconds }))).toEqual(
    prompts.map((prompt) => ({ prompt, seconds: tinyFilm.secondsOfShot })),
  );
  await expect(studio.stage).toContainText(`${tinyFilm.frames} frames · ${tinyFilm.latentFrames} latent`);
});

test('the film forms on the stage, sharpens and is done', async () => {
  const previews = await studio.recordPreviews();
  await studio.generateButton.click();
  await expect(studio.cancelButton).toBeVisible();
  await expect(studio.progress).toHaveAttribute('aria-valuetext', /percent, \w+/);
  await expect(studio.stage).toContainText(/Denoising all shots.*step \d\/4/, { timeout: filmTimeout });
  await expect(studio.stage.getByRole('img', { name: 'The film as it forms' })).toBeVisible();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(studio.progress).toBeHidden();
  await expect(studio.alerts).toHaveCount(0);

  const seen = await previews();
  const forming = seen.filter(({ stills }) => stills.every(({ final }) => !final));
  expect(forming.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  const final = seen.flatMap(({ stills }) => stills).filter((still) => still.final);
  expect(final.map(({ latentFrame }) => latentFrame)).toEqual([0, 1, 2, 3]);
  for (const { latentFrame, rgba: finished } of final) {
    const pictures = forming.map(
      ({ stills }) => stills.find((still) => still.latentFrame === latentFrame)?.rgba ?? [],
    );
    const first = pictures.at(0) ?? [];
    const last = pictures.at(-1) ?? [];
    expect(contrast(last)).toBeGreaterThan(8);
    expect(psnr(last, finished)).toBeGreaterThan(psnr(first, finished));
  }
});

test('the film plays to its end', async () => {
  const { page, film, playhead } = studio;
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(playhead).toHaveAttribute('aria-valuenow', String(tinyFilm.frames - 1));
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  const played = await film.evaluate(
    (video: HTMLVideoElement) => video.played.end(0) - video.played.start(0),
  );
  expect(played).toBeGreaterThan((0.8 * tinyFilm.frames) / 24);
});

test('the film can be scrubbed and stepped through', async () => {
  const { page, film, timeline, playhead } = studio;
  const shownFrame = () => film.evaluate((video: HTMLVideoElement) => Math.floor(video.currentTime * 24));
  const clip = timeline.getByRole('listitem').nth(1);
  await clip.click();
  // The second shot begins after the first frame and one latent frame of four.
  const frame = Number(await playhead.getAttribute('aria-valuenow'));
  expect(frame).toBeGreaterThan(5);
  expect(frame).toBeLessThan(tinyFilm.frames);
  await expect.poll(shownFrame).toBe(frame);
  await expect(page.getByRole('heading', { name: 'Shot 2' })).toBeVisible();

  for (const [key, at] of [
    ['Home', 0],
    ['ArrowRight', 1],
    ['ArrowDown', 5],
    ['End', tinyFilm.frames - 1],
    ['ArrowLeft', tinyFilm.frames - 2],
  ] as const) {
    await page.keyboard.press(key);
    await expect(playhead).toHaveAttribute('aria-valuenow', String(at));
    await expect.poll(shownFrame).toBe(at);
  }
});

test('the exported file is a film that other programs read', async () => {
  exported = await studio.exportFilm();
  expect(exported.name).toBe('a-sailboat-twice.mp4');
  exportedFile = test.info().outputPath(exported.name);
  await writeFile(exportedFile, exported.buffer);
  const { codec, ...facts } = await probeVideo(exportedFile);
  expect(['h264', 'vp9', 'av1']).toContain(codec);
  expect(facts).toEqual({ ...size, frames: 1 + 4 * (tinyFilm.latentFrames - 1), rate: '24/1' });
});

test('the same storyboard and seed give the same frames, another seed gives others', async () => {
  const [first] = (await takesOnDisk(studio.page)).takes;
  const keepFrames = Array.from({ length: tinyFilm.frames }, (_, frame) => frame);
  again = await studio.generate({ keepFrames });
  const { framesSha256 } = again;
  expect(framesSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(framesSha256).toBe(first?.record.framesSha256);

  await studio.number('Seed').fill('12');
  const other = await studio.generate();
  expect(other.seed).toBe(12);
  expect(other.framesSha256).not.toBe(framesSha256);
});

test('the exported film shows the frames that the engine made', async () => {
  const frames = await decodeVideo(exportedFile, size.width, size.height);
  expect(frames).toHaveLength(tinyFilm.frames);
  expect(again.keptFrames.map(({ frame }) => frame)).toEqual(frames.map((_, frame) => frame));
  for (const { frame, rgba } of again.keptFrames) {
    expect(psnr(frames[frame] ?? [], rgba), `frame ${frame}`).toBeGreaterThan(30);
  }
});

test('the exported film brings its storyboard back', async () => {
  const box = await readStoryboardBox(new Blob([new Uint8Array(exported.buffer)]));
  expect(parseStoryboard(box ?? '')).toEqual(written);

  expect(await studio.storyboard()).not.toEqual(written);
  await studio.drop(exported);
  await expect(studio.page.getByText('Opened “A sailboat, twice”')).toBeVisible();
  expect(await studio.storyboard()).toEqual(written);

  await studio.prompt(1).fill('something else');
  await studio.openFile(exported);
  await expect(studio.prompt(1)).toHaveValue(prompts[0] ?? '');
  expect(await studio.storyboard()).toEqual(written);
});

test('films that carry no storyboard change nothing', async () => {
  const foreign = test.info().outputPath('holiday.mp4');
  await makeForeignVideo(foreign);
  await studio.page.locator('body').drop({ files: foreign });
  await expectOneSentence(studio, /“holiday\.mp4” carries no storyboard/);
  await studio.page.getByRole('button', { name: 'Dismiss' }).last().click();

  await studio.drop({ ...exported, buffer: exported.buffer.subarray(0, exported.buffer.length - 100) });
  await expectOneSentence(studio, /damaged or cut short/);
  expect(await studio.storyboard()).toEqual(written);
});

test('nothing was asked of any other origin, and a policy says so', async () => {
  const { page, requests, refusals, errors } = studio;
  const { origin } = new URL(page.url());
  expect(requests.filter((address) => new URL(address).origin !== origin)).toEqual([]);
  // The worker's requests were seen as well.
  expect(requests).toContain(`${origin}/models/papercut/dit.safetensors`);
  expect(refusals).toEqual([]);
  expect(errors).toEqual([]);

  const response = await page.request.get('/');
  expect(response.headers()['content-security-policy']).toBe(contentSecurityPolicy);
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(meta).toHaveAttribute('content', contentSecurityPolicy);
  expect(contentSecurityPolicy).toContain("default-src 'self'");
});
