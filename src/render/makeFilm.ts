import type { AdapterFacts } from '../engine/device.ts';
import type { FilmEvent, FilmListener } from '../engine/filmEvents.ts';
import { generateFilm } from '../engine/generate.ts';
import type { Gpu } from '../engine/gpu/gpu.ts';
import type { Runner } from '../engine/gpu/runner.ts';
import type { Model } from '../engine/model.ts';
import { samplerStateValues } from '../engine/sampling/filmSampler.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { dropCheckpoint, loadCheckpoint, saveCheckpoint } from '../library/checkpoints.ts';
import { loadFilmLatents, saveFilmLatents } from '../library/filmLatents.ts';
import type { Solver } from '../model/config.ts';
import { decoderReach } from '../plan/decoder.ts';
import type { ChosenWeights } from '../plan/filmBudget.ts';
import { latentFrameOf } from '../plan/geometry.ts';
import { type Guidance, passesOf } from '../plan/guidance.ts';
import type { FilmPlan } from '../plan/index.ts';
import { previewFrames } from '../plan/previewFrames.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { filmFlops } from './estimate.ts';
import { filmJob } from './filmJob.ts';
import { FilmOutput } from './filmOutput.ts';
import { filmFingerprint } from './fingerprint.ts';
import type { FilmMemory } from './judgeFilm.ts';
import { filmLatents, keptShots, lockOthers } from './lockedShots.ts';
import { type FittingFilm, makeFitting } from './makeFitting.ts';
import type { ModelFacts, OnArrival } from './modelFiles.ts';
import { ProgressMeter } from './progress.ts';
import type { FilmResult, RenderEvent, RenderOptions, Still } from './protocol.ts';
import { RouterRecorder } from './routerRecorder.ts';
import type { RunControl } from './runControl.ts';

/** What a film is made with. */
export interface FilmSetting {
  gpu: Gpu;
  runner: Runner;
  adapter: AdapterFacts;
  memory: FilmMemory;
  /** Told of so many bytes that the GPU had no room for. */
  onOutOfMemory: (bytes: number) => void;
  facts: ModelFacts;
  loadModel: (weights: ChosenWeights | null, onArrival: OnArrival) => Promise<Model>;
  storyboard: Storyboard;
  /** What the person wrote, of which `storyboard` may be the draft: the film carries it. */
  document: Storyboard;
  options: RenderOptions;
  onEvent: (event: RenderEvent) => void;
  control: RunControl;
}

/** A film, and the speed of the work done in this call. */
interface MadeFilm {
  film: FilmResult;
  flopsPerSecond: number;
}

/**
 * From storyboard to MP4: plan, engine, film writer. Every step leaves a checkpoint, and a film that was
 * interrupted goes on from its last one. Where the GPU turns out to have less memory than it is taken to have, the
 * film is made with smaller weights, as long as there are any.
 */
export async function makeFilm(setting: FilmSetting): Promise<MadeFilm> {
  const { storyboard, facts, memory, onOutOfMemory } = setting;
  return makeFitting([storyboard, facts, memory], (film) => makeOnce(setting, film), onOutOfMemory);
}

async function makeOnce(
  setting: FilmSetting,
  { plan, prompts, budget: { weights } }: FittingFilm,
): Promise<MadeFilm> {
  const { gpu, runner, adapter, facts, storyboard, options, control } = setting;
  const { signal } = control;
  const { ae } = facts.config;
  const flops = filmFlops(storyboard, plan, facts, prompts);
  const base = options.base === undefined ? null : await loadFilmLatents(options.base).catch(() => null);
  const { only } = options;
  /** With the locks that this making goes by. */
  const held = only === undefined ? storyboard : lockOthers(storyboard, only);
  const kept = keptShots(held, plan.geometry, base, ae.kind, only === undefined ? 'locked' : 'beside');
  const fingerprint = filmFingerprint(held, facts, adapter, options.base, weights);
  if (options.anew) await forget(fingerprint);
  const job = filmJob(storyboard, plan, prompts, facts.config);
  const start = await usableCheckpoint(fingerprint, plan, job);
  const shareDone = passesOf(start?.step ?? 0, job) / passesOf(job.steps, job);
  const meter = new ProgressMeter(
    flops,
    storyboard.steps,
    start?.step ?? 0,
    shareDone,
    () => gpu.bytes,
    setting.onEvent,
  );
  const { geometry } = plan;
  const latents: { last: Float32Array<ArrayBuffer> | null } = {
    last: start ? start.state.slice(0, latentValues(plan)) : null,
  };
  const router = await RouterRecorder.start({
    fingerprint,
    geometry,
    steps: storyboard.steps,
    stepsDone: start?.step ?? 0,
    groups: facts.config.dit.groups ?? 0,
  });
  const output = new FilmOutput(setting.document, geometry, options.keepFrames ?? []);
  control.follow((paused) => {
    for (const clock of [runner, meter]) {
      if (paused) clock.pause();
      else clock.resume();
    }
  });
  try {
    await output.probe();
    const model = await setting.loadModel(weights, (arrived, of) => meter.arrived({ bytes: arrived, of }));
    if (signal.aborted) throw new ShotweaveError('cancelled', 'Cancelled.');
    gpu.resetPeak();
    meter.enter('text');
    await generateFilm(
      gpu,
      runner,
      model,
      { ...job, kept, ...(start ? { start } : {}) },
      router.listen(
        filmListener(setting, plan, output, meter, async (step, made, state) => {
          latents.last = made;
          if (state) await keep({ fingerprint, step, latents: state });
        }),
      ),
      signal,
    );
    meter.enter('finish');
    const written = await output.finish();
    await forget(fingerprint);
    await router.keep(output.fileName);
    await router.forget();
    if (latents.last) {
      // A full disk costs the locks of the next film, not this film.
      await saveFilmLatents(
        output.fileName,
        filmLatents(held, geometry, latents.last, base, { kind: ae.kind, reach: decoderReach(ae) }),
      ).catch(() => undefined);
    }
    const secondsByStage = meter.secondsByStage();
    const { load, ...work } = secondsByStage;
    const seconds = Object.values(work).reduce((sum, stage) => sum + stage, 0);
    const skipped = flops.denoise * shareDone;
    const film = {
      fileName: output.fileName,
      ...written,
      width: geometry.width,
      height: geometry.height,
      fps: geometry.fps,
      frames: geometry.frames,
      latentFrames: geometry.latent.frames,
      tokens: geometry.tokens,
      seed: storyboard.seed,
      steps: storyboard.steps,
      attention: storyboard.attention,
      secondsByStage,
      peakGpuBytes: gpu.peakBytes,
      adapter,
      ...(weights && { weights: weights.dit }),
      storyboard: setting.document,
      ...(options.draft && { draft: true }),
      keptFrames: output.kept,
    };
    return { film, flopsPerSecond: (flops.total - skipped) / seconds };
  } catch (error) {
    await output.abort();
    // What the person cancelled is given up; everything else can go on later.
    if (error instanceof ShotweaveError && error.code === 'cancelled' && !control.keepsSteps) {
      await forget(fingerprint);
      await router.forget();
    }
    throw error;
  } finally {
    // The next film starts at once.
    runner.resume();
  }
}

/** Takes what the engine makes: frames to the film, pictures and progress to the page, latents to `onStep`. */
function filmListener(
  { facts, storyboard, onEvent }: FilmSetting,
  plan: FilmPlan,
  output: FilmOutput,
  meter: ProgressMeter,
  onStep: (
    step: number,
    latents: Float32Array<ArrayBuffer>,
    state: Float32Array<ArrayBuffer> | null,
  ) => Promise<void>,
): FilmListener {
  const { geometry } = plan;
  const { width, height } = geometry;
  const { steps } = storyboard;
  const { temporal } = facts.config.ae;
  // Every shot has a still, however many shots there are.
  const shown = new Set([...previewFrames(geometry), ...geometry.shots.map(({ latent }) => latent.start)]);

  async function addFrames({ first, latent, frames }: FilmEvent & { type: 'frames' }): Promise<void> {
    const stills: Still[] = [];
    for (const [i, rgba] of frames.entries()) {
      const frame = first + i;
      await output.add(frame, rgba);
      const latentFrame = latentFrameOf(frame, temporal);
      if (frame === latentFrame * temporal && shown.has(latentFrame)) {
        stills.push({ latentFrame, frame, width, height, rgba: rgba.slice(), final: true });
      }
    }
    meter.decoded(latent);
    onEvent({ type: 'preview', step: steps, steps, stills });
  }

  return async (event) => {
    switch (event.type) {
      case 'work':
        meter.enter(event.stage);
        meter.work(event.stage, event.done / event.total);
        break;
      case 'step':
        meter.step(event.step);
        await onStep(event.step, await event.latents(), event.state && (await event.state()));
        break;
      case 'preview': {
        const stills = event.pictures.map((picture) => ({ ...picture, width, height, final: false }));
        onEvent({ type: 'preview', step: event.step, steps, stills });
        break;
      }
      case 'frames':
        await addFrames(event);
    }
  };
}

/** What a film goes on from: a checkpoint of as many steps as it has, whose state is its sampler's. */
async function usableCheckpoint(
  fingerprint: string,
  plan: FilmPlan,
  job: Guidance & { steps: number; solver: Solver },
): Promise<{ step: number; state: Float32Array<ArrayBuffer> } | null> {
  const checkpoint = await loadCheckpoint(fingerprint).catch(() => null);
  const values = samplerStateValues(job.solver, job, latentValues(plan));
  if (!checkpoint || checkpoint.latents.length !== values) return null;
  return checkpoint.step <= job.steps ? { step: checkpoint.step, state: checkpoint.latents } : null;
}

/** Values of the film's latent video. */
function latentValues({ geometry }: FilmPlan): number {
  const { frames, height, width, channels } = geometry.latent;
  return frames * height * width * channels;
}

/** A film that cannot be resumed is still a film: a full disk does not stop it here. */
async function keep(checkpoint: Parameters<typeof saveCheckpoint>[0]): Promise<void> {
  await saveCheckpoint(checkpoint).catch(() => undefined);
}

async function forget(fingerprint: string): Promise<void> {
  await dropCheckpoint(fingerprint).catch(() => undefined);
}
