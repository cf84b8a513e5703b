import { countFilmFlops, type FilmFlops } from '../plan/flops.ts';
import { passesOf } from '../plan/guidance.ts';
import type { FilmPlan } from '../plan/index.ts';
import { type PackedFormat, streamedBytes } from '../plan/weightMemory.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { samplingOf } from '../storyboard/sampling.ts';
import type { EncodedPrompts } from './encodePrompts.ts';
import type { FilmMemory, JudgedFilm } from './judgeFilm.ts';
import type { ModelFacts } from './modelFiles.ts';
import type { Estimate } from './protocol.ts';
import type { Unfinished } from './unfinished.ts';

/** Bytes a second that one core of a server packs from f16 or bf16 files; disks are faster. */
const packedBytesPerSecond: Readonly<Record<PackedFormat, number>> = { f16: 3e8, int8: 8e7, int4: 3e7 };

/** FLOPs of the whole film. */
export function filmFlops(
  storyboard: Storyboard,
  plan: FilmPlan,
  model: ModelFacts,
  { prompts, negative }: EncodedPrompts,
): FilmFlops {
  const passes = [prompts.map(({ length }) => length)];
  if (storyboard.guidance !== 1) passes.push([negative.length]);
  const { attention, steps } = storyboard;
  const { guidanceEvery } = samplingOf(storyboard, model.config.sampler);
  return countFilmFlops(model.config, plan.geometry, attention, steps, passes, guidanceEvery);
}

/** What a film costs, less the steps that are done. `flopsPerSecond` is null until the adapter has been measured. */
export function estimateFilm(
  storyboard: Storyboard,
  model: ModelFacts,
  { plan, prompts, budget, gpuBytes, refusal }: JudgedFilm,
  { room }: Pick<FilmMemory, 'room'>,
  flopsPerSecond: number | null,
  { stepsDone, only }: Unfinished,
): Estimate {
  const { total, denoise, text, decode } = filmFlops(storyboard, plan, model, prompts);
  const { geometry } = plan;
  const weights = budget?.weights?.dit ?? null;
  const reading = weights
    ? streamedBytes(model.config.dit, weights) / packedBytesPerSecond[weights.format]
    : 0;
  const sampling = samplingOf(storyboard, model.config.sampler);
  const passes = passesOf(sampling.steps, sampling);
  const left = passes - passesOf(stepsDone, sampling);
  // Blocks are read while others compute: the slower of the two counts.
  const denoising = Math.max((denoise * left) / passes / (flopsPerSecond ?? 1), left * reading);
  return {
    frames: geometry.frames,
    latentFrames: geometry.latent.frames,
    tokens: geometry.tokens,
    seconds: geometry.seconds,
    renderSeconds: flopsPerSecond === null ? null : (text + decode) / flopsPerSecond + denoising,
    gpuBytes,
    roomBytes: room,
    weights: weights && { format: weights.format, storage: weights.storage, bytes: weights.bytes },
    flops: total,
    shotSeconds: geometry.shots.map(({ seconds }) => seconds),
    refusal,
    stepsDone,
    only,
  };
}
