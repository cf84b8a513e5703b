import type { FilmJob } from '../engine/generate.ts';
import { shotSeed } from '../engine/noise.ts';
import type { ModelConfig } from '../model/config.ts';
import type { FilmPlan } from '../plan/index.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { samplingOf } from '../storyboard/sampling.ts';
import type { EncodedPrompts } from './encodePrompts.ts';
import { movementOf } from './movement.ts';

/**
 * What a storyboard asks of the engine. The model fills in what the storyboard leaves to it: the solver here, the shift
 * in the engine, where it may depend on the film's length.
 */
export function filmJob(
  storyboard: Storyboard,
  plan: FilmPlan,
  prompts: EncodedPrompts,
  config: Pick<ModelConfig, 'sampler' | 'camera' | 'carry' | 'marks' | 'sceneries' | 'ae'>,
): FilmJob & Required<Pick<FilmJob, 'solver'>> {
  const { seed, shots, attention, shift } = storyboard;
  const { solver, steps, guidance, guidanceEvery } = samplingOf(storyboard, config.sampler);
  const { motions, marks } = movementOf(storyboard, plan.geometry, config);
  return {
    plan,
    ...prompts,
    seeds: shots.map((shot, index) => shotSeed(seed, shot, index)),
    motions,
    ...(config.marks && { marks }),
    ...(config.sceneries && {
      sceneries: shots.map((shot) => (shot.seed ?? seed) % (config.sceneries ?? 1)),
    }),
    attention,
    solver,
    steps,
    guidance,
    guidanceEvery,
    ...(shift !== undefined && { shift }),
  };
}
