import { invariant } from '../../lib/errors.ts';
import type { Solver } from '../../model/config.ts';
import { type Guidance, isGuided } from '../../plan/guidance.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { adamsStep } from '../kernels/adams.ts';
import { eulerStep } from '../kernels/euler.ts';
import { guide } from '../kernels/guidance.ts';
import type { PatchShape } from '../kernels/latent.ts';
import { unipcStep } from '../kernels/unipc.ts';
import { type AdamsStep, adamsSteps } from './adams.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { type UnipcStep, unipcSteps } from './unipc.ts';

/** Tensors of the latents' size that a solver carries from one step to the next, the latents among them. */
const carried: Record<Solver, number> = { euler: 1, adams: 2, unipc: 4 };

/** Values of the state that a film of so many latent values goes on from. */
export function samplerStateValues(solver: Solver, film: Guidance, latentValues: number): number {
  return (carried[solver] + Number(keepsGuidance(film))) * latentValues;
}

/** Whether steps go by the guidance of steps before them. */
function keepsGuidance({ guidance, guidanceEvery = 1 }: Guidance): boolean {
  return guidance !== 1 && guidanceEvery > 1;
}

export interface SamplerSetting extends Guidance {
  solver: Solver;
  steps: number;
  shift: number;
  /** Added to the timesteps. */
  timeOffset?: number;
  shape: PatchShape;
  /** Latents [frames, height, width, channels], moved in place. */
  x: GPUBuffer;
  /** Receives the clean latents that a step expects. */
  estimate: GPUBuffer;
  /** Velocity tokens with the prompts. */
  vCond: GPUBuffer;
  /**
   * Velocity tokens with the negative prompt; without guidance the same. Where a step has no such pass, it must be as the
   * sampler left it.
   */
  vNull: GPUBuffer;
}

/** Moves the latents of one film from noise to clean, step by step. */
export class FilmSampler {
  readonly schedule: Schedule;
  readonly #gpu: Gpu;
  readonly #setting: SamplerSetting;
  readonly #adams: { steps: AdamsStep[]; slope: GPUBuffer } | null;
  readonly #unipc: { steps: UnipcStep[]; last: GPUBuffer; clean: readonly [GPUBuffer, GPUBuffer] } | null;

  constructor(gpu: Gpu, setting: SamplerSetting) {
    const { solver, steps, shift, timeOffset, x } = setting;
    this.#gpu = gpu;
    this.#setting = setting;
    this.schedule = scheduleOf(solver, steps, shift, timeOffset);
    const make = (label: string): GPUBuffer => gpu.buffer(label, x.size);
    this.#adams =
      solver === 'adams'
        ? { steps: adamsSteps(this.schedule.sigmas), slope: make('velocity of the step before') }
        : null;
    this.#unipc =
      solver === 'unipc'
        ? {
            steps: unipcSteps(this.schedule.sigmas),
            last: make('corrected latents'),
            clean: [make('clean latents'), make('clean latents')],
          }
        : null;
  }

  /** The program that takes a step, once its velocities are there. */
  async step(index: number): Promise<Command[]> {
    const { guidance, vCond, vNull } = this.#setting;
    if (!keepsGuidance(this.#setting)) return [await this.#move(index, { guidance, vCond, vNull })];
    const fresh = isGuided(index, this.#setting);
    return [
      await guide(this.#gpu, { v: vCond, change: vNull, count: vCond.size / 4, guidance, fresh }),
      await this.#move(index, { guidance: 1, vCond, vNull: vCond }),
    ];
  }

  async #move(
    index: number,
    velocity: Pick<SamplerSetting, 'guidance' | 'vCond' | 'vNull'>,
  ): Promise<Command> {
    const { shape, x, estimate } = this.#setting;
    const sigma = this.#sigma(index);
    const common = { ...velocity, x, estimate, sigma };
    if (this.#adams) {
      const { steps, slope } = this.#adams;
      const step = steps[index];
      invariant(step, `there is no step ${index}`);
      return adamsStep(this.#gpu, shape, { ...common, slope, step });
    }
    if (!this.#unipc) {
      return eulerStep(this.#gpu, shape, { ...common, nextSigma: this.#sigma(index + 1) });
    }
    const { steps, last, clean } = this.#unipc;
    const step = steps[index];
    invariant(step, `there is no step ${index}`);
    const [even, odd] = clean;
    const [m2, m1] = index % 2 === 0 ? [even, odd] : [odd, even];
    return unipcStep(this.#gpu, shape, { ...common, last, m1, m2, step });
  }

  /** Reads everything that the next step depends on: the latents first. */
  async state(): Promise<Float32Array<ArrayBuffer>> {
    const parts: Float32Array[] = [];
    for (const buffer of this.#carried()) parts.push(new Float32Array(await this.#gpu.read(buffer)));
    const state = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      state.set(part, at);
      at += part.length;
    }
    return state;
  }

  /** Puts a state back; the latents alone are where a film starts. */
  restore(state: Float32Array<ArrayBuffer>): void {
    const values = this.#setting.x.size / 4;
    const buffers = this.#carried();
    const starts = state.length === values;
    invariant(starts || state.length === values * buffers.length, 'a state is of another sampler');
    for (const [i, buffer] of buffers.slice(0, starts ? 1 : undefined).entries()) {
      this.#gpu.write(buffer, state.subarray(i * values, (i + 1) * values));
    }
  }

  /** Noise level after so many steps. */
  #sigma(step: number): number {
    const sigma = this.schedule.sigmas[step];
    invariant(sigma !== undefined, `there is no step ${step}`);
    return sigma;
  }

  #carried(): GPUBuffer[] {
    const { x, vNull } = this.#setting;
    return [
      x,
      ...(this.#adams ? [this.#adams.slope] : []),
      ...(this.#unipc ? [this.#unipc.last, ...this.#unipc.clean] : []),
      ...(keepsGuidance(this.#setting) ? [vNull] : []),
    ];
  }
}
