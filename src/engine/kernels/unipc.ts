import tgpu, { d } from 'typegpu';
import unipcSource from '../../../shaders/unipc.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { UnipcStep } from '../sampling/unipc.ts';
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
  fromX: d.f32,
  fromLast: d.f32,
  now: d.f32,
  old: d.f32,
  older: d.f32,
  keep: d.f32,
  towards: d.f32,
  away: d.f32,
});
const kernel: KernelSource = {
  name: 'unipc',
  wgsl: unipcSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    vCond: { storage: d.arrayOf(d.vec4f) },
    vNull: { storage: d.arrayOf(d.vec4f) },
    estimate: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    last: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    m1: { storage: d.arrayOf(d.vec4f) },
    m2: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface UnipcArguments {
  /** Latents, moved by one step in place. */
  x: Buffer;
  /** Velocity tokens with the prompts, [tokens, patchSize^2 * channels]. */
  vCond: Buffer;
  /** Velocity tokens of the negative prompt; without guidance the same as vCond. */
  vNull: Buffer;
  /** Receives the clean latents that this step expects. */
  estimate: Buffer;
  /** What the step before started from; receives what this one does. */
  last: Buffer;
  /** Clean latents that the step before expected. */
  m1: Buffer;
  /** Those of the step before that; receives this step's. */
  m2: Buffer;
  guidance: number;
  /** Noise level before the step. */
  sigma: number;
  step: UnipcStep;
}

/** One step of UniPC with classifier-free guidance. */
export function unipcStep(gpu: Gpu, shape: PatchShape, args: UnipcArguments): Promise<Dispatch> {
  const { grid, channels, patchSize } = shape;
  const tokens = grid.frames * grid.rows * grid.columns;
  const { x, vCond, vNull, estimate, last, m1, m2, guidance, sigma, step } = args;
  const params = gpu.uniform('unipc params', Params, {
    tokens,
    channels,
    patchSize,
    gridRows: grid.rows,
    gridColumns: grid.columns,
    guidance,
    sigma,
    ...step.correct,
    ...step.predict,
  });
  const count = (tokens * channels * patchSize ** 2) / 4;
  const workgroups = Math.ceil(count / perWorkgroup);
  const views = { params, x, vCond, vNull, estimate, last, m1, m2 };
  return gpu.dispatch(kernel, {}, views, workgroups, 60 * count);
}
