import tgpu, { d } from 'typegpu';
import holdFramesSource from '../../../shaders/hold_frames.wgsl?raw';
import patchifySource from '../../../shaders/patchify.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { TokenGrid } from './norm.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

/** How latents [frames, height, width, channels] become tokens. */
export interface PatchShape {
  grid: TokenGrid;
  channels: number;
  /** Latent cells on each side of a token. */
  patchSize: number;
}

const PatchifyParams = d.struct({
  tokens: d.u32,
  channels: d.u32,
  patchSize: d.u32,
  gridRows: d.u32,
  gridColumns: d.u32,
});
const patchifyKernel: KernelSource = {
  name: 'patchify',
  wgsl: patchifySource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: PatchifyParams },
    x: { storage: d.arrayOf(d.f32) },
    y: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

/** Latents x to patch features y [tokens, channels * patchSize^2], ordered (channel, py, px). */
export function patchify(gpu: Gpu, shape: PatchShape, { x, y }: { x: Buffer; y: Buffer }): Promise<Dispatch> {
  const { grid, channels, patchSize } = shape;
  const tokens = grid.frames * grid.rows * grid.columns;
  const params = gpu.uniform('patchify params', PatchifyParams, {
    tokens,
    channels,
    patchSize,
    gridRows: grid.rows,
    gridColumns: grid.columns,
  });
  const count = tokens * channels * patchSize ** 2;
  return gpu.dispatch(patchifyKernel, {}, { params, x, y }, Math.ceil(count / perWorkgroup), count);
}

const HoldFramesParams = d.struct({ frames: d.u32, frameSize: d.u32, sigma: d.f32 });
const holdFramesKernel: KernelSource = {
  name: 'hold_frames',
  wgsl: holdFramesSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: HoldFramesParams },
    x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    clean: { storage: d.arrayOf(d.vec4f) },
    noise: { storage: d.arrayOf(d.vec4f) },
    held: { storage: d.arrayOf(d.u32) },
  }),
};

export interface HoldFramesArguments {
  /** [frames, frameSize], changed in place where frames are held. */
  x: Buffer;
  clean: Buffer;
  noise: Buffer;
  /** u32 a frame: not zero where it is held. */
  held: Buffer;
  frames: number;
  /** Values of a latent frame; a multiple of 4. */
  frameSize: number;
  sigma: number;
}

/** Held latent frames at noise level `sigma`; the others stay as they are. */
export function holdFrames(gpu: Gpu, args: HoldFramesArguments): Promise<Dispatch> {
  const { x, clean, noise, held, frames, frameSize, sigma } = args;
  const params = gpu.uniform('hold frames params', HoldFramesParams, {
    frames,
    frameSize: frameSize / 4,
    sigma,
  });
  const count = (frames * frameSize) / 4;
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(holdFramesKernel, {}, { params, x, clean, noise, held }, workgroups, 12 * count);
}
