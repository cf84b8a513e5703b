import type { ModelConfig, Solver } from '../../model/config.ts';

/** What a film says of its sampling; what it leaves out, the model decides. */
export interface SamplingWish {
  steps: number;
  /** 1: no guidance. */
  guidance: number;
  solver?: Solver;
  shift?: number;
}

/** How a film is sampled. */
export interface SamplingSettings {
  solver: Solver;
  shift: number;
  /** Added to the timesteps: asks a network for the mode of few steps that it was also trained for. */
  timeOffset: number;
}

/**
 * Settings for a film of so many tokens. Where its steps and guidance are those of one of the model's presets, the
 * preset's hold; else the shift grows with the film, as the model's config says.
 */
export function samplingSettings(
  sampler: ModelConfig['sampler'],
  { steps, guidance, ...wish }: SamplingWish,
  tokens: number,
): SamplingSettings {
  const solver = wish.solver ?? sampler.solver ?? 'euler';
  const fits = sampler.presets?.find(
    (preset) =>
      preset.time_offset !== undefined &&
      preset.steps === steps &&
      preset.guidance === guidance &&
      preset.solver === solver,
  );
  if (fits) {
    // Its steps were learnt for these very noise levels; who asks for another shift gets it all the same.
    return { solver, shift: wish.shift ?? fits.shift, timeOffset: fits.time_offset ?? 0 };
  }
  const { shift, shift_growth: growth, one_pass: onePass } = sampler;
  const grown = growth ? shift * (tokens / growth.tokens) ** growth.power : shift;
  const timeOffset = guidance === 1 ? (onePass?.time_offset ?? 0) : 0;
  return { solver, shift: wish.shift ?? grown, timeOffset };
}
