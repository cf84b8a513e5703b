import tgpu, { d } from 'typegpu';
import blendFramesSource from '../../../shaders/blend_frames.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

const BlendFramesParams = d.struct({
  frames: d.u32,
  frameSize: d.u32,
  channels: d.u32,
  distances: d.u32,
  first: d.u32,
});
const blendFramesKernel: KernelSource = {
  name: 'blend_frames',
  wgsl: blendFramesSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: BlendFramesParams },
    x: { storage: d.arrayOf(d.vec4f) },
    beside: { storage: d.arrayOf(d.u32) },
    weight: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface BlendFramesArguments {
  /** Frames [cells, channels] each, more than are blended where others are beside them. */
  x: View | GPUBuffer;
  /** u32 [frames, distances]: which frame of x lies at each distance. */
  beside: View | GPUBuffer;
  /** [distances, channels] */
  weight: View | GPUBuffer;
  /** [frames, cells, channels] */
  y: View | GPUBuffer;
  frames: number;
  cells: number;
  /** A multiple of 4. */
  channels: number;
  distances: number;
  /** Frame of x that is the first to be blended. */
  first: number;
}

/** Frames drawn towards those around them by weights of channels, and what is negative then put to zero. */
export function blendFrames(
  gpu: Gpu,
  { x, beside, weight, y, frames, cells, channels, distances, first }: BlendFramesArguments,
): Promise<Dispatch> {
  invariant(channels % 4 === 0, `frames are blended four channels at a time, not ${channels}`);
  const frameSize = (cells * channels) / 4;
  const params = gpu.uniform('blend frames params', BlendFramesParams, {
    ...{ frames, frameSize, channels: channels / 4, distances, first },
  });
  const count = frames * frameSize;
  return gpu.dispatch(
    blendFramesKernel,
    {},
    { params, x, beside, weight, y },
    Math.ceil(count / perWorkgroup),
    8 * distances * count,
  );
}
