import { promptOf } from '../model/tokenizer.ts';
import { filmBytes } from '../plan/filmMemory.ts';
import { countFilmFlops, type FilmFlops } from '../plan/flops.ts';
import type { AdapterLimits, FilmPlan } from '../plan/index.ts';
import { planFilm } from '../plan/index.ts';
import type { Storyboard } from '../storyboard/document.ts';
import type { ModelFacts } from './modelFiles.ts';
import type { Estimate } from './protocol.ts';
import type { Unfinished } from './unfinished.ts';

/** Prompt of every shot, and the negative prompt, as token ids. */
export interface EncodedPrompts {
  prompts: Uint32Array[];
  negative: Uint32Array;
}

export function encodePrompts(
  { look, negative, shots }: Storyboard,
  { tokenizer, config }: Pick<ModelFacts, 'tokenizer' | 'config'>,
): EncodedPrompts {
  return {
    prompts: shots.map(({ prompt }) => tokenizer.encode(promptOf(look, prompt))),
    // What a model wants avoided where the person says nothing.
    negative: tokenizer.encode(negative.trim() === '' ? (config.sampler.negative ?? negative) : negative),
  };
}

/** FLOPs of the whole film. */
export function filmFlops(
  storyboard: Storyboard,
  plan: FilmPlan,
  model: ModelFacts,
  { prompts, negative }: EncodedPrompts,
): FilmFlops {
  const passes = [prompts.map(({ length }) => length)];
  if (storyboard.guidance !== 1) passes.push(prompts.map(() => negative.length));
  return countFilmFlops(model.config, plan.geometry, storyboard.attention, storyboard.steps, passes);
}

/** A sentence when the film is larger than the adapter allows, with the longest that would fit; else null. */
export function refusalOf(plan: FilmPlan, { config }: ModelFacts, limits: AdapterLimits): string | null {
  if (plan.largestBuffer <= limits.bindingBytes) return null;
  const { geometry } = plan;
  const latentFrames = Math.floor(limits.bindingBytes / (geometry.tokensPerFrame * config.dit.dim * 4));
  const seconds = (latentFrames * config.ae.temporal) / geometry.fps;
  const size = `${geometry.width}x${geometry.height}`;
  if (latentFrames < 1) return `Pictures of ${size} are too large for this GPU: choose a smaller size.`;
  return `This film does not fit on this GPU: at ${size} it holds at most ${seconds.toFixed(1)} seconds, so shorten the film or choose a smaller size.`;
}

/** What a film costs, less the steps that are done. `flopsPerSecond` is null until the adapter has been measured. */
export function estimateFilm(
  storyboard: Storyboard,
  model: ModelFacts,
  limits: AdapterLimits,
  flopsPerSecond: number | null,
  { stepsDone, only }: Unfinished,
): Estimate {
  const plan = planFilm(storyboard, model.config, limits);
  const prompts = encodePrompts(storyboard, model);
  const { total, denoise } = filmFlops(storyboard, plan, model, prompts);
  const left = total - (denoise * stepsDone) / storyboard.steps;
  const { geometry } = plan;
  const rows = [prompts.prompts.reduce((sum, { length }) => sum + length, 0)];
  if (storyboard.guidance !== 1) rows.push(prompts.negative.length);
  const gpuBytes = model.gpuBytes + filmBytes(plan, model.config, rows);
  return {
    frames: geometry.frames,
    latentFrames: geometry.latent.frames,
    tokens: geometry.tokens,
    seconds: geometry.seconds,
    renderSeconds: flopsPerSecond === null ? null : left / flopsPerSecond,
    gpuBytes,
    flops: total,
    shotSeconds: geometry.shots.map(({ seconds }) => seconds),
    refusal: refusalOf(plan, model, limits),
    stepsDone,
    only,
  };
}
