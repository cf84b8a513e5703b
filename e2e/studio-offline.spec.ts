import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentSecurityPolicy } from '../scripts/lib/contentSecurityPolicy.mjs';
import { dist } from '../scripts/lib/paths.mjs';
import { precacheOf } from '../scripts/lib/precache.mjs';
import { serveApp } from '../scripts/lib/staticServer.mjs';
import { expect, test } from './fixtures.ts';
import { StudioPage } from './StudioPage.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

const takeoverTimeout = 30_000;

test.use({ serviceWorkers: 'allow' });

/** Waits until the browser has kept the studio, and gives the names of its caches and the workers that are to come. */
function kept({ page }: StudioPage): Promise<{ caches: string[]; installing: boolean; waiting: boolean }> {
  return page.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.ready;
    return { caches: await caches.keys(), installing: installing !== null, waiting: waiting !== null };
  });
}

/** What `kept` gives when all is done. */
function only({ version }: { version: string }): Awaited<ReturnType<typeof kept>> {
  return { caches: [`shotweave-${version}`], installing: false, waiting: false };
}

test('without its server the studio opens again and makes a film', async ({ page }) => {
  const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
  const studio = new StudioPage(page);
  await studio.open(`http://127.0.0.1:${port}/`);
  await studio.openStoryboard(tinyStoryboard({ title: 'Far from any network' }));
  await expect(page.getByRole('banner')).toContainText('saved');
  await kept(studio);
  await close();

  const failure = await page.request.get(page.url()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  await studio.reload();
  await expect(page.getByRole('textbox', { name: 'Title of the film' })).toHaveValue('Far from any network');
  await studio.generateButton.click();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(studio.alerts).toHaveCount(0);
  expect(studio.refusals).toEqual([]);
});

test('a newer studio takes the place of the kept one, whose models are not fetched again', async ({
  page,
}) => {
  test.setTimeout(6 * takeoverTimeout);
  const folder = test.info().outputPath('build');
  await cp(dist, folder, { recursive: true });
  const { port, close } = await serveApp(folder, { host: '127.0.0.1', port: 0 });
  const studio = new StudioPage(page);
  await studio.open(`http://127.0.0.1:${port}/`);
  const before = await precacheOf(folder);
  expect(await kept(studio)).toEqual(only(before));

  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const after = await precacheOf(folder);
  const worker = join(folder, 'sw.js');
  const [oldList, newList] = [before, after].map((precache) => JSON.stringify(precache));
  const code = await readFile(worker, 'utf8');
  expect(code).toContain(oldList);
  await writeFile(worker, code.replace(oldList ?? '', newList ?? ''));
  const fetched: string[] = [];
  page.context().on('request', (request) => {
    if (request.serviceWorker()) fetched.push(new URL(request.url()).pathname);
  });
  // The new worker takes every file over and checks it first; what a visit does not bring about, the next one does.
  await expect(async () => {
    await studio.reload();
    await expect.poll(() => kept(studio), { timeout: takeoverTimeout }).toEqual(only(after));
  }).toPass({ timeout: 4 * takeoverTimeout });
  expect(fetched).toContain('/favicon.svg');
  expect(fetched.filter((path) => path.endsWith('.safetensors'))).toEqual([]);

  // Everything of the new version is there, as it was built.
  const hashes = await page.evaluate(async (name) => {
    const cache = await caches.open(name);
    const found: [string, string][] = [];
    for (const { url } of await cache.keys()) {
      const response = await cache.match(url);
      const digest = await crypto.subtle.digest(
        'SHA-256',
        (await response?.arrayBuffer()) ?? new ArrayBuffer(0),
      );
      const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
      found.push([new URL(url).pathname.slice(1), hex]);
    }
    return found;
  }, `shotweave-${after.version}`);
  expect(Object.fromEntries(hashes)).toEqual(
    Object.fromEntries(after.files.map(({ path, sha256 }) => [path, sha256])),
  );
  await close();
});

test('the studio can be installed', async ({ studio }) => {
  const { page } = studio;
  const href = await page.locator('link[rel="manifest"]').getAttribute('href');
  const response = await page.request.get(href ?? '');
  expect(response.headers()['content-type']).toContain('application/manifest+json');
  expect(response.headers()['content-security-policy']).toBe(contentSecurityPolicy);
  const manifest = await response.json();
  expect(manifest).toMatchObject({ name: 'Shotweave', display: 'standalone', start_url: './' });
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await page.request.get(src);
    expect(icon.headers()['content-type']).toBe(type);
    if (type !== 'image/png') continue;
    const bytes = await icon.body();
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }

  // The browser's own judgement of the manifest and the service worker.
  await kept(studio);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A private window, in which tests run, is never offered an installation.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});
