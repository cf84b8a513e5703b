import tgpu, { d } from 'typegpu';
import addRowsSource from '../../../shaders/add_rows.wgsl?raw';
import denormalizeSource from '../../../shaders/denormalize.wgsl?raw';
import depthToSpaceSource from '../../../shaders/depth_to_space.wgsl?raw';
import framesRgbaSource from '../../../shaders/frames_rgba.wgsl?raw';
import multiplySource from '../../../shaders/multiply.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

const AddRowsParams = d.struct({ rows: d.u32, width: d.u32 });
const addRowsKernel: KernelSource = {
  name: 'add_rows',
  wgsl: addRowsSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: AddRowsParams },
    a: { storage: d.arrayOf(d.f32) },
    b: { storage: d.arrayOf(d.f32) },
    y: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

/** y[rows, width] = a[rows, width] + b[width]; without a, y += b in place. */
export function addRows(
  gpu: Gpu,
  { a, b, y, rows, width }: { a?: Buffer; b: Buffer; y: Buffer; rows: number; width: number },
): Promise<Dispatch> {
  const params = gpu.uniform('add rows params', AddRowsParams, { rows, width });
  return gpu.dispatch(
    addRowsKernel,
    { IN_PLACE: Number(a === undefined) },
    { params, a: a ?? b, b, y },
    Math.ceil((rows * width) / perWorkgroup),
    rows * width,
  );
}

const MultiplyParams = d.struct({ count: d.u32 });
const multiplyKernel: KernelSource = {
  name: 'multiply',
  wgsl: multiplySource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: MultiplyParams },
    a: { storage: d.arrayOf(d.f32) },
    y: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

/** y *= a, value by value. */
export function multiply(
  gpu: Gpu,
  { a, y, count }: { a: Buffer; y: Buffer; count: number },
): Promise<Dispatch> {
  const params = gpu.uniform('multiply params', MultiplyParams, { count });
  return gpu.dispatch(multiplyKernel, {}, { params, a, y }, Math.ceil(count / perWorkgroup), count);
}

const DenormalizeParams = d.struct({ count: d.u32, channels: d.u32 });
const denormalizeKernel: KernelSource = {
  name: 'denormalize',
  wgsl: denormalizeSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: DenormalizeParams },
    x: { storage: d.arrayOf(d.vec4f) },
    mean: { storage: d.arrayOf(d.vec4f) },
    deviation: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

/** Latents [cells, channels] from the sampler's scale to the decoder's, softly limited to +-6. */
export function denormalize(
  gpu: Gpu,
  args: { x: Buffer; mean: Buffer; deviation: Buffer; y: Buffer; cells: number; channels: number },
): Promise<Dispatch> {
  const { x, mean, deviation, y } = args;
  const count = (args.cells * args.channels) / 4;
  const params = gpu.uniform('denormalize params', DenormalizeParams, { count, channels: args.channels / 4 });
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(denormalizeKernel, {}, { params, x, mean, deviation, y }, workgroups, 40 * count);
}

const DepthToSpaceParams = d.struct({
  frames: d.u32,
  height: d.u32,
  width: d.u32,
  channels: d.u32,
  time: d.u32,
  space: d.u32,
});
const depthToSpaceKernel: KernelSource = {
  name: 'depth_to_space',
  wgsl: depthToSpaceSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: DepthToSpaceParams },
    x: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface DepthToSpaceArguments {
  /** [frames, height, width, time * space^2 * channels] */
  x: Buffer;
  /** [frames * time, height * space, width * space, channels] */
  y: Buffer;
  frames: number;
  height: number;
  width: number;
  /** Of the output; a multiple of 4. */
  channels: number;
  time: number;
  space: number;
}

/** Spreads channel blocks, ordered (frame, dy, dx, channel), over time and space. */
export function depthToSpace(gpu: Gpu, { x, y, ...sizes }: DepthToSpaceArguments): Promise<Dispatch> {
  const params = gpu.uniform('depth to space params', DepthToSpaceParams, sizes);
  const { frames, height, width, channels, time, space } = sizes;
  const count = (frames * height * width * channels * time * space * space) / 4;
  return gpu.dispatch(depthToSpaceKernel, {}, { params, x, y }, Math.ceil(count / perWorkgroup), 4 * count);
}

const FramesRgbaParams = d.struct({ frames: d.u32, height: d.u32, width: d.u32, space: d.u32 });
const framesRgbaKernel: KernelSource = {
  name: 'frames_rgba',
  wgsl: framesRgbaSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: FramesRgbaParams },
    x: { storage: d.arrayOf(d.f32) },
    rgba: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

export interface FramesRgbaArguments {
  /** [frames, height, width, 3 * space^2], in [-1, 1]; features ordered (colour, dy, dx). */
  x: Buffer;
  /** [frames, height * space, width * space] u32 */
  rgba: Buffer;
  frames: number;
  height: number;
  width: number;
  space: number;
}

/** Pixel shuffle and quantisation to RGBA, 8 bits a channel. */
export function framesRgba(gpu: Gpu, { x, rgba, ...sizes }: FramesRgbaArguments): Promise<Dispatch> {
  const params = gpu.uniform('frames rgba params', FramesRgbaParams, sizes);
  const pixels = sizes.frames * sizes.height * sizes.width * sizes.space ** 2;
  return gpu.dispatch(
    framesRgbaKernel,
    {},
    { params, x, rgba },
    Math.ceil(pixels / perWorkgroup),
    20 * pixels,
  );
}
