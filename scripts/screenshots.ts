import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { StudioPage } from '../e2e/StudioPage.ts';
import { parseStoryboard, type Storyboard } from '../src/storyboard/document.ts';
import { ensureBuilt } from './lib/build.mjs';
import { withCleanUp } from './lib/cleanUp.ts';
import { openHeadlessPage } from './lib/headlessPage.ts';
import { main } from './lib/main.mjs';
import { dist, root } from './lib/paths.mjs';
import { serveApp } from './lib/staticServer.mjs';

const usage =
  'npm run screenshots [-- FOLDER] writes studio.png and states/*.png to FOLDER, or to docs without one.';

interface Size {
  width: number;
  height: number;
}

/** Of the picture at the top of the README. */
const readmeSize: Size = { width: 1440, height: 900 };

const sizes: Size[] = [readmeSize, { width: 1024, height: 768 }];

/** The film in the pictures: the first example, shorter, for a machine without a GPU. */
const film = { seconds: 1.2, steps: 10 };

/** Milliseconds that the film may take. */
const filmTimeout = 20 * 60_000;

/** Drawing filmstrips from the finished film takes a part of this; nothing on the page says when it is done. */
const filmstripMilliseconds = 5000;

main(async () => {
  const [folder = join(root, 'docs'), ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new Error(usage);
  const storyboard = await readStoryboard();
  await ensureBuilt();
  await mkdir(join(folder, 'states'), { recursive: true });
  await withCleanUp(async (onEnd) => {
    const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
    onEnd(close);
    const { page, failed } = await openHeadlessPage(onEnd);
    const studio = new StudioPage(page);
    await Promise.race([takePictures(studio, `http://127.0.0.1:${port}/`, storyboard, folder), failed]);
  });
});

async function readStoryboard(): Promise<Storyboard> {
  const example = parseStoryboard(
    await readFile(join(root, 'examples', 'red-sailboat.shotweave.json'), 'utf8'),
  );
  const shots = example.shots.map((shot) => ({ ...shot, seconds: film.seconds }));
  return { ...example, steps: film.steps, shots };
}

/** Drives the studio into one state after the other. */
async function takePictures(
  studio: StudioPage,
  address: string,
  storyboard: Storyboard,
  folder: string,
): Promise<void> {
  const { page, stage } = studio;
  const shoot = (state: string) => takeState(studio, join(folder, 'states'), state);

  await studio.open(address);
  await page.getByRole('button', { name: /this film$/ }).waitFor();
  await shoot('first-visit');

  await studio.prompt(2).fill('close up of the sailbot in a thunderstorm at sunset');
  await page.getByRole('list', { name: 'Unknown words' }).waitFor();
  await shoot('unknown-words');

  await studio.openStoryboard(storyboard);
  await studio.generateButton.click();
  await stage.getByText(`step ${film.steps - 3}/${film.steps}`).waitFor({ timeout: filmTimeout });
  await shoot('generating');

  await studio.film.waitFor({ timeout: filmTimeout });
  await page.waitForTimeout(filmstripMilliseconds);
  await studio.timeline.getByRole('listitem').first().click();
  await shoot('done');
  await drawFromPalette(pictureFile(join(folder, 'states'), 'done', readmeSize), join(folder, 'studio.png'));

  await studio.generateButton.click();
  await stage.getByText(`step 2/${film.steps}`).waitFor({ timeout: filmTimeout });
  await studio.loseDevice();
  await studio.alerts.waitFor();
  await shoot('failed');
}

function pictureFile(folder: string, state: string, { width, height }: Size): string {
  return join(folder, `${state}-${width}x${height}.png`);
}

async function takeState(studio: StudioPage, folder: string, state: string): Promise<void> {
  for (const size of sizes) {
    await takePicture(studio, size, pictureFile(folder, state, size));
  }
}

async function takePicture({ page }: StudioPage, size: Size, path: string): Promise<void> {
  await page.setViewportSize(size);
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  console.log(relative(process.cwd(), path));
}

/** Copies a picture with 256 colours of its own: half the bytes for who reads the README. */
async function drawFromPalette(source: string, target: string): Promise<void> {
  const filter = 'split[a][b];[a]palettegen[palette];[b][palette]paletteuse=dither=sierra2_4a';
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-y', '-i', source, '-vf', filter, '-frames:v', '1', '-update', '1'],
    target,
  ]);
  console.log(relative(process.cwd(), target));
}
