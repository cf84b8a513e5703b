import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { addRows } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { DitWeights } from './ditWeights.ts';

const f32 = 4;
/** From no noise to nothing else. */
const timesteps = 1000;

/** Shift, scale and gate of one half of a block, [dim] each. */
export interface Modulation {
  shift: View;
  scale: View;
  gate: View;
}

/**
 * Sinusoid of a timestep in [0, 1000]: cosines, then sines, of t * 10000^(-i / (size / 2)).
 * In double precision: t times the first frequency is far from zero.
 */
export function timestepSinusoid(t: number, size: number): number[] {
  const half = size / 2;
  const angles = Array.from({ length: half }, (_, i) => t * 10000 ** (-i / half));
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
}

/** The noise's share at a timestep; those of a mode of few steps lie beyond the others, in the same order. */
export function noiseAt(t: number): number {
  return (t > timesteps ? t - timesteps : t) / timesteps;
}

/**
 * Timesteps of a run, embedded once: e = MLP(sinusoid) [steps, dim] for the head and e0 = projection(SiLU(e))
 * [steps, 6 * dim] for the blocks. `select` makes one of them current.
 */
export class TimeEmbeddings {
  readonly #gpu: Gpu;
  readonly #config: ModelConfig['dit'];
  readonly #weights: DitWeights;
  /** Modulation of every block at the current timestep [layers, 6, dim]. */
  readonly #blocks: GPUBuffer;
  /** Modulation of the head at the current timestep [2, dim]. */
  readonly #head: GPUBuffer;
  /** The noise's share at the current timestep [1]. */
  readonly level: GPUBuffer;
  #steps: { e: GPUBuffer; e0: GPUBuffer; levels: GPUBuffer } | null = null;

  constructor(gpu: Gpu, config: ModelConfig['dit'], weights: DitWeights) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#blocks = gpu.buffer('block modulation', config.layers * 6 * config.dim * f32);
    this.#head = gpu.buffer('head modulation', 2 * config.dim * f32);
    this.level = gpu.buffer('noise level', f32);
  }

  /** Modulation of a block; its values are those of the timestep selected last. */
  block(index: number): { attention: Modulation; feedForward: Modulation } {
    const row = (j: number): View => this.#row(this.#blocks, index * 6 + j);
    return {
      attention: { shift: row(0), scale: row(1), gate: row(2) },
      feedForward: { shift: row(3), scale: row(4), gate: row(5) },
    };
  }

  get head(): { shift: View; scale: View } {
    return { shift: this.#row(this.#head, 0), scale: this.#row(this.#head, 1) };
  }

  /** e [steps, dim], e0 [steps, 6 * dim] and the noise's share [steps] of the embedded timesteps. */
  get embedded(): { e: GPUBuffer; e0: GPUBuffer; levels: GPUBuffer } {
    invariant(this.#steps, 'no timesteps are embedded');
    return this.#steps;
  }

  /** Embeds the timesteps (0 to 1000) of a run. */
  async embed(runner: Runner, timesteps: readonly number[], signal?: AbortSignal): Promise<void> {
    const gpu = this.#gpu;
    const { dim, freq_dim } = this.#config;
    const rows = timesteps.length;
    const sinusoids = new Float32Array(timesteps.flatMap((t) => timestepSinusoid(t, freq_dim)));
    const input = gpu.upload('sinusoids', sinusoids);
    const hidden = gpu.buffer('time hidden', rows * dim * f32);
    const active = gpu.buffer('time active', rows * dim * f32);
    this.#freeSteps();
    const e = gpu.buffer('time embedding', rows * dim * f32);
    const e0 = gpu.buffer('time projection', rows * 6 * dim * f32);
    this.#steps = { e, e0, levels: gpu.upload('noise levels', Float32Array.from(timesteps, noiseAt)) };
    const [first, second] = this.#weights.time;
    const commands = [
      await gemm(gpu, { a: input, y: hidden, rows, epilogue: 'silu', ...first, exact: true }),
      await gemm(gpu, { a: hidden, y: e, rows, ...second, exact: true }),
      await gemm(gpu, { a: hidden, y: active, rows, epilogue: 'silu', ...second, exact: true }),
      await gemm(gpu, { a: active, y: e0, rows, ...this.#weights.timeProjection, exact: true }),
    ];
    await runner.run(commands, signal ? { signal } : {});
    gpu.free(input, hidden, active);
  }

  /** The program that makes an embedded timestep the current one. */
  async select(step: number): Promise<Command[]> {
    const { dim, layers } = this.#config;
    const { e, e0, levels } = this.embedded;
    const bytes = dim * f32;
    return [
      await addRows(this.#gpu, {
        a: this.#weights.modulation,
        b: { buffer: e0, offset: step * 6 * bytes, size: 6 * bytes },
        y: this.#blocks,
        rows: layers,
        width: 6 * dim,
      }),
      await addRows(this.#gpu, {
        a: this.#weights.headModulation,
        b: { buffer: e, offset: step * bytes, size: bytes },
        y: this.#head,
        rows: 2,
        width: dim,
      }),
      { from: levels, fromOffset: step * f32, to: this.level, bytes: f32 },
    ];
  }

  free(): void {
    this.#gpu.free(this.#blocks, this.#head, this.level);
    this.#freeSteps();
  }

  #freeSteps(): void {
    if (this.#steps) this.#gpu.free(this.#steps.e, this.#steps.e0, this.#steps.levels);
    this.#steps = null;
  }

  #row(buffer: GPUBuffer, index: number): View {
    const bytes = this.#config.dim * f32;
    return { buffer, offset: index * bytes, size: bytes };
  }
}
