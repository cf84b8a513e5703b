import { allDone } from '../lib/allDone.ts';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import type { Solver } from '../model/config.ts';
import { isGuided } from '../plan/guidance.ts';
import type { FilmPlan } from '../plan/index.ts';
import { attentionFor, phaseOf, phasesOf } from '../plan/routing.ts';
import { crossSegments, sharedTextSegments } from '../plan/segments.ts';
import type { SegmentList } from '../plan/types.ts';
import type { Course } from './bearings.ts';
import { decodeFilm } from './decodeFilm.ts';
import type { FilmListener } from './filmEvents.ts';
import type { Gpu } from './gpu/gpu.ts';
import { type Command, type Runner, totalFlops } from './gpu/runner.ts';
import { type KeptShot, KeptShots } from './keptShots.ts';
import type { Mark } from './mark.ts';
import { markTokens } from './marks.ts';
import type { Model } from './model.ts';
import type { AttentionMode } from './models/branches.ts';
import { createDecoder } from './models/decoders.ts';
import { Dit } from './models/dit.ts';
import type { TextContext } from './models/textContext.ts';
import type { Motion } from './motion.ts';
import { shotNoise } from './noise.ts';
import { Preview } from './preview.ts';
import { RouterCapture } from './router/capture.ts';
import { FilmSampler } from './sampling/filmSampler.ts';
import { samplingSettings } from './sampling/settings.ts';

/** What to make: everything but the GPU and the weights. */
export interface FilmJob {
  plan: FilmPlan;
  /** Token ids of every shot's prompt. */
  prompts: readonly Uint32Array[];
  /** Token ids of what the film should not be; the empty prompt where nothing is said. */
  negative: Uint32Array;
  /** Seed of every shot's noise. */
  seeds: readonly number[];
  /** Every shot's motion of the camera, with which its noise goes along; null for one that stands still. */
  motions?: readonly (Motion | null)[];
  /** Where every shot's subject is to be, for models that take it; null where nothing is said. */
  marks?: readonly (Mark | null)[];
  /** Which of its place's sceneries every shot shows, for models that take it. */
  sceneries?: readonly number[];
  steps: number;
  /** 1: no guidance, one forward pass a step. */
  guidance: number;
  /** Of so many steps the first has a pass with the negative prompt; the others keep its effect. Every one, if left out. */
  guidanceEvery?: number;
  attention: AttentionMode;
  /** Instead of the model's. */
  solver?: Solver;
  shift?: number;
  /** Instead of seeds: noise [frames, height, width, channels]. */
  noise?: Float32Array<ArrayBuffer>;
  /** Shots that stay as an earlier film has them; the others attend to them. */
  kept?: readonly KeptShot[];
  /** Goes on after `step` steps from the state that the `step` event gave then. */
  start?: { step: number; state: Float32Array<ArrayBuffer> };
}

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
  const wanted = promptPasses(job);
  // A streamed encoder's layers are gone before the film takes its memory.
  const all = wanted.flatMap(({ prompts }) => prompts);
  await model.textEncoder.prepare(gpu, runner, all, signal);
  const dit = await Dit.create(gpu, model.config.dit, model.dit, geometry, chunks, job.attention);
  const { dit: config } = model.config;
  if (config.marks && (job.marks || config.bearings)) {
    dit.placeSubjects(markTokens(coursesOf(job), geometry, config));
  }
  const latentBytes = latent.frames * latent.height * latent.width * latent.channels * 4;
  const x = gpu.buffer('latents', latentBytes);
  const estimate = gpu.buffer('estimate', latentBytes);
  const noise = job.noise ?? filmNoise(job, model.config.dit.noise_correlation ?? 0);
  gpu.write(x, noise);
  const kept = job.kept?.length ? new KeptShots(gpu, job.kept, noise, latent.frames) : null;
  const decoder = createDecoder(gpu, model.config.ae, model.decoder, latent, {
    frames: job.plan.decodeFrames,
    tiles: job.plan.decodeTiles,
  });
  const passes = wanted.map(({ prompts, segments }): Pass => {
    const rows = prompts.reduce((sum, ids) => sum + ids.length, 0);
    return { prompts, text: dit.textContext(segments, rows), velocity: gpu.buffer('velocity', latentBytes) };
  });
  const capture = await RouterCapture.create(gpu, dit, model.config.dit);
  // Making the programs compiles their kernels, which goes on beside the encoding of the prompts.
  const mode = attentionFor(job.attention, model.config.dit);
  const phases = phasesOf(mode, job.steps);
  const [forwards, preview] = await allDone([
    allDone(
      phases.map(async (phase) => {
        const made = passes.map(({ text, velocity }, pass) =>
          dit.forward(x, text, velocity, pass === 0 ? capture?.trace : undefined, phase),
        );
        return allDone(made);
      }),
    ),
    Preview.create(gpu, decoder, geometry, model.config.ae, estimate),
    decoder.decode(x, 0, job.plan.decodeFrames),
    encodeTexts(gpu, runner, model, dit, passes, signal),
  ]);
  await listener({ type: 'work', stage: 'text', done: 1, total: 1 });
  await denoise(
    { gpu, runner, model, job, dit, passes, x, estimate, kept, capture, preview, listener, signal },
    (step) => {
      const [prompted = [], unprompted = []] = forwards[phases.indexOf(phaseOf(mode, step, job.steps))] ?? [];
      return isGuided(step, job) ? [...prompted, ...unprompted] : prompted;
    },
    (step) => step === job.steps || phaseOf(mode, step, job.steps) !== 'warm',
  );
  await decodeFilm({
    gpu,
    runner,
    decoder,
    x,
    frames: latent.frames,
    decodeFrames: job.plan.decodeFrames,
    frameBytes: geometry.width * geometry.height * 4,
    temporal: model.config.ae.temporal,
    kept: job.kept ?? [],
    listener,
    signal,
  });
}

/** One forward pass of a step: with the prompts, or with the negative prompt. */
interface Pass {
  prompts: readonly Uint32Array[];
  text: TextContext;
  /** Velocity tokens that it gives. */
  velocity: GPUBuffer;
}

/** What the steps of one film share. */
interface FilmInWork {
  gpu: Gpu;
  runner: Runner;
  model: Model;
  job: FilmJob;
  dit: Dit;
  /** With the prompts, and with the negative prompt where there is guidance. */
  passes: readonly Pass[];
  x: GPUBuffer;
  estimate: GPUBuffer;
  kept: KeptShots | null;
  capture: RouterCapture | null;
  preview: Preview;
  listener: FilmListener;
  signal: AbortSignal | undefined;
}

/** The prompts of every pass, and which of their rows each token attends to. */
function promptPasses({ plan, prompts, negative, guidance }: FilmJob): {
  prompts: readonly Uint32Array[];
  segments: SegmentList;
}[] {
  const { geometry } = plan;
  const lengths = prompts.map((ids) => ids.length);
  const conditional = { prompts, segments: crossSegments(geometry, lengths) };
  if (guidance === 1) return [conditional];
  return [conditional, { prompts: [negative], segments: sharedTextSegments(geometry, negative.length) }];
}

async function encodeTexts(
  gpu: Gpu,
  runner: Runner,
  model: Model,
  dit: Dit,
  passes: readonly Pass[],
  signal?: AbortSignal,
): Promise<void> {
  for (const { prompts, text } of passes) {
    const encoded = await model.textEncoder.encode(gpu, runner, prompts, signal);
    await dit.fillText(text, runner, encoded, signal);
    gpu.free(encoded.features);
  }
}

/** What every shot is told to look like, beside its prompt. */
function coursesOf({ plan, marks, motions, sceneries }: FilmJob): Course[] {
  return plan.geometry.shots.map(({ index }) => ({
    mark: marks?.[index] ?? null,
    motion: motions?.[index] ?? null,
    scenery: sceneries?.[index] ?? null,
  }));
}

/** Every shot's noise from its own seed, [frames, height, width, channels]. */
function filmNoise({ plan, seeds, motions }: FilmJob, correlation: number): Float32Array<ArrayBuffer> {
  const { latent, shots } = plan.geometry;
  const frameSize = latent.height * latent.width * latent.channels;
  const noise = new Float32Array(latent.frames * frameSize);
  for (const shot of shots) {
    const seed = seeds[shot.index];
    invariant(seed !== undefined, `shot ${shot.index} has no seed`);
    const size = { ...latent, frames: shot.latent.count };
    noise.set(shotNoise(seed, size, correlation, motions?.[shot.index]), shot.latent.start * frameSize);
  }
  return noise;
}

/**
 * Takes every step from noise to film. `forwardOf`: the forward passes of a step; `resumable`: whether a film can go on
 * after so many steps.
 */
async function denoise(
  film: FilmInWork,
  forwardOf: (step: number) => readonly Command[],
  resumable: (step: number) => boolean,
): Promise<void> {
  const { gpu, runner, model, job, dit, passes, x, estimate, kept, capture, preview, listener, signal } =
    film;
  const [first, second] = passes;
  invariant(first, 'a film has a pass');
  const { steps, guidance, guidanceEvery } = job;
  const sampler = new FilmSampler(gpu, {
    ...samplingSettings(model.config.sampler, job, dit.geometry.tokens),
    steps,
    guidance,
    guidanceEvery,
    shape: dit.patchShape,
    x,
    estimate,
    vCond: first.velocity,
    vNull: second?.velocity ?? first.velocity,
  });
  const { sigmas, timesteps } = sampler.schedule;
  if (job.start) sampler.restore(job.start.state);
  await dit.times.embed(runner, timesteps, signal);
  /** Of the passes of the first steps. */
  const passFlops = (count: number): number =>
    Array.from({ length: count }, (_, step) => totalFlops(forwardOf(step))).reduce((a, b) => a + b, 0);
  for (let step = job.start?.step ?? 0; step < steps; step++) {
    const program = [
      ...(await dit.times.select(step)),
      ...forwardOf(step),
      ...(await sampler.step(step)),
      ...(kept ? [await kept.hold(x, sigmas[step + 1] ?? 0), await kept.hold(estimate, 0)] : []),
    ];
    // What comes beside the passes is the same in every step.
    const beside = totalFlops(program) - totalFlops(forwardOf(step));
    const total = passFlops(steps) + steps * beside;
    let done = passFlops(step) + step * beside;
    const onDone = (flops: number): void | Promise<void> => {
      done += flops;
      return listener({ type: 'work', stage: 'denoise', done, total });
    };
    await runner.run(program, signal ? { signal, onDone } : { onDone });
    const latents = async () => new Float32Array(await gpu.read(x));
    const choices = capture && (() => capture.read());
    const state = resumable(step + 1) ? () => sampler.state() : null;
    await listener({ type: 'step', step: step + 1, latents, state, choices });
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
