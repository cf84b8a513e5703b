import type { Solver } from '../../model/config.ts';
import { shiftedSigmas, shiftSigma, timestepOf } from '../sampler.ts';

/** Noise levels of a run, steps + 1 of them, and the model's time input for every step. */
export interface Schedule {
  sigmas: readonly number[];
  timesteps: readonly number[];
}

/** The highest noise level in UniPC's training table of 1000 levels, before it is shifted. */
const unipcTop = 0.999;

/**
 * The schedule of a solver, from 1 to 0; UniPC's starts below 1 and counts time in whole thousandths.
 * `timeOffset` is added to every timestep.
 */
export function scheduleOf(solver: Solver, steps: number, shift: number, timeOffset = 0): Schedule {
  if (solver !== 'unipc') {
    const sigmas = shiftedSigmas(steps, shift);
    return { sigmas, timesteps: sigmas.slice(0, -1).map((sigma) => timestepOf(sigma) + timeOffset) };
  }
  const sigmas = Array.from({ length: steps + 1 }, (_, i) => shiftSigma(unipcTop * (1 - i / steps), shift));
  return {
    sigmas,
    timesteps: sigmas.slice(0, -1).map((sigma) => Math.trunc(timestepOf(sigma)) + timeOffset),
  };
}
