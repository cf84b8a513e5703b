import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { planChunks } from '../plan/chunks.ts';
import { filmBytes } from '../plan/filmMemory.ts';
import type { FilmPlan } from '../plan/index.ts';
import { modelBytes } from '../plan/modelMemory.ts';
import type { FilmEvent } from './filmEvents.ts';
import { type FilmJob, generateFilm } from './generate.ts';
import { relativeError } from './golden/compare.ts';
import { Gpu } from './gpu/gpu.ts';
import { Runner } from './gpu/runner.ts';
import type { Model } from './model.ts';
import { shotNoise } from './noise.ts';
import { BufferLedger } from './testing/bufferLedger.ts';
import { testGpu } from './testing/device.ts';
import { expectClose } from './testing/expectClose.ts';
import { linearPicture } from './testing/linearPicture.ts';
import { type PapercutFiles, papercutFiles } from './testing/papercut.ts';
import { loadPapercut, planTinyFilm, tinyJob, withoutOnePass } from './testing/tinyFilm.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

let papercut: PapercutFiles;
let model: Model;
beforeAll(async () => {
  papercut = await papercutFiles();
  model = await loadPapercut(gpu, papercut);
});
afterEach(() => vi.restoreAllMocks());

const planOf = (...latentFrames: number[]) => planTinyFilm(gpu, model, latentFrames);
const jobOf = (plan: FilmPlan, changes?: Partial<FilmJob>) => tinyJob(plan, model, changes);

interface Film {
  events: FilmEvent[];
  /** Latent video after the last step, and the frames one after the other. */
  latents: Float32Array;
  pixels: Uint8ClampedArray;
}

async function make(job: FilmJob, { of = model, on = gpu }: { of?: Model; on?: Gpu } = {}): Promise<Film> {
  const events: FilmEvent[] = [];
  let latents = new Float32Array();
  await generateFilm(on, on === gpu ? runner : new Runner(on), of, job, async (event) => {
    events.push(event);
    if (event.type === 'step') latents = await event.latents();
  });
  const frames = events.flatMap((event) => (event.type === 'frames' ? event.frames : []));
  const pixels = new Uint8ClampedArray(frames.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const frame of frames) {
    pixels.set(frame, offset);
    offset += frame.length;
  }
  return { events, latents, pixels };
}

describe('a film', () => {
  it('is the same for the same seed and another for another', async () => {
    const plan = planOf(2);
    const film = await make(jobOf(plan));
    const again = await make(jobOf(plan));
    expect(again.latents).toEqual(film.latents);
    expect(again.pixels).toEqual(film.pixels);
    const other = await make(jobOf(plan, { seeds: [101] }));
    expect(relativeError(other.latents, film.latents)).toBeGreaterThan(0.1);
    expect(other.pixels).not.toEqual(film.pixels);
  });

  it.each([0, 0.9])(
    'takes the noise of each shot from its own seed, frames %f alike',
    async (correlation) => {
      const plan = planOf(1, 2);
      const dit = { ...model.config.dit, noise_correlation: correlation };
      const film = await make(jobOf(plan), { of: { ...model, config: { ...model.config, dit } } });
      const { latent } = plan.geometry;
      const frameSize = latent.height * latent.width * latent.channels;
      const noise = new Float32Array(3 * frameSize);
      noise.set(shotNoise(100, { ...latent, frames: 1 }, correlation));
      noise.set(shotNoise(101, { ...latent, frames: 2 }, correlation), frameSize);
      expect((await make(jobOf(plan, { seeds: [], noise }))).latents).toEqual(film.latents);
    },
  );

  it('starts from noise that goes along with the camera of each shot', async () => {
    const plan = planOf(3, 2);
    const dit = { ...model.config.dit, noise_correlation: 0.9 };
    const of = { ...model, config: { ...model.config, dit } };
    const motion = { right: 0.5, down: 0, nearer: 0 };
    const film = await make(jobOf(plan, { motions: [motion, null] }), { of });
    const { latent } = plan.geometry;
    const noise = new Float32Array(5 * latent.height * latent.width * latent.channels);
    const first = shotNoise(100, { ...latent, frames: 3 }, 0.9, motion);
    noise.set(first);
    noise.set(shotNoise(101, { ...latent, frames: 2 }, 0.9), first.length);
    expect((await make(jobOf(plan, { seeds: [], noise }))).latents).toEqual(film.latents);
    const still = await make(jobOf(plan), { of });
    expect(relativeError(still.latents, film.latents)).toBeGreaterThan(0.1);
  });

  it.each([[[1]], [[2, 1]], [[1, 1, 3]]])(
    'of %j latent frames has 1 + 4k frames, in order',
    async (shots) => {
      const plan = planOf(...shots);
      const { frames, width, height, latent } = plan.geometry;
      const { events, pixels } = await make(jobOf({ ...plan, decodeFrames: 2 }, { steps: 1 }));
      expect(frames).toBe(1 + 4 * (latent.frames - 1));
      let next = 0;
      for (const event of events) {
        if (event.type !== 'frames') continue;
        expect(event.first).toBe(next);
        next += event.frames.length;
        expect(next).toBe(1 + 4 * (event.latent - 1));
        for (const frame of event.frames) expect(frame).toHaveLength(width * height * 4);
      }
      expect(next).toBe(frames);
      expect(pixels.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
    },
  );

  it('does not depend on how it is cut into chunks', async () => {
    const plan = planOf(2, 1);
    const whole = await make(jobOf(plan));
    expect(plan.chunks).toHaveLength(1);
    const chunks = planChunks(plan.geometry, plan.geometry.tokensPerFrame);
    expect(chunks).toHaveLength(3);
    const cut = await make(jobOf({ ...plan, chunks, decodeFrames: 1 }));
    expect(relativeError(cut.latents, whole.latents)).toBeLessThan(1e-5);
    const difference = cut.pixels.map((value, i) => Math.abs(value - (whole.pixels[i] ?? Number.NaN)));
    expect(cut.pixels).toHaveLength(whole.pixels.length);
    // A value that lies between two bytes may fall to either.
    expect(Math.max(...difference)).toBeLessThanOrEqual(1);
  });

  it('follows its prompts', async () => {
    const plan = planOf(1);
    const film = await make(jobOf(plan));
    const other = await make(jobOf(plan, { prompts: [Uint32Array.of(60, 61, 2)] }));
    expect(relativeError(other.latents, film.latents)).toBeGreaterThan(1e-3);
  });
});

describe('guidance', () => {
  const denoiseFlops = ({ events }: Film): number =>
    Math.max(
      ...events.map((event) => (event.type === 'work' && event.stage === 'denoise' ? event.total : 0)),
    );

  it('of 1 takes one pass a step and no negative prompt', async () => {
    const plan = planOf(1);
    const guided = await make(jobOf(plan));
    const plain = await make(jobOf(plan, { guidance: 1 }));
    const negative = Uint32Array.of(9, 9, 2);
    expect((await make(jobOf(plan, { guidance: 1, negative }))).latents).toEqual(plain.latents);
    const other = await make(jobOf(plan, { negative }));
    expect(denoiseFlops(other) / denoiseFlops(plain)).toBeCloseTo(2, 1);
    // Of an empty negative prompt every token takes the same value.
    expect(denoiseFlops(guided)).toBeLessThan(denoiseFlops(other));
    expect(relativeError(other.latents, guided.latents)).toBeGreaterThan(1e-4);
  });

  it('of every second step makes fewer passes, and goes on from any step with the same bits', async () => {
    const plan = planOf(1);
    const negative = Uint32Array.of(9, 9, 2);
    const straight = { solver: 'euler', steps: 4 } as const;
    const states: Float32Array<ArrayBuffer>[] = [];
    const whole = jobOf(plan, { ...straight, guidanceEvery: 2, negative });
    let latents = new Float32Array();
    const of = withoutOnePass(model);
    await generateFilm(gpu, runner, of, whole, async (event) => {
      if (event.type !== 'step') return;
      latents = await event.latents();
      if (event.state) states.push(await event.state());
    });
    expect(states).toHaveLength(4);
    for (const [i, state] of states.slice(0, 3).entries()) {
      const resumed = await make({ ...whole, start: { step: i + 1, state } });
      expect(resumed.latents).toEqual(latents);
    }
    const plain = await make(jobOf(plan, { ...straight, guidance: 1 }), { of });
    expect(denoiseFlops(await make(whole)) / denoiseFlops(plain)).toBeCloseTo(1.5, 1);
    const always = await make(jobOf(plan, { ...straight, negative }));
    expect(relativeError(latents, always.latents)).toBeGreaterThan(1e-4);
    // How much nearer is up to the weights, in so few steps; `filmSampler.gpu.test.ts` holds the arithmetic.
    expect(relativeError(latents, always.latents)).toBeLessThan(relativeError(plain.latents, always.latents));
  });

  it('goes from the velocity without a prompt to the one with it, and beyond', async () => {
    const plan = planOf(1);
    const { eos } = papercut.config.text_encoder;
    const latentsOf = async (changes: Partial<FilmJob>): Promise<Float32Array> =>
      (await make(jobOf(plan, { steps: 1, ...changes }), { of: withoutOnePass(model) })).latents;
    const conditional = await latentsOf({ guidance: 1 });
    const unconditional = await latentsOf({ guidance: 1, prompts: [Uint32Array.of(eos)] });
    const guided = await latentsOf({ guidance: 2.5 });
    // One step is linear in the velocity.
    const expected = unconditional.map((value, i) => value + 2.5 * ((conditional[i] ?? Number.NaN) - value));
    expect(relativeError(guided, expected)).toBeLessThan(1e-5);
  });
});

describe('dense attention', () => {
  it('is what routed attention with one group and one window does to one latent frame', async () => {
    const plan = planOf(1);
    const dense = await make(jobOf(plan, { attention: 'dense' }));
    const { config } = model;
    const merged: Model = {
      ...model,
      config: { ...config, dit: { ...config.dit, groups: 1, win: [1, 1] } },
    };
    expect(relativeError((await make(jobOf(plan), { of: merged })).latents, dense.latents)).toBeLessThan(
      1e-5,
    );
    expect(relativeError((await make(jobOf(plan))).latents, dense.latents)).toBeGreaterThan(1e-3);
  });
});

describe('the events', () => {
  it('come stage by stage, with work that adds up', async () => {
    const steps = 3;
    const plan = planOf(1, 1);
    const { events } = await make(jobOf({ ...plan, decodeFrames: 1 }, { steps }));
    const phases = events.map((event) => (event.type === 'work' ? event.stage : event.type));
    const runs = phases.filter((phase, i) => phase !== phases[i - 1]);
    expect(runs).toEqual([
      'text',
      ...new Array(steps).fill(['denoise', 'step', 'preview']).flat(),
      ...new Array(2).fill(['decode', 'frames']).flat(),
    ]);
    for (const stage of ['text', 'denoise', 'decode']) {
      const work = events.filter((event) => event.type === 'work').filter((event) => event.stage === stage);
      const [{ total } = { total: Number.NaN }] = work;
      expect(total).toBeGreaterThan(0);
      let before = 0;
      for (const event of work) {
        expect(event.total).toBe(total);
        expect(event.done).toBeGreaterThan(before);
        before = event.done;
      }
      expect(before).toBe(total);
    }
    expect(events.flatMap((event) => (event.type === 'step' ? [event.step] : []))).toEqual([1, 2, 3]);
  });

  it('preview every latent frame of a short film by the linear path', async () => {
    const plan = planOf(1, 2);
    const { width, height } = plan.geometry;
    const { events, latents } = await make(jobOf(plan, { solver: 'euler' }));
    const previews = events.filter((event) => event.type === 'preview');
    for (const { pictures } of previews) {
      expect(pictures.map(({ latentFrame, frame }) => [latentFrame, frame])).toEqual([
        [0, 0],
        [1, 4],
        [2, 8],
      ]);
    }
    // Where Euler's last step has led, the expected film is the film.
    for (const { latentFrame, rgba } of previews.at(-1)?.pictures ?? []) {
      const expected = await linearPicture(papercut, latents, latentFrame, { width, height });
      expectClose(rgba, expected, { relative: 0, absolute: 0.51 });
    }
  });

  it.each(['work', 'step', 'preview', 'frames'] as const)(
    'make the engine wait for a slow reader of "%s"',
    async (type) => {
      const submit = vi.spyOn(gpu.device.queue, 'submit');
      let waits = 0;
      await generateFilm(gpu, runner, model, jobOf({ ...planOf(2), decodeFrames: 1 }), async (event) => {
        if (event.type !== type) return;
        const before = submit.mock.calls.length;
        await gpu.device.queue.onSubmittedWorkDone();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(submit.mock.calls.length).toBe(before);
        waits += 1;
      });
      expect(waits).toBeGreaterThanOrEqual(2);
    },
  );
});

describe('memory', () => {
  it('of the weights is what the plan says', async () => {
    const before = gpu.bytes;
    const loaded = await loadPapercut(gpu, papercut);
    expect(Math.abs((gpu.bytes - before) / modelBytes(papercut.config) - 1)).toBeLessThan(0.01);
    loaded.free();
    expect(gpu.bytes).toBe(before);
  });

  it('is what the plan says and is all given back', async () => {
    for (const shots of [[1], [3, 5, 4]]) {
      const plan = planOf(...shots);
      await make(jobOf(plan));
      const before = gpu.bytes;
      gpu.resetPeak();
      await make(jobOf(plan));
      expect(gpu.bytes).toBe(before);
      const peak = gpu.peakBytes - before;
      const { prompts, negative } = jobOf(plan);
      const rows = prompts.reduce((sum, { length }) => sum + length, 0);
      const planned = filmBytes(plan, papercut.config, [rows, negative.length]);
      expect(Math.abs(peak / planned - 1)).toBeLessThan(0.05);
    }
  });

  it('is the same for each of twenty films, and nothing of it is left behind', async () => {
    const ledger = new BufferLedger(gpu.device);
    const plan = planOf(1, 2);
    const peaks: number[] = [];
    for (let film = 0; film < 20; film++) {
      ledger.reset();
      const job = jobOf(plan, { seeds: [film, film + 1], steps: 1 });
      await generateFilm(gpu, runner, model, job, () => undefined);
      peaks.push(ledger.peak);
      expect(ledger.labels()).toEqual([]);
    }
    expect(new Set(peaks)).toEqual(new Set([peaks[0]]));
  });
});

describe('a device with no more than WebGPU guarantees', () => {
  let device: GPUDevice;
  afterAll(() => device.destroy());

  it('makes the same film, with no buffer past its limits', async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('There is no adapter.');
    device = await adapter.requestDevice({
      requiredFeatures: adapter.features.has('subgroups') ? ['subgroups'] : [],
    });
    expect(device.limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
    expect(device.limits.maxBufferSize).toBe(256 * 2 ** 20);
    const ledger = new BufferLedger(device);
    const errors: string[] = [];
    device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
    const bounded = new Gpu(device, gpu.traits);
    const film = await make(jobOf(planOf(2, 3)));
    const of = await loadPapercut(bounded, papercut);
    const same = await make(tinyJob(planTinyFilm(bounded, of, [2, 3]), of), { of, on: bounded });
    expect(errors).toEqual([]);
    expect(same.latents).toEqual(film.latents);
    expect(same.pixels).toEqual(film.pixels);
    expect(ledger.largest).toBeLessThanOrEqual(device.limits.maxStorageBufferBindingSize);
  });
});
