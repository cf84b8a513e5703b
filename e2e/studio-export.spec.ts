import { readFile, writeFile } from 'node:fs/promises';
import type { Download } from '@playwright/test';
import { BlobReader, BlobWriter, ZipReader } from '@zip.js/zip.js';
import { readStoryboardBox } from '../src/film/storyboardBox.ts';
import { parseStoryboard } from '../src/storyboard/document.ts';
import { expectAccessible } from './accessible.ts';
import { decodeVideo, probeVideo } from './ffmpeg.ts';
import { expect, expectOneSentence, test } from './fixtures.ts';
import { contrast, psnr } from './pictures.ts';
import type { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyFilm, tinyStoryboard } from './storyboards.ts';

const size = 64;
/** Frames of the first shot: one for the first latent frame, four for the second. */
const firstShot = 5;
const range = { start: 3, count: 6 };

async function openPanel({ page }: StudioPage): Promise<void> {
  await page.getByRole('button', { name: 'More to export' }).click();
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
}

async function choose({ page }: StudioPage, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByRole('radio', { name, exact: true }).check({ force: true });
}

/** Presses the panel's button and waits for the file. */
async function download({ page }: StudioPage, button: string): Promise<Download> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  return waiting;
}

/** Names of everything in a folder of the private file system. */
function namesIn({ page }: StudioPage, name: string): Promise<string[]> {
  return page.evaluate(async (folder) => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    for await (const key of (await root.getDirectoryHandle(folder, { create: true })).keys()) names.push(key);
    return names.sort();
  }, name);
}

function fileIn({ page }: StudioPage, folder: string, name: string): Promise<number[]> {
  return page.evaluate(
    async ([inside, key]) => {
      const root = await navigator.storage.getDirectory();
      let handle = root;
      for (const part of inside.split('/')) handle = await handle.getDirectoryHandle(part);
      const file = await (await handle.getFileHandle(key)).getFile();
      return [...new Uint8Array(await file.arrayBuffer())];
    },
    [folder, name] as const,
  );
}

/** Marks the range by keys, frame by frame, and leaves the playhead at its end. */
async function markRange({ page, playhead }: StudioPage): Promise<void> {
  await page.keyboard.press('Home');
  for (let i = 0; i < range.start; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('i');
  for (let i = 1; i < range.count; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('o');
  await expect(playhead).toHaveAttribute('aria-valuenow', `${range.start + range.count - 1}`);
}

test('in and out points are set by keys and handles, and looping stays between them', async ({ studio }) => {
  const { page, playhead } = studio;
  const inPoint = page.getByRole('slider', { name: 'In point' });
  const outPoint = page.getByRole('slider', { name: 'Out point' });
  // Slates play too: no film is needed to try a rhythm.
  await studio.openStoryboard(tinyStoryboard());
  const before = await studio.storyboard();
  await page.locator('body').click({ position: { x: 700, y: 400 } });
  await markRange(studio);
  await expect(inPoint).toHaveAttribute('aria-valuenow', '3');
  await expect(outPoint).toHaveAttribute('aria-valuenow', '8');
  await expect(outPoint).toHaveAttribute('aria-valuetext', '00:00:08');

  await page.getByRole('button', { name: 'Loop' }).click();
  await playhead.focus();
  const frames = await page.evaluate(async () => {
    const head = document.querySelector('[role="slider"][aria-label="Playhead"]');
    const seen: number[] = [];
    const watcher = new MutationObserver(() => seen.push(Number(head?.getAttribute('aria-valuenow'))));
    if (head) watcher.observe(head, { attributes: true, attributeFilter: ['aria-valuenow'] });
    window.dispatchEvent(new KeyboardEvent('keydown', { key: ' ' }));
    while (seen.filter((frame) => frame === 3).length < 3) await new Promise(requestAnimationFrame);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }));
    watcher.disconnect();
    return seen;
  });
  expect(Math.min(...frames)).toBe(3);
  expect(Math.max(...frames)).toBeLessThanOrEqual(8);

  await inPoint.focus();
  await page.keyboard.press('ArrowRight');
  await expect(inPoint).toHaveAttribute('aria-valuenow', '4');
  const box = await outPoint.boundingBox();
  const clips = await studio.timeline.getByRole('list', { name: 'Clips' }).boundingBox();
  if (!box || !clips) throw new Error('the timeline shows the range');
  const frameWidth = clips.width / tinyFilm.frames;
  await page.mouse.move(box.x + box.width / 2, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(clips.x + 11 * frameWidth, box.y + 12, { steps: 4 });
  await page.mouse.up();
  await expect(outPoint).toHaveAttribute('aria-valuenow', '10');

  // No edit of the document, and each document has its own.
  expect(await studio.storyboard()).toEqual(before);
  await studio.openStoryboard(tinyStoryboard({ title: 'Another' }));
  await expect(inPoint).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(inPoint).toHaveAttribute('aria-valuenow', '4');
  await expect(outPoint).toHaveAttribute('aria-valuenow', '10');

  // It goes with its shots: a longer first one takes the second's end along.
  await studio.setSeconds(1, '0.5');
  await expect(outPoint).toHaveAttribute('aria-valuenow', '14');
  await page.locator('body').click({ position: { x: 700, y: 400 } });
  await page.keyboard.press('Alt+x');
  await expect(inPoint).toHaveCount(0);
  expect(studio.errors).toEqual([]);
});

/** Saves what lies beside the film, and the film itself, under a name that the person gives. */
async function saveUnderName(studio: StudioPage): Promise<void> {
  const { page, playhead } = studio;
  await page.keyboard.press('End');
  await expect(playhead).toHaveAttribute('aria-valuenow', `${tinyFilm.frames - 1}`);
  for (const [choice, file] of [
    ['Save film', 'my-boat.mp4'],
    ['Save poster', `my-boat-${tinyFilm.frames - 1}.png`],
    ['Save contact sheet', 'my-boat-contact-sheet.png'],
    ['Save storyboard file', 'my-boat.shotweave.json'],
  ] as const) {
    await openPanel(studio);
    await page.getByRole('textbox', { name: 'File name' }).fill('My boat');
    const saved = await download(studio, choice);
    expect(saved.suggestedFilename()).toBe(file);
    if (!file.endsWith('.png')) continue;

    const picture = await page.evaluate(
      async (data) => {
        const image = new Image();
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext('2d');
        context?.drawImage(image, 0, 0);
        // As bytes, which come over at once; a list of a million numbers takes seconds.
        const pixels = context?.getImageData(0, 0, image.width, image.height).data;
        return { width: image.width, height: image.height, pixels };
      },
      await readFile(await saved.path(), 'base64'),
    );
    expect(contrast(picture.pixels ?? [])).toBeGreaterThan(4);
    if (choice === 'Save poster') expect(picture).toMatchObject({ width: size, height: size });
    // Two shots side by side.
    else expect(picture.width).toBeGreaterThan(2 * 360);
  }
}

/** Writes exports of a longer film to a folder that the person chose, and cancels one on the way. */
async function exportWhereChosen(studio: StudioPage): Promise<void> {
  const { page } = studio;
  // Long enough that it can be cancelled on the way.
  const [first, second] = tinyStoryboard().shots;
  if (!first || !second) throw new Error('the storyboard has two shots');
  const shots = [first, { ...second, seconds: 6 }];
  await studio.openStoryboard(tinyStoryboard({ title: 'A boat', steps: 1, guidance: 1, shots }));
  await studio.generate();
  await expect(studio.film).toBeVisible();
  // The private file system gives handles of the kind that the dialogs give.
  await page.evaluate(() => {
    const picked = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
    Object.assign(window, {
      showDirectoryPicker: picked,
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await picked()).getFileHandle(suggestedName, { create: true }),
    });
  });

  await openPanel(studio);
  await choose(studio, 'Whole film', 'Small', '3×');
  const codec = page.getByRole('combobox', { name: 'Codec' });
  await expect(codec.getByRole('option')).not.toHaveCount(1);
  await codec.selectOption({ index: 0 });
  await page.getByRole('button', { name: 'Save film', exact: true }).click();
  const progress = page.getByRole('progressbar', { name: 'Export' });
  await expect(progress).toBeVisible();
  await expect
    .poll(async () => Number(await progress.getAttribute('aria-valuenow')), { timeout: filmTimeout })
    .toBeGreaterThan(5);
  await page.getByRole('button', { name: 'Cancel the export' }).click();
  await expect(progress).toBeHidden();
  await expect(studio.alerts).toHaveCount(0);
  expect(await namesIn(studio, 'picked')).toEqual([]);

  await openPanel(studio);
  await choose(studio, '1×', 'Each shot');
  await page.getByRole('button', { name: 'Save shots', exact: true }).click();
  await expect(page.getByText('The shots are saved in the folder “a-boat-shots”.')).toBeVisible();
  const kept = await fileIn(studio, 'picked/a-boat-shots', 'a-boat-1.mp4');
  await openPanel(studio);
  await page.getByRole('button', { name: 'Save shots', exact: true }).click();
  await expect(page.getByText('The shots are saved in the folder “a-boat-shots-2”.')).toBeVisible();
  expect(await namesIn(studio, 'picked')).toEqual(['a-boat-shots', 'a-boat-shots-2']);
  expect(await fileIn(studio, 'picked/a-boat-shots', 'a-boat-1.mp4')).toEqual(kept);

  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry('latents', { recursive: true });
  });
  await openPanel(studio);
  await choose(studio, 'Whole film');
  await page.getByRole('button', { name: 'Save film', exact: true }).click();
  await expectOneSentence(studio, /generate it again to have the other choices/);
  expect(await namesIn(studio, 'picked')).toEqual(['a-boat-shots', 'a-boat-shots-2']);
}

test('film, range and shots are exported from what the film was decoded from', async ({ studio }, info) => {
  test.setTimeout(6 * filmTimeout);
  const { page } = studio;
  const storyboard = tinyStoryboard({ title: 'A boat' });
  await studio.openStoryboard(storyboard);
  const keepFrames = Array.from({ length: tinyFilm.frames }, (_, frame) => frame);
  const film = await studio.generate({ keepFrames });
  const made = film.keptFrames.map(({ rgba }) => Buffer.from(Object.values(rgba)));
  await expect(studio.film).toBeVisible();

  await test.step('the film as it is, is the file that was made', async () => {
    await openPanel(studio);
    await expect(page.getByRole('radio', { name: 'In to out' })).toBeDisabled();
    await expectAccessible(page, 'export');
    const copy = await readFile(await (await download(studio, 'Save film')).path());
    expect(copy.equals((await studio.exportFilm()).buffer)).toBe(true);
  });

  await test.step('poster, contact sheet, film and storyboard are saved under the name that the person gives', () =>
    saveUnderName(studio));

  await test.step('twice as large in another codec', async () => {
    await openPanel(studio);
    const codec = page.getByRole('combobox', { name: 'Codec' });
    await expect(codec.getByRole('option')).not.toHaveCount(1);
    const [own = '', other = ''] = await codec.getByRole('option').allInnerTexts();
    expect(own).not.toBe(other);
    await choose(studio, '2×');
    await codec.selectOption(other);
    const path = info.outputPath('large.mp4');
    const file = await download(studio, 'Save film');
    expect(file.suggestedFilename()).toBe('a-boat.mp4');
    await file.saveAs(path);
    const facts = await probeVideo(path);
    expect(facts).toMatchObject({ width: 2 * size, height: 2 * size, frames: tinyFilm.frames, rate: '24/1' });
    expect(facts.codec).toBe({ 'H.264': 'h264', VP9: 'vp9', AV1: 'av1' }[other]);
    // Each frame is the film's own, enlarged: made small again it is the same picture.
    const large = await decodeVideo(path, 2 * size, 2 * size);
    for (const [frame, picture] of large.entries()) {
      expect(psnr(halved(picture), made[frame] ?? [])).toBeGreaterThan(28);
    }
    const box = await readStoryboardBox(new Blob([new Uint8Array(await readFile(path))]));
    expect(parseStoryboard(box ?? '')).toEqual(storyboard);
  });

  await test.step('a range, small: fewer bytes, exactly its frames', async () => {
    await page.locator('body').click({ position: { x: 700, y: 400 } });
    await markRange(studio);
    await openPanel(studio);
    await choose(studio, 'In to out', '1×', 'Good');
    await expect(page.getByText(/00:00:03 – 00:00:09 · about/)).toBeVisible();
    const path = info.outputPath('range.mp4');
    await (await download(studio, 'Save film')).saveAs(path);
    const frames = await decodeVideo(path, size, size);
    expect(frames).toHaveLength(range.count);
    for (const [i, picture] of frames.entries()) {
      expect(psnr(picture, made[range.start + i] ?? [])).toBeGreaterThan(28);
    }
    const box = await readStoryboardBox(new Blob([new Uint8Array(await readFile(path))]));
    expect(parseStoryboard(box ?? '')).toEqual(storyboard);
  });

  await test.step('one file a shot, in an archive', async () => {
    await page.evaluate(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
    await openPanel(studio);
    await choose(studio, 'Each shot', 'Small');
    const file = await download(studio, 'Save shots');
    expect(file.suggestedFilename()).toBe('a-boat-shots.zip');
    const archive = new Blob([new Uint8Array(await readFile(await file.path()))]);
    const entries = await new ZipReader(new BlobReader(archive)).getEntries();
    expect(entries.map(({ filename }) => filename)).toEqual(['a-boat-1.mp4', 'a-boat-2.mp4']);
    for (const [i, entry] of entries.entries()) {
      if (entry.directory) throw new Error('the archive holds files');
      const shot = await entry.getData(new BlobWriter());
      const path = info.outputPath(`shot${i}.mp4`);
      await writeFile(path, Buffer.from(await shot.arrayBuffer()));
      const { frames } = await probeVideo(path);
      expect(frames).toBe(i === 0 ? firstShot : tinyFilm.frames - firstShot);
    }
    // The archive waits for the download; its parts are gone.
    expect(await namesIn(studio, 'exports')).toHaveLength(3);
  });

  await test.step('an export is written where the person chose, can be cancelled, and keeps what was there', () =>
    exportWhereChosen(studio));
  expect(studio.errors).toEqual([]);
  expect(studio.refusals).toEqual([]);
});

test('the storyboard is printed on paper, each shot in one piece', async ({ studio }, info) => {
  const { page } = studio;
  await page.evaluate(() => {
    window.print = () => document.documentElement.setAttribute('data-printed', document.title);
  });
  const prompt = 'a red sailboat on the sea at sunset, camera pans left. '.repeat(6).trim();
  const shots = Array.from({ length: 12 }, (_, i) => ({
    id: `shot${i}`,
    prompt: i === 3 ? prompt : `shot number ${i + 1}`,
    seconds: tinyFilm.secondsOfShot,
    seed: null,
    locked: false,
  }));
  await studio.openStoryboard(tinyStoryboard({ title: 'On paper', look: 'paper cut-outs', shots }));
  await openPanel(studio);
  await page.getByRole('textbox', { name: 'File name' }).fill('my sheet');
  await page.getByRole('button', { name: 'Print storyboard sheet' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-printed', 'my-sheet');
  await expect(page).toHaveTitle('On paper · Shotweave');
  const sheet = page.getByRole('article', { name: 'Storyboard sheet' });
  await expect(sheet).toBeHidden();

  await page.emulateMedia({ media: 'print' });
  await expect(sheet).toBeVisible();
  await expect(studio.timeline).toBeHidden();
  await expect(sheet.getByRole('heading', { name: 'On paper' })).toBeVisible();
  await expect(sheet).toContainText('12 shots · 00:03:21 · 64×64 · 24 fps');
  const rows = sheet.getByRole('listitem');
  await expect(rows).toHaveCount(12);
  await expect(rows.nth(3)).toContainText(prompt);
  await expect(rows.nth(1)).toContainText('00:00:05 – 00:00:13');
  for (const row of await rows.all()) await expect(row).toHaveCSS('break-inside', 'avoid');

  const pdf = await page.pdf({ format: 'A4', path: info.outputPath('sheet.pdf') });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g) ?? [];
  const height = await rows.evaluateAll((all) =>
    all.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0),
  );
  // A4 less its margins, at 96 pixels an inch.
  const pageHeight = ((297 - 30) / 25.4) * 96;
  expect(pages.length).toBeGreaterThanOrEqual(Math.ceil(height / pageHeight));

  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await expect(sheet).toHaveCount(0);
  await expect(studio.timeline).toBeVisible();
  expect(studio.refusals).toEqual([]);
});

/** A picture of half the size: the mean of every two by two pixels. */
function halved(picture: Buffer): number[] {
  const half: number[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let colour = 0; colour < 4; colour++) {
        const at = (row: number, column: number) =>
          picture[((2 * y + row) * 2 * size + 2 * x + column) * 4 + colour] ?? 0;
        half.push((at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4);
      }
    }
  }
  return half;
}
