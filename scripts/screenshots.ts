import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioPage } from '../e2e/StudioPage.ts';
import { parseStoryboard, type Storyboard } from '../src/storyboard/document.ts';
import { ensureBuilt } from './lib/build.mjs';
import { withCleanUp } from './lib/cleanUp.ts';
import { openHeadlessPage } from './lib/headlessPage.ts';
import { main } from './lib/main.mjs';
import { dist, root } from './lib/paths.mjs';
import { states } from './lib/screenshotStates.ts';
import { Flipbook, takeState } from './lib/screenshots.ts';
import { serveApp } from './lib/staticServer.mjs';

const usage =
  'npm run screenshots [-- FOLDER] writes screens/*.png and studio.webp to FOLDER, or to docs without one.';

/** The film in the pictures is the first example, shorter, for a machine without a GPU. */
const film = { seconds: 1.2, steps: 6 };

main(async () => {
  const [folder = join(root, 'docs'), ...rest] = process.argv.slice(2);
  if (rest.length > 0) throw new Error(usage);
  const screens = join(folder, 'screens');
  const [sailboat, whale] = await Promise.all([readExample('red-sailboat'), readExample('whale-day')]);
  await ensureBuilt();
  await mkdir(screens, { recursive: true });
  await withCleanUp(async (onEnd) => {
    const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
    onEnd(close);
    const { page, failed } = await openHeadlessPage(onEnd);
    const studio = new StudioPage(page);
    const flipbook = await Flipbook.open(page, onEnd);
    const setting = { studio, film: shortened(sailboat), long: whale, flipbook };

    async function takeAll(): Promise<void> {
      await page.setViewportSize({ width: 1440, height: 900 });
      await studio.open(`http://127.0.0.1:${port}/`);
      for (const state of states) {
        await state.enter(setting);
        await takeState(page, screens, state.name);
        await state.leave?.(setting);
      }
      await flipbook.write(join(folder, 'studio.webp'), { width: 960, rate: 12, quality: 70 });
    }

    await Promise.race([takeAll(), failed]);
  });
});

async function readExample(name: string): Promise<Storyboard> {
  return parseStoryboard(await readFile(join(root, 'examples', `${name}.shotweave.json`), 'utf8'));
}

function shortened(example: Storyboard): Storyboard {
  const shots = example.shots.map((shot) => ({ ...shot, seconds: film.seconds }));
  return { ...example, steps: film.steps, shots };
}
