import { d } from 'typegpu';
import guidedVelocitySource from '../../../shaders/guided_velocity.wgsl?raw';
import type { View } from '../gpu/gpu.ts';
import type { PatchShape } from './latent.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

/** What every step of a sampler works on. */
export interface StepArguments {
  /** Latents, moved by one step in place. */
  x: Buffer;
  /** Velocity tokens with the prompts, [tokens, patchSize^2 * channels]. */
  vCond: Buffer;
  /** Velocity tokens of the empty (or negative) prompt; without guidance the same as vCond. */
  vNull: Buffer;
  /** Receives the clean latents that this step expects. */
  estimate: Buffer;
  guidance: number;
  /** Noise level before the step. */
  sigma: number;
}

/** Uniforms that the shaders of all steps have. */
export const stepFields = {
  tokens: d.u32,
  channels: d.u32,
  patchSize: d.u32,
  gridRows: d.u32,
  gridColumns: d.u32,
  guidance: d.f32,
  sigma: d.f32,
};

/** Buffers that the shaders of all steps have. */
export const stepBuffers = {
  x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  vCond: { storage: d.arrayOf(d.vec4f) },
  vNull: { storage: d.arrayOf(d.vec4f) },
  estimate: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
} as const;

/** A step's shader with what it calls. */
export function stepSource(wgsl: string): string {
  return `${guidedVelocitySource}\n${wgsl}`;
}

/** Values of the uniforms, and how much there is to do. */
export function stepOf({ grid, channels, patchSize }: PatchShape, { guidance, sigma }: StepArguments) {
  const tokens = grid.frames * grid.rows * grid.columns;
  /** Four channels of a latent cell each. */
  const vectors = (tokens * channels * patchSize ** 2) / 4;
  return {
    fields: { tokens, channels, patchSize, gridRows: grid.rows, gridColumns: grid.columns, guidance, sigma },
    vectors,
    workgroups: Math.ceil(vectors / perWorkgroup),
  };
}
