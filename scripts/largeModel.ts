import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MemoryWatch } from '../bench/host/browserMemory.ts';
import { openStudio } from '../bench/host/film.ts';
import type { FilmResult, ProgressEvent } from '../src/render/protocol.ts';
import { serializeStoryboard, validateStoryboard } from '../src/storyboard/document.ts';
import { automationHandle } from './lib/automationHandle.ts';
import { withCleanUp } from './lib/cleanUp.ts';
import { main } from './lib/main.mjs';
import { writeCompanions, writeTransformer13 } from './lib/writeCheckpoint.ts';

const usage = `npm run large-model -- [--folder FOLDER] [--weights auto|f16|int8|int4] [--memory GB] [--width W --height H]

Loads a transformer of Wan2.1 1.3B in full size into the studio and makes one latent frame in one step with it: what
it takes of the JavaScript heaps, of the GPU, and of time. FOLDER holds what "npm run make-checkpoint -- FOLDER
--size 1.3B --whole" writes; without it the files (3.7 GB) are written to a temporary folder and deleted at the end.`;

const formats = ['auto', 'f16', 'int8', 'int4'] as const;
/** Milliseconds between two looks at the memory. */
const every = 250;
/** A transformer of 1.3B on a processor takes its time. */
const patience = 60 * 60_000;

/** Of the work; files: before it begins. */
type Stage = ProgressEvent['stage'] | 'files';

interface Options {
  folder: string | null;
  weights: (typeof formats)[number];
  memory: number | null;
  width: number;
  height: number;
}

main(async () => {
  const options = readOptions();
  await withCleanUp(async (onEnd) => {
    const folder = options.folder ?? (await writeModel(onEnd));
    const studio = await openStudio(onEnd);
    const { page, failed } = studio.headless;
    // No script can work the file dialogs of the system; browsers that have none use plain inputs.
    await page.addInitScript(() => {
      Reflect.deleteProperty(window, 'showDirectoryPicker');
    });
    await page.addInitScript(
      (choices) => localStorage.setItem('shotweave.models', choices),
      JSON.stringify({ decoder: 'speed', loras: {}, memory: options.memory, weights: options.weights }),
    );
    const watch = await MemoryWatch.start(page);
    await page.goto(studio.address);
    const handle = await automationHandle(page);
    await handle.evaluate((shotweave, json) => shotweave.openStoryboard(json), storyboardJson(options));

    const peaks = new Map<Stage, { heap: number; gpu: number }>();
    let stage: Stage = 'files';
    let gpu = 0;
    let reading = Promise.resolve();
    const look = async (): Promise<void> => {
      const at = stage;
      const { heapBytes } = await watch.read();
      const peak = peaks.get(at) ?? { heap: 0, gpu: 0 };
      peaks.set(at, { heap: Math.max(peak.heap, heapBytes), gpu: Math.max(peak.gpu, gpu) });
    };
    const timer = setInterval(() => {
      reading = reading.then(look);
    }, every);
    onEnd(async () => clearInterval(timer));
    await page.exposeFunction('reportProgress', (event: ProgressEvent) => {
      if (event.stage !== stage) process.stderr.write(`${event.stage}\n`);
      ({ stage, gpuBytes: gpu } = event);
    });

    await page.getByRole('button', { name: 'Models…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Models' });
    await dialog.getByLabel('Folder of models').setInputFiles(folder);
    await dialog.getByText('TAEHV decodes').first().waitFor({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    page.setDefaultTimeout(patience);
    const film = await Promise.race([makeFilm(handle), failed]);
    clearInterval(timer);
    await reading;
    report(film, peaks, studio.browser);
  });
});

async function makeFilm(
  handle: Awaited<ReturnType<typeof automationHandle>>,
): Promise<Omit<FilmResult, 'storyboard' | 'keptFrames'>> {
  const outcome = await handle.evaluate(async (shotweave) => {
    const reportProgress: (event: unknown) => void = Reflect.get(window, 'reportProgress');
    const unsubscribe = shotweave.subscribe((event) => {
      if (event.type === 'progress') reportProgress(event);
    });
    try {
      const { storyboard, keptFrames, ...facts } = await shotweave.generate();
      return { ok: true as const, facts };
    } catch (error) {
      return { ok: false as const, sentence: error instanceof Error ? error.message : String(error) };
    } finally {
      unsubscribe();
    }
  });
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.facts;
}

function report(
  {
    adapter,
    tokens,
    weights,
    secondsByStage,
    peakGpuBytes,
    framesSha256,
  }: Awaited<ReturnType<typeof makeFilm>>,
  peaks: ReadonlyMap<Stage, { heap: number; gpu: number }>,
  browser: string,
): void {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
  console.log(
    `Chromium ${browser}, ${adapter.description || adapter.vendor}; ${tokens} tokens, one forward pass`,
  );
  if (weights)
    console.log(`weights ${weights.format} ${weights.storage}, planned ${mebibytes(weights.bytes)}`);
  for (const [stage, { heap, gpu }] of peaks) {
    const seconds = stage === 'files' ? '' : `, ${secondsByStage[stage].toFixed(1)} s`;
    console.log(`${stage}: heaps of page and workers ${mebibytes(heap)}, GPU ${mebibytes(gpu)}${seconds}`);
  }
  const heaps = Math.max(...[...peaks.values()].map(({ heap }) => heap));
  console.log(`most: heaps ${mebibytes(heaps)}, GPU ${mebibytes(peakGpuBytes)}; frames ${framesSha256}`);
}

function storyboardJson({ width, height }: Options): string {
  return serializeStoryboard(
    validateStoryboard({
      format: 'shotweave/storyboard',
      version: 1,
      title: 'One latent frame',
      model: 'wan2.1-1.3b',
      width,
      height,
      fps: 16,
      seed: 1,
      steps: 1,
      guidance: 1,
      attention: 'dense',
      shots: [{ id: 'a', prompt: 'a cat walks on the grass', seconds: 0.25 }],
    }),
  );
}

async function writeModel(onEnd: (undo: () => Promise<unknown>) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shotweave-model-'));
  onEnd(() => rm(folder, { recursive: true, force: true }));
  await writeTransformer13(folder, 'ComfyUI, fp16');
  await writeCompanions(folder);
  return folder;
}

function readOptions(): Options {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { folder: option, weights: option, memory: option, width: option, height: option },
  });
  const weights = formats.find((format) => format === (values.weights ?? 'auto'));
  const [memory, width, height] = [values.memory ?? '8', values.width ?? '128', values.height ?? '96'].map(
    Number,
  );
  if (!weights || !memory || !width || !height) throw new Error(usage);
  const folder = values.folder === undefined ? null : resolve(values.folder);
  return { folder, weights, memory, width, height };
}
