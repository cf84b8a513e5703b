import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/lib/build.mjs';
import type { Undo } from '../../scripts/lib/cleanUp.ts';
import { openHeadlessPage } from '../../scripts/lib/headlessPage.ts';
import { dist, root } from '../../scripts/lib/paths.mjs';
import { renderInPage } from '../../scripts/lib/renderInPage.ts';
import { serveApp } from '../../scripts/lib/staticServer.mjs';
import { parseStoryboard } from '../../src/storyboard/document.ts';
import type { FilmBench } from '../report.ts';

const example = join(root, 'examples', 'red-sailboat.shotweave.json');
const quickSteps = 2;

/**
 * Makes the example film through the studio's own page, once, and tells how long its stages took. Gives the
 * browser's version as well.
 */
export async function runFilm(
  quick: boolean,
  progress: (text: string) => void,
  onEnd: (undo: Undo) => void,
): Promise<{ film: FilmBench; browser: string }> {
  await ensureBuilt();
  const storyboard = parseStoryboard(await readFile(example, 'utf8'));
  const steps = quick ? quickSteps : storyboard.steps;
  const folder = await mkdtemp(join(tmpdir(), 'shotweave-bench-'));
  onEnd(() => rm(folder, { recursive: true, force: true }));
  const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
  onEnd(close);
  const headless = await openHeadlessPage(onEnd);
  let last = '';
  const facts = await renderInPage(
    headless,
    `http://127.0.0.1:${port}/`,
    { ...storyboard, steps },
    join(folder, 'film.mp4'),
    ({ stage, step }) => {
      const text = `film: ${stage}${stage === 'denoise' ? `, step ${step} of ${steps}` : ''}`;
      if (text !== last) progress(text);
      last = text;
    },
  );
  const { frames, latentFrames, tokens, secondsByStage, peakGpuBytes, codec, framesSha256, adapter } = facts;
  return {
    film: {
      storyboard: storyboard.title,
      steps,
      facts: { frames, latentFrames, tokens, secondsByStage, peakGpuBytes, codec, framesSha256, adapter },
    },
    browser: headless.page.context().browser()?.version() ?? 'unknown',
  };
}
