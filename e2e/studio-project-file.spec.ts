import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, expectOneSentence, test } from './fixtures.ts';
import { type FileAtHand, StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

async function saveProject({ page }: StudioPage): Promise<FileAtHand> {
  await page.getByRole('button', { name: 'More to export' }).click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save project file' }).click();
  const download = await waiting;
  const buffer = await readFile(await download.path());
  return { name: download.suggestedFilename(), mimeType: 'application/zip', buffer };
}

/** Files of the private file system with their hashes, folder by folder. */
function filesOnDisk({ page }: StudioPage): Promise<Record<string, string[]>> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const found: Record<string, string[]> = {};
    for (const name of ['films', 'latents']) {
      const hashes: string[] = [];
      for await (const handle of (await root.getDirectoryHandle(name, { create: true })).values()) {
        if (handle.kind !== 'file') continue;
        const digest = await crypto.subtle.digest('SHA-256', await (await handle.getFile()).arrayBuffer());
        hashes.push([...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
      }
      found[name] = hashes.sort();
    }
    return found;
  });
}

test('a project goes to another browser in one file, films, locks and all', async ({ studio, browser }) => {
  test.setTimeout(4 * filmTimeout);
  await studio.openStoryboard(tinyStoryboard({ title: 'A boat', steps: 1, guidance: 1 }));
  await studio.generate();
  await expect(studio.film).toBeVisible();
  await studio.prompt(1).fill('a green car in the desert by day');
  const film = await studio.generate();
  const document = await studio.storyboard();
  const onDisk = await filesOnDisk(studio);
  expect(onDisk.films).toHaveLength(2);
  const project = await saveProject(studio);
  expect(project.name).toBe('a-boat.shotweave');

  const context = await browser.newContext();
  const other = new StudioPage(await context.newPage());
  await other.open(new URL('/', studio.page.url()).href);
  await other.drop(project);
  await expect(other.page.getByText('Opened the project “A boat” with 2 takes.')).toBeVisible();
  expect(await other.storyboard()).toEqual(document);
  expect(await filesOnDisk(other)).toEqual(onDisk);
  await expect(other.film).toBeVisible();
  const exported = (await other.exportFilm()).buffer;
  expect(createHash('sha256').update(exported).digest('hex')).toBe(
    createHash('sha256')
      .update((await studio.exportFilm()).buffer)
      .digest('hex'),
  );
  await other.reload();
  await expect(other.film).toBeVisible();

  // What the film was decoded from came with it: a shot can be locked here.
  await other.page.getByRole('button', { name: 'Lock shot 2' }).click();
  const next = await other.generate();
  expect(next.framesSha256).toBe(film.framesSha256);

  // Once more, where it is already: a project of its own.
  const fewer = await filesOnDisk(studio);
  await studio.openFile(project);
  await expect(studio.page.getByText('Opened the project “A boat” with 2 takes.')).toBeVisible();
  expect((await filesOnDisk(studio)).films).toHaveLength(2 * (fewer.films?.length ?? 0));
  await studio.page.getByRole('button', { name: 'Projects' }).click();
  const storyboards = studio.page
    .getByRole('list', { name: 'Storyboards' })
    .getByRole('button', { name: /^Open/ });
  await expect(storyboards).toHaveText(['A boat', 'A boat']);
  for (const { errors, refusals } of [studio, other]) expect([...errors, ...refusals]).toEqual([]);
  await context.close();
});

test('a storyboard without a film is a project too, and a damaged file changes nothing', async ({
  studio,
}) => {
  const storyboard = tinyStoryboard({ title: 'Not yet made' });
  await studio.openStoryboard(storyboard);
  const project = await saveProject(studio);
  await studio.openStoryboard(tinyStoryboard({ title: 'Another' }));
  const before = await studio.storyboard();

  await studio.drop({ ...project, buffer: project.buffer.subarray(0, -40) });
  await expectOneSentence(studio, /damaged or cut short/);
  await studio.page.getByRole('button', { name: 'Dismiss' }).last().click();
  expect(await studio.storyboard()).toEqual(before);

  await studio.openFile(project);
  await expect(studio.page.getByText('Opened the project “Not yet made” without a film.')).toBeVisible();
  expect(await studio.storyboard()).toEqual(storyboard);
  await studio.page.keyboard.press('Control+z');
  expect(await studio.storyboard()).toEqual(before);
});
