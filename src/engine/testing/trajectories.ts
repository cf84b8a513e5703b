import type { Solver } from '../../model/config.ts';

/** A run of a reference sampler with a formula as its model (training/make_wan_goldens.py). */
export interface Trajectory {
  solver: Solver;
  steps: number;
  shift: number;
  start: number[];
  timesteps: number[];
  sigmas: number[];
  /** What the values are after every step. */
  states: number[][];
}

/** The velocity that the reference runs were made with. */
export function modelOfTrajectories(x: number, timestep: number): number {
  return 0.5 * Math.tanh(x) + (0.3 * timestep) / 1000;
}
