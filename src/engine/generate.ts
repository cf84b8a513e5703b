import { invariant, ShotweaveError } from '../lib/errors.ts';
import type { FilmPlan } from '../plan/index.ts';
import { crossSegments } from '../plan/segments.ts';
import type { SegmentList } from '../plan/types.ts';
import type { Gpu } from './gpu/gpu.ts';
import { type Runner, totalFlops } from './gpu/runner.ts';
import { eulerStep } from './kernels/latent.ts';
import type { Model } from './model.ts';
import { Decoder } from './models/autoencoder.ts';
import type { AttentionMode } from './models/branches.ts';
import { Dit } from './models/dit.ts';
import type { TextContext } from './models/textContext.ts';
import { gaussianNoise } from './noise.ts';
import { Preview } from './preview.ts';
import { shiftedSigmas, timestepOf } from './sampler.ts';

/** What to make: everything but the GPU and the weights. */
export interface FilmJob {
  plan: FilmPlan;
  /** Token ids of every shot's prompt. */
  prompts: readonly Uint32Array[];
  /** Token ids of what the film should not be; the empty prompt where nothing is said. */
  negative: Uint32Array;
  /** Seed of every shot's noise. */
  seeds: readonly number[];
  steps: number;
  /** 1: no guidance, one forward pass a step. */
  guidance: number;
  attention: AttentionMode;
  /** Instead of seeds: noise [frames, height, width, channels]. */
  noise?: Float32Array<ArrayBuffer>;
}

export type Stage = 'text' | 'denoise' | 'decode';

/** One picture of the film, RGBA. */
export interface Picture {
  latentFrame: number;
  frame: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type FilmEvent =
  /** FLOPs done of a stage. */
  | { type: 'work'; stage: Stage; done: number; total: number }
  /** A step is over; `latents` reads the latent video after it. */
  | { type: 'step'; step: number; latents: () => Promise<Float32Array<ArrayBuffer>> }
  | { type: 'preview'; step: number; pictures: Picture[] }
  /** Frames of the film in order, [height, width, 4] each. */
  | { type: 'frames'; first: number; latent: number; frames: Uint8ClampedArray<ArrayBuffer>[] };

/** Waits for what it returns, so that a slow reader slows the engine down. */
export type FilmListener = (event: FilmEvent) => void | Promise<void>;

/**
 * Makes a film: encodes the prompts, denoises all shots together as one sequence, and decodes chunk by chunk.
 * Rejects with `cancelled`, `device-lost`, `gpu-out-of-memory` or `numbers-invalid`; frees what it allocated in every case.
 */
export async function generateFilm(
  gpu: Gpu,
  runner: Runner,
  model: Model,
  job: FilmJob,
  listener: FilmListener,
  signal?: AbortSignal,
): Promise<void> {
  const scope = gpu.scope();
  try {
    await makeFilm(scope, runner, model, job, listener, signal);
  } catch (error) {
    throw await runner.faultBehind(error);
  } finally {
    scope.freeAll();
  }
}

async function makeFilm(
  gpu: Gpu,
  runner: Runner,
  model: Model,
  job: FilmJob,
  listener: FilmListener,
  signal?: AbortSignal,
): Promise<void> {
  const { geometry, chunks } = job.plan;
  const { latent } = geometry;
  const dit = await Dit.create(gpu, model.config.dit, model.dit, geometry, chunks, job.attention);
  const texts = await encodeTexts(runner, gpu, model, dit, job, signal);
  await listener({ type: 'work', stage: 'text', done: 1, total: 1 });

  const latentBytes = latent.frames * latent.height * latent.width * latent.channels * 4;
  const x = gpu.buffer('latents', latentBytes);
  const estimate = gpu.buffer('estimate', latentBytes);
  const velocities = texts.map(() => gpu.buffer('velocity', latentBytes));
  gpu.write(x, job.noise ?? filmNoise(job));

  const decoder = new Decoder(gpu, model.config.ae, model.decoder, latent, job.plan.decodeFrames);
  const preview = await Preview.create(gpu, decoder, geometry, model.config.ae, estimate);
  const film = { gpu, runner, model, job, dit, texts, x, estimate, velocities, preview, listener, signal };
  await denoise(film);
  await decode(film, decoder);
}

/** What the stages of one film share. */
interface FilmInWork {
  gpu: Gpu;
  runner: Runner;
  model: Model;
  job: FilmJob;
  dit: Dit;
  /** With prompts, and with the negative prompt where there is guidance. */
  texts: readonly TextContext[];
  x: GPUBuffer;
  estimate: GPUBuffer;
  velocities: readonly GPUBuffer[];
  preview: Preview;
  listener: FilmListener;
  signal: AbortSignal | undefined;
}

async function encodeTexts(
  runner: Runner,
  gpu: Gpu,
  model: Model,
  dit: Dit,
  job: FilmJob,
  signal?: AbortSignal,
): Promise<TextContext[]> {
  const { geometry } = job.plan;
  const everywhere = (rows: number): SegmentList => ({
    queryRows: null,
    keyRows: null,
    segments: [{ queries: { start: 0, count: geometry.tokens }, keys: [{ start: 0, count: rows }] }],
  });
  const prepare = async (prompts: readonly Uint32Array[], segments: (lengths: number[]) => SegmentList) => {
    const text = await model.textEncoder.encode(gpu, runner, prompts, signal);
    try {
      return await dit.prepareText(runner, text, segments(text.lengths), signal);
    } finally {
      gpu.free(text.features);
    }
  };
  const texts = [await prepare(job.prompts, (lengths) => crossSegments(geometry, lengths))];
  if (job.guidance !== 1) texts.push(await prepare([job.negative], ([rows = 0]) => everywhere(rows)));
  return texts;
}

/** Every shot's noise from its own seed, [frames, height, width, channels]. */
function filmNoise({ plan, seeds }: FilmJob): Float32Array<ArrayBuffer> {
  const { latent, shots } = plan.geometry;
  const frameSize = latent.height * latent.width * latent.channels;
  const noise = new Float32Array(latent.frames * frameSize);
  for (const shot of shots) {
    const seed = seeds[shot.index];
    invariant(seed !== undefined, `shot ${shot.index} has no seed`);
    noise.set(gaussianNoise(seed, shot.latent.count * frameSize), shot.latent.start * frameSize);
  }
  return noise;
}

async function denoise(film: FilmInWork): Promise<void> {
  const { gpu, runner, model, job, dit, texts, x, estimate, velocities, preview, listener, signal } = film;
  const sigmas = shiftedSigmas(job.steps, model.config.sampler.shift);
  await dit.times.embed(runner, sigmas.slice(0, -1).map(timestepOf), signal);
  const [vCond] = velocities;
  invariant(vCond, 'a film has a velocity');
  const vNull = velocities[1] ?? vCond;
  const forward = [];
  for (const [i, text] of texts.entries()) {
    const velocity = velocities[i];
    invariant(velocity, 'a pass has a velocity');
    forward.push(...(await dit.forward(x, text, velocity)));
  }
  for (let step = 0; step < job.steps; step++) {
    const program = [
      ...(await dit.times.select(step)),
      ...forward,
      await eulerStep(gpu, dit.patchShape, {
        x,
        vCond,
        vNull,
        estimate,
        guidance: job.guidance,
        sigma: sigmas[step] ?? 0,
        nextSigma: sigmas[step + 1] ?? 0,
      }),
    ];
    const stepFlops = totalFlops(program);
    let done = step * stepFlops;
    const onDone = (flops: number): void | Promise<void> => {
      done += flops;
      return listener({ type: 'work', stage: 'denoise', done, total: job.steps * stepFlops });
    };
    await runner.run(program, signal ? { signal, onDone } : { onDone });
    const latents = async () => new Float32Array(await gpu.read(x));
    await listener({ type: 'step', step: step + 1, latents });
    await listener({ type: 'preview', step: step + 1, pictures: await preview.pictures(runner, signal) });
  }
  checkFinite(new Float32Array(await gpu.read(x)));
}

/** The last gate before frames: a driver's fault shows as values that are not numbers. */
function checkFinite(latents: Float32Array): void {
  if (latents.every(Number.isFinite)) return;
  throw new ShotweaveError(
    'numbers-invalid',
    'This GPU computed values that are not numbers: update the graphics driver, or try another browser.',
  );
}

async function decode(film: FilmInWork, decoder: Decoder): Promise<void> {
  const { gpu, runner, model, job, x, listener, signal } = film;
  const { latent, width, height } = job.plan.geometry;
  const { temporal } = model.config.ae;
  const frameBytes = width * height * 4;
  for (let first = 0; first < latent.frames; first += job.plan.decodeFrames) {
    const count = Math.min(job.plan.decodeFrames, latent.frames - first);
    await runner.run(await decoder.decode(x, first, count), signal ? { signal } : {});
    const rgba = await gpu.read({ buffer: decoder.rgba, size: count * temporal * frameBytes });
    runner.check();
    // The first latent frame of a film decodes to `temporal` frames of which only the last is real.
    const skip = first === 0 ? temporal - 1 : 0;
    const frames: Uint8ClampedArray<ArrayBuffer>[] = [];
    for (let i = skip; i < count * temporal; i++) {
      frames.push(new Uint8ClampedArray(rgba, i * frameBytes, frameBytes));
    }
    const firstFrame = Math.max(0, 1 + temporal * (first - 1));
    await listener({ type: 'work', stage: 'decode', done: first + count, total: latent.frames });
    await listener({ type: 'frames', first: firstFrame, latent: first + count, frames });
  }
}
