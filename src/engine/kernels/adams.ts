import tgpu, { d } from 'typegpu';
import adamsSource from '../../../shaders/adams.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { AdamsStep } from '../sampling/adams.ts';
import type { PatchShape } from './latent.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

const Params = d.struct({
  tokens: d.u32,
  channels: d.u32,
  patchSize: d.u32,
  gridRows: d.u32,
  gridColumns: d.u32,
  guidance: d.f32,
  sigma: d.f32,
  now: d.f32,
  old: d.f32,
});
const kernel: KernelSource = {
  name: 'adams',
  wgsl: adamsSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    vCond: { storage: d.arrayOf(d.vec4f) },
    vNull: { storage: d.arrayOf(d.vec4f) },
    estimate: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    slope: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface AdamsArguments {
  /** Latents, moved by one step in place. */
  x: Buffer;
  /** Velocity tokens with the prompts, [tokens, patchSize^2 * channels]. */
  vCond: Buffer;
  /** Velocity tokens of the negative prompt; without guidance the same as vCond. */
  vNull: Buffer;
  /** Receives the clean latents that this step expects. */
  estimate: Buffer;
  /** Guided velocity of the step before, a finite number where there was none; receives this step's. */
  slope: Buffer;
  guidance: number;
  /** Noise level before the step. */
  sigma: number;
  step: AdamsStep;
}

/** One step of Adams and Bashforth's method of order 2 with classifier-free guidance. */
export function adamsStep(gpu: Gpu, shape: PatchShape, args: AdamsArguments): Promise<Dispatch> {
  const { grid, channels, patchSize } = shape;
  const tokens = grid.frames * grid.rows * grid.columns;
  const { x, vCond, vNull, estimate, slope, guidance, sigma, step } = args;
  const params = gpu.uniform('adams params', Params, {
    tokens,
    channels,
    patchSize,
    gridRows: grid.rows,
    gridColumns: grid.columns,
    guidance,
    sigma,
    ...step,
  });
  const count = (tokens * channels * patchSize ** 2) / 4;
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(kernel, {}, { params, x, vCond, vNull, estimate, slope }, workgroups, 32 * count);
}
