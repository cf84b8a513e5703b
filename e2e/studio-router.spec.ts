import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Locator } from '@playwright/test';
import { colours } from '../src/app/router/palette.ts';
import { type RouterRecord, unpackRouterRecord } from '../src/library/routerRecords.ts';
import type { FilmResult } from '../src/render/protocol.ts';
import { expect, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyFilm, tinyStoryboard } from './storyboards.ts';

// One film, looked at in steps that go on from each other: making it is what takes the time.
test.describe.configure({ mode: 'serial' });

/** Two rows of three patches in each latent frame. */
const size = { width: 96, height: 64 };
const grid = { frames: tinyFilm.latentFrames, rows: 2, columns: 3 };
const patches = grid.rows * grid.columns;

let context: BrowserContext;
let studio: StudioPage;
let film: FilmResult;
let record: RouterRecord;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(filmTimeout);
  context = await browser.newContext({ acceptDownloads: true });
  studio = new StudioPage(await context.newPage());
  await studio.open();
  await studio.openStoryboard(tinyStoryboard(size));
  film = await studio.generate();
});

test.afterAll(() => context.close());

const picker = (): Locator => studio.page.getByRole('button', { name: /^Groups over the film/ });
const panel = (): Locator => studio.page.getByRole('region', { name: 'Groups' });

/** What lies beside the film in the origin's private file system; null when there is nothing. */
async function storedRecord(fileName: string): Promise<RouterRecord | null> {
  const bytes = await studio.page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('router');
    const file = await folder.getFileHandle(name).catch(() => null);
    return file && [...new Uint8Array(await (await file.getFile()).arrayBuffer())];
  }, fileName);
  return bytes && unpackRouterRecord(Uint8Array.from(bytes).buffer);
}

/** Groups of the patches of a latent frame, as they are stored. */
function storedGroups(layer: number, step: number, latentFrame: number): number[] {
  const first = (layer * grid.frames + latentFrame) * patches;
  return [...(record.steps[step]?.groups.subarray(first, first + patches) ?? [])];
}

/** Groups of the patches on the stage by the colour that each is painted in. */
async function paintedGroups(): Promise<number[]> {
  const pixels = await picker()
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement, { rows, columns }) => {
      const drawn = canvas.getContext('2d');
      return Array.from({ length: rows * columns }, (_, cell) => {
        const x = ((cell % columns) + 0.5) * (canvas.width / columns);
        const y = (Math.floor(cell / columns) + 0.5) * (canvas.height / rows);
        return [...(drawn?.getImageData(x, y, 1, 1).data ?? [])];
      });
    }, grid);
  return pixels.map((pixel) => {
    const distances = colours.map((colour) =>
      Math.hypot(...[0, 1, 2].map((i) => channel(colour, i) - (pixel[i] ?? 0))),
    );
    const nearest = Math.min(...distances);
    expect(nearest, 'the patch has the colour of a group').toBeLessThan(12);
    return distances.indexOf(nearest);
  });
}

function channel(colour: string, index: number): number {
  return Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16);
}

async function choose(layer: number, step: number): Promise<void> {
  await panel().getByLabel('Layer').fill(String(layer));
  await panel().getByLabel('Step').fill(String(step));
}

/** Points at the middle of a patch. */
async function pointAt(cell: number): Promise<void> {
  const bounds = await picker().boundingBox();
  if (!bounds) throw new Error('the groups are not on the stage');
  await studio.page.mouse.move(
    bounds.x + ((cell % grid.columns) + 0.5) * (bounds.width / grid.columns),
    bounds.y + (Math.floor(cell / grid.columns) + 0.5) * (bounds.height / grid.rows),
  );
}

test('the choices of the router are kept beside the film', async () => {
  const stored = await storedRecord(film.fileName);
  if (!stored) throw new Error('the film has no record');
  record = stored;
  expect(record).toMatchObject({ ofSteps: 2, layers: 8, groups: 4, grid });
  expect(record.steps.map(({ step }) => step)).toEqual([1, 2]);
  const different = new Set(record.steps.flatMap(({ groups }) => [...groups]));
  expect(different.size).toBeGreaterThan(1);
});

test('the stage paints every patch in the colour of the group that is stored', async () => {
  const { page, playhead } = studio;
  await studio.stage.click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('g');
  await expect(picker()).toBeVisible();
  for (const [layer, step, key, latentFrame] of [
    [0, 0, 'Home', 0],
    [5, 0, 'End', 3],
    [5, 1, 'Home', 0],
    [7, 1, 'End', 3],
  ] as const) {
    await choose(layer, step);
    await playhead.focus();
    await page.keyboard.press(key);
    await expect
      .poll(paintedGroups, `layer ${layer}, step ${step}`)
      .toEqual(storedGroups(layer, step, latentFrame));
  }
});

test('a patch lights its group in every shot', async () => {
  const layer = 5;
  await choose(layer, 1);
  await studio.playhead.focus();
  await studio.page.keyboard.press('Home');
  const groups = storedGroups(layer, 1, 0);
  const cell = 4;
  await pointAt(cell);
  const group = groups[cell] ?? -1;
  await expect(picker()).toHaveAccessibleName(
    new RegExp(`shot 1, latent frame 1, row 2, column 2: group ${group + 1},`),
  );
  const inShot = (latentFrames: number[]): number =>
    latentFrames.flatMap((frame) => storedGroups(layer, 1, frame)).filter((one) => one === group).length;
  const counts = [inShot([0, 1]), inShot([2, 3])];
  const all = (counts[0] ?? 0) + (counts[1] ?? 0);
  const shots = panel().getByRole('list', { name: 'Groups by shot' }).getByRole('button');
  for (const [index, count] of counts.entries()) {
    await expect(shots.nth(index)).toHaveAccessibleName(
      `Shot ${index + 1}: ${count} · ${Math.round((100 * count) / all)} %`,
    );
  }
  await expect(
    panel().getByRole('button', { name: `Group ${group + 1}: ${all} patches`, exact: false }),
  ).toHaveAttribute('aria-pressed', 'true');

  // A click keeps it while the pointer and the playhead go elsewhere.
  await studio.page.mouse.down();
  await studio.page.mouse.up();
  await studio.page.mouse.move(2, 2);
  await studio.playhead.focus();
  await studio.page.keyboard.press('End');
  await expect(picker()).toHaveAccessibleName(/shot 1, latent frame 1, row 2, column 2/);
});

test('the keyboard alone chooses patches', async () => {
  const { page } = studio;
  await picker().focus();
  await page.keyboard.press('Escape');
  await expect(picker()).toHaveAccessibleName(/no patch chosen/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(picker()).toHaveAccessibleName(/shot 2, latent frame 2, row 1, column 1/);
  await page.keyboard.press('Enter');
  await studio.playhead.focus();
  await expect(picker()).toHaveAccessibleName(/shot 2, latent frame 2, row 1, column 1/);
  const { violations } = await new AxeBuilder({ page }).include('section[aria-label="Groups"]').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test('the groups are saved as numbers', async () => {
  const { page } = studio;
  const waiting = page.waitForEvent('download');
  await panel().getByRole('button', { name: 'Save the groups' }).click();
  await page.getByRole('menuitem', { name: /^Groups of all layers/ }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('tiny-film-groups.json');
  const saved: { maps: { step: number; layer: number; frames: number[][] }[] } = JSON.parse(
    await readFile(await download.path(), 'utf8'),
  );
  expect(saved.maps).toHaveLength(2 * 8);
  const map = saved.maps.find(({ step, layer }) => step === 2 && layer === 6);
  expect(map?.frames[3]).toEqual(storedGroups(5, 1, 3).map((group) => group + 1));
});

test('a film with dense attention says that it has none', async () => {
  await studio.openStoryboard(tinyStoryboard({ ...size, attention: 'dense', steps: 1 }));
  const dense = await studio.generate();
  expect(await storedRecord(dense.fileName)).toBeNull();
  await expect(panel()).toContainText('made with dense attention');
  expect(studio.errors).toEqual([]);

  // Back to the film before.
  await studio.page.keyboard.press('Control+z');
  await expect(picker()).toBeVisible();
});

test('after a reload the stage paints the same', async () => {
  const { page } = studio;
  await studio.reload();
  await expect(studio.film).toBeVisible();
  await page.getByRole('button', { name: 'Groups', exact: true }).click();
  await choose(5, 0);
  await studio.playhead.focus();
  await page.keyboard.press('End');
  expect(await storedRecord(film.fileName)).toEqual(record);
  await expect.poll(paintedGroups).toEqual(storedGroups(5, 0, 3));
});

test('a film without a record says so', async () => {
  await studio.page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle('router')).removeEntry(name);
  }, film.fileName);
  await studio.reload();
  await studio.page.getByRole('button', { name: 'Groups', exact: true }).click();
  await expect(panel()).toContainText('No groups are kept with this film');
  await expect(picker()).toBeHidden();
  expect(studio.errors).toEqual([]);
});
