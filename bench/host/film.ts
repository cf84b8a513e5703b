import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../scripts/lib/build.mjs';
import type { Undo } from '../../scripts/lib/cleanUp.ts';
import { type HeadlessPage, openHeadlessPage } from '../../scripts/lib/headlessPage.ts';
import { dist, root } from '../../scripts/lib/paths.mjs';
import { renderInPage } from '../../scripts/lib/renderInPage.ts';
import { serveApp } from '../../scripts/lib/staticServer.mjs';
import type { ProgressEvent } from '../../src/render/protocol.ts';
import { parseStoryboard, type Storyboard } from '../../src/storyboard/document.ts';
import type { FilmBench } from '../report.ts';
import type { BenchArguments } from './arguments.ts';

const example = join(root, 'examples', 'red-sailboat.shotweave.json');
const quickSteps = 2;

/**
 * Makes the example film through the studio's own page, once, and tells how long its stages took. Gives the
 * browser's version as well.
 */
export async function runFilm(
  { quick, steps }: Pick<BenchArguments, 'quick' | 'steps'>,
  progress: (text: string) => void,
  onEnd: (undo: Undo) => void,
): Promise<{ film: FilmBench; browser: string }> {
  const storyboard = parseStoryboard(await readFile(example, 'utf8'));
  const studio = await openStudio(onEnd);
  const film = await makeFilm(
    studio,
    { ...storyboard, steps: steps ?? (quick ? quickSteps : storyboard.steps) },
    progress,
  );
  return { film, browser: studio.browser };
}

/** The built studio, served, and a page of a browser to open it in. */
export interface ServedStudio {
  address: string;
  headless: HeadlessPage;
  /** Version of the browser. */
  browser: string;
  /** A file that may be written to, gone at the end. */
  filmFile: string;
}

export async function openStudio(onEnd: (undo: Undo) => void): Promise<ServedStudio> {
  await ensureBuilt();
  const folder = await mkdtemp(join(tmpdir(), 'shotweave-bench-'));
  onEnd(() => rm(folder, { recursive: true, force: true }));
  const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
  onEnd(close);
  const headless = await openHeadlessPage(onEnd);
  return {
    address: `http://127.0.0.1:${port}/`,
    headless,
    browser: headless.page.context().browser()?.version() ?? 'unknown',
    filmFile: join(folder, 'film.mp4'),
  };
}

/** Makes a film, telling every new stage and step, and every event to `onEvent`. */
export async function makeFilm(
  { address, headless, filmFile }: ServedStudio,
  storyboard: Storyboard,
  progress: (text: string) => void,
  onEvent: (event: ProgressEvent) => void = () => undefined,
): Promise<FilmBench> {
  let last = '';
  const facts = await renderInPage(headless, address, storyboard, filmFile, (event) => {
    const { stage, step, steps } = event;
    const text = `film: ${stage}${stage === 'denoise' ? `, step ${step} of ${steps}` : ''}`;
    if (text !== last) progress(text);
    last = text;
    onEvent(event);
  });
  const { frames, latentFrames, tokens, secondsByStage, peakGpuBytes, codec, framesSha256, adapter } = facts;
  return {
    storyboard: storyboard.title,
    steps: storyboard.steps,
    facts: { frames, latentFrames, tokens, secondsByStage, peakGpuBytes, codec, framesSha256, adapter },
  };
}
