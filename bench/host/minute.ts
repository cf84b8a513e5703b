import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Undo } from '../../scripts/lib/cleanUp.ts';
import { root } from '../../scripts/lib/paths.mjs';
import type { ProgressEvent } from '../../src/render/protocol.ts';
import { parseStoryboard, type Storyboard } from '../../src/storyboard/document.ts';
import type { MemorySample, MinuteBench } from '../report.ts';
import type { BenchArguments } from './arguments.ts';
import { MemoryWatch } from './browserMemory.ts';
import { makeFilm, openStudio } from './film.ts';

const example = join(root, 'examples', 'whale-day.shotweave.json');
const fps = 24;
/** Latent frames of its eight shots: 361, hence 1,441 frames, a minute. */
const latentFrames = [46, 45, 45, 45, 45, 45, 45, 45];
const quickLatentFrames = [4, 3, 3, 3, 3, 3, 3, 3];
/** Few, for what is watched is memory, and every step takes the same. */
const fewSteps = 2;

/** A minute of the eight-shot example as one sequence, in few steps and without guidance. */
export function minuteOf(example: Storyboard, quick: boolean, steps = fewSteps): Storyboard {
  const lengths = quick ? quickLatentFrames : latentFrames;
  return {
    ...example,
    width: 320,
    height: 192,
    fps,
    steps,
    guidance: 1,
    shots: lengths.map((count, i) => {
      const shot = example.shots[i];
      if (!shot) throw new Error(`The example has ${example.shots.length} shots and not ${lengths.length}.`);
      return { ...shot, seconds: (4 * count) / fps, locked: false };
    }),
  };
}

/** Makes a minute of film through the studio's own page and samples the browser's memory all the while. */
export async function runMinute(
  { quick, steps }: Pick<BenchArguments, 'quick' | 'steps'>,
  progress: (text: string) => void,
  onEnd: (undo: Undo) => void,
): Promise<{ minute: MinuteBench; browser: string }> {
  const storyboard = minuteOf(parseStoryboard(await readFile(example, 'utf8')), quick, steps ?? undefined);
  const studio = await openStudio(onEnd);
  const watch = await MemoryWatch.start(studio.headless.page);
  const every = quick ? 1000 : 5000;
  const memory: MemorySample[] = [];
  let latest: ProgressEvent | null = null;
  let reading = Promise.resolve();
  const timer = setInterval(() => {
    const event = latest;
    if (!event) return;
    reading = reading.then(async () => {
      const { stage, secondsElapsed: seconds, gpuBytes } = event;
      memory.push({ seconds, stage, gpuBytes, ...(await watch.read()) });
    });
  }, every);
  onEnd(async () => clearInterval(timer));
  const film = await makeFilm(studio, storyboard, progress, (event) => {
    latest = event;
  });
  clearInterval(timer);
  await reading;
  const { frames } = film.facts;
  return {
    minute: { ...film, shots: storyboard.shots.length, seconds: frames / fps, memory },
    browser: studio.browser,
  };
}
