import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseStoryboard, type Storyboard } from '../src/storyboard/document.ts';
import { ensureBuilt } from './lib/build.mjs';
import { withCleanUp } from './lib/cleanUp.ts';
import { openHeadlessPage } from './lib/headlessPage.ts';
import { main } from './lib/main.mjs';
import { dist } from './lib/paths.mjs';
import { parseRenderArguments } from './lib/renderArguments.ts';
import { type FilmFacts, renderInPage } from './lib/renderInPage.ts';
import { createRenderProgress, formatSeconds } from './lib/renderProgress.ts';
import { serveApp } from './lib/staticServer.mjs';

main(async () => {
  const { storyboardFile, filmFile, overrides, json } = parseRenderArguments(process.argv.slice(2));
  const storyboard = { ...(await readStoryboard(storyboardFile)), ...overrides };
  await checkTarget(filmFile);
  await ensureBuilt();

  const facts = await withCleanUp(async (onEnd) => {
    const { port, close } = await serveApp(dist, { host: '127.0.0.1', port: 0 });
    onEnd(close);
    const headless = await openHeadlessPage(onEnd);
    const progress = createRenderProgress();
    onEnd(async () => progress.stop());
    return renderInPage(
      headless,
      `http://127.0.0.1:${port}/`,
      storyboard,
      resolve(filmFile),
      progress.update,
    );
  });
  console.log(json ? JSON.stringify(factsForPrograms(facts)) : describeFilm(facts, filmFile));
});

async function readStoryboard(file: string): Promise<Storyboard> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error(`${file} cannot be read: name a .shotweave.json file that exists.`, { cause });
  }
  return parseStoryboard(text);
}

/** Rendering takes minutes; that its result has nowhere to go must show before. */
async function checkTarget(file: string): Promise<void> {
  const folder = await stat(dirname(resolve(file))).catch(() => undefined);
  if (!folder?.isDirectory())
    throw new Error(`There is no folder ${dirname(file)}: make it, or write the film elsewhere.`);
  const target = await stat(file).catch(() => undefined);
  if (target?.isDirectory()) throw new Error(`${file} is a folder: name a file to write the film to.`);
}

function factsForPrograms(facts: FilmFacts) {
  const { frames, tokens, latentFrames, secondsByStage, adapter, peakGpuBytes, codec, bytes } = facts;
  const { framesSha256, seed, steps, attention } = facts;
  return {
    ...{ frames, tokens, latentFrames, secondsByStage, adapter, peakGpuBytes, codec, bytes },
    ...{ framesSha256, seed, steps, attention },
  };
}

function describeFilm(
  { frames, fps, width, height, codec, bytes, secondsByStage }: FilmFacts,
  file: string,
): string {
  const seconds = Object.values(secondsByStage).reduce((sum, stage) => sum + stage, 0);
  const size = `${width}x${height}, ${frames} frames (${(frames / fps).toFixed(1)} s)`;
  return `${file}: ${size}, ${codec}, ${(bytes / 1e6).toFixed(1)} MB, made in ${formatSeconds(seconds)}`;
}
