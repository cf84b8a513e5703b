import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDevice } from './device.ts';
import type { FilmEvent, FilmListener } from './filmEvents.ts';
import { type FilmJob, generateFilm } from './generate.ts';
import { Runner } from './gpu/runner.ts';
import type { Model } from './model.ts';
import { testGpu } from './testing/device.ts';
import { type PapercutFiles, papercutFiles } from './testing/papercut.ts';
import { loadPapercut, planTinyFilm, tinyJob } from './testing/tinyFilm.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

let papercut: PapercutFiles;
let model: Model;
beforeAll(async () => {
  papercut = await papercutFiles();
  model = await loadPapercut(gpu, papercut);
});
afterEach(() => vi.restoreAllMocks());

describe('a film that ends early', () => {
  const job = () => tinyJob({ ...planTinyFilm(gpu, model, [1, 1]), decodeFrames: 1 }, model, { steps: 4 });

  const endings: [string, (event: FilmEvent) => boolean][] = [
    ['after the text', (event) => event.type === 'work' && event.stage === 'text'],
    ['in the middle of denoising', (event) => event.type === 'work' && event.stage === 'denoise'],
    ['between two steps', (event) => event.type === 'step' && event.step === 2],
    ['after a preview', (event) => event.type === 'preview' && event.step === 3],
    ['in the middle of decoding', (event) => event.type === 'frames'],
  ];

  it.each(endings)('is cancelled %s without another submission', async (_, isEnd) => {
    const before = gpu.bytes;
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const controller = new AbortController();
    let submitted = -1;
    const film = generateFilm(
      gpu,
      runner,
      model,
      job(),
      (event) => {
        expect(submitted).toBe(-1);
        if (!isEnd(event)) return;
        submitted = submit.mock.calls.length;
        controller.abort();
      },
      controller.signal,
    );
    await expect(film).rejects.toMatchObject({ code: 'cancelled' });
    expect(submit.mock.calls.length).toBe(submitted);
    expect(gpu.bytes).toBe(before);
  });

  it('is cancelled before it starts', async () => {
    const before = gpu.bytes;
    const film = generateFilm(gpu, runner, model, job(), () => {}, AbortSignal.abort());
    await expect(film).rejects.toMatchObject({ code: 'cancelled' });
    expect(gpu.bytes).toBe(before);
  });

  it.each(endings)('fails with what its listener throws %s', async (_, isEnd) => {
    const before = gpu.bytes;
    const fault = new Error('the disk is full');
    const listener: FilmListener = async (event) => {
      if (isEnd(event)) throw fault;
    };
    await expect(generateFilm(gpu, runner, model, job(), listener)).rejects.toBe(fault);
    expect(gpu.bytes).toBe(before);
  });

  it('says so when the GPU computes what is not a number', async () => {
    const before = gpu.bytes;
    const plan = planTinyFilm(gpu, model, [1]);
    const { height, width, channels } = plan.geometry.latent;
    const noise = new Float32Array(height * width * channels).fill(Number.NaN);
    const film = generateFilm(gpu, runner, model, tinyJob(plan, model, { noise }), () => {});
    await expect(film).rejects.toMatchObject({
      code: 'numbers-invalid',
      message: expect.stringMatching(/update the graphics driver/),
    });
    expect(gpu.bytes).toBe(before);
  });

  it.each(endings)('tells of a device that is lost %s', async (_, isEnd) => {
    const { gpu: own } = await openDevice();
    const ownRunner = new Runner(own);
    const ownModel = await loadPapercut(own, papercut);
    const before = own.bytes;
    const film = generateFilm(own, ownRunner, ownModel, job(), (event) => {
      if (isEnd(event)) own.device.destroy();
    });
    const lost = {
      name: 'ShotweaveError',
      code: 'device-lost',
      message: expect.stringMatching(
        /^The GPU was taken away .*: your storyboard is safe, make the film again/,
      ),
    };
    await expect(film).rejects.toMatchObject(lost);
    expect(own.bytes).toBe(before);
    await expect(generateFilm(own, ownRunner, ownModel, job(), () => {})).rejects.toMatchObject(lost);
    expect(own.bytes).toBe(before);
  });
});

describe('a film that was interrupted', () => {
  it.each<Partial<FilmJob>>([
    {},
    { solver: 'unipc', steps: 4 },
    { attention: 'kmeans', steps: 4 },
    { attention: 'moc', solver: 'unipc' },
  ])('goes on from its last step to the same frames, bit for bit: %o', async (changes) => {
    const job = tinyJob(planTinyFilm(gpu, model, [1, 2]), model, { steps: 3, ...changes });
    const { steps: all } = job;
    // With k-means only the steps before a fresh clustering can be gone on from.
    const cut = job.attention === 'kmeans' ? 1 : all - 1;
    const make = async (start?: FilmJob['start']) => {
      const frames: number[] = [];
      const steps: number[] = [];
      let middle: Float32Array<ArrayBuffer> | null = null;
      await generateFilm(gpu, runner, model, start ? { ...job, start } : job, async (event) => {
        if (event.type === 'step') {
          steps.push(event.step);
          if (event.step === cut && event.state) middle = await event.state();
        }
        if (event.type === 'frames') for (const frame of event.frames) frames.push(...frame);
      });
      return { frames, steps, middle };
    };
    const whole = await make();
    expect(whole.steps).toEqual(Array.from({ length: all }, (_, i) => i + 1));
    if (!whole.middle) throw new Error(`step ${cut} gave no state`);
    const resumed = await make({ step: cut, state: whole.middle });
    expect(resumed.steps).toEqual(whole.steps.slice(cut));
    expect(resumed.frames).toEqual(whole.frames);
    const finished = await make({ step: all, state: whole.middle });
    expect(finished.steps).toEqual([]);
    expect(finished.frames).not.toEqual(whole.frames);
  });
});
