import tgpu, { d } from 'typegpu';
import columnsSource from '../../../shaders/upscale_columns.wgsl?raw';
import rowsSource from '../../../shaders/upscale_rows.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

/** Source pixels that an enlarged one is made from, along each axis. */
export const upscaleTaps = 6;

/**
 * Where the logistic curve of sigmoidal light lies, as ImageMagick and mpv have it for enlarging: adding up taps there
 * keeps bright edges from ringing into the dark as they would in linear light.
 */
export const sigmoidalLight = { centre: 0.75, slope: 6.5 } as const;

/** Lanczos-3 weights of every phase, [scale, 6], each phase adding up to 1. `scale` is a whole factor. */
export function upscaleWeights(scale: number): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(scale * upscaleTaps);
  for (let phase = 0; phase < scale; phase++) {
    const centre = (phase + 0.5) / scale - 0.5;
    // In the first half of the phases the centre lies before that of the source pixel.
    const first = 2 * phase + 1 < scale ? -3 : -2;
    const raw = Array.from({ length: upscaleTaps }, (_, tap) => lanczos3(centre - (first + tap)));
    const sum = raw.reduce((all, weight) => all + weight, 0);
    weights.set(
      raw.map((weight) => weight / sum),
      phase * upscaleTaps,
    );
  }
  return weights;
}

function lanczos3(x: number): number {
  if (Math.abs(x) < 1e-9) return 1;
  if (Math.abs(x) >= 3) return 0;
  return (3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * x) ** 2;
}

/** An 8-bit sRGB level in sigmoidal light, [256]; 0 stays 0 and 255 becomes 1. */
export function upscaleLevels(): Float32Array<ArrayBuffer> {
  const { centre, slope } = sigmoidalLight;
  const logistic = (x: number) => 1 / (1 + Math.exp(slope * (centre - x)));
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const shown = byte / 255;
    const light = shown <= 0.04045 ? shown / 12.92 : ((shown + 0.055) / 1.055) ** 2.4;
    const y = logistic(0) + light * (logistic(1) - logistic(0));
    return centre - Math.log(1 / y - 1) / slope;
  });
}

const RowsParams = d.struct({ lines: d.u32, width: d.u32, scale: d.u32 });
const rowsKernel: KernelSource = {
  name: 'upscale_rows',
  wgsl: rowsSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: RowsParams },
    pixels: { storage: d.arrayOf(d.u32) },
    levels: { storage: d.arrayOf(d.f32) },
    weights: { storage: d.arrayOf(d.f32) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface UpscaleRowsArguments {
  /** [lines, width] u32 RGBA */
  pixels: Buffer;
  /** [256], from upscaleLevels. */
  levels: Buffer;
  /** [scale, 6], from upscaleWeights. */
  weights: Buffer;
  /** [lines, width * scale] vec4f in sigmoidal light */
  y: Buffer;
  lines: number;
  width: number;
  scale: number;
}

/** Enlarges pictures along their rows by a whole factor. */
export function upscaleRows(
  gpu: Gpu,
  { pixels, levels, weights, y, ...sizes }: UpscaleRowsArguments,
): Promise<Dispatch> {
  const params = gpu.uniform('upscale rows params', RowsParams, sizes);
  const count = sizes.lines * sizes.width * sizes.scale;
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(rowsKernel, {}, { params, pixels, levels, weights, y }, workgroups, 36 * count);
}

const ColumnsParams = d.struct({
  frames: d.u32,
  height: d.u32,
  width: d.u32,
  scale: d.u32,
  centre: d.f32,
  slope: d.f32,
});
const columnsKernel: KernelSource = {
  name: 'upscale_columns',
  wgsl: columnsSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: ColumnsParams },
    x: { storage: d.arrayOf(d.vec4f) },
    weights: { storage: d.arrayOf(d.f32) },
    rgba: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

export interface UpscaleColumnsArguments {
  /** [frames, height, width] vec4f in sigmoidal light */
  x: Buffer;
  /** [scale, 6], from upscaleWeights. */
  weights: Buffer;
  /** [frames, height * scale, width] u32 RGBA */
  rgba: Buffer;
  frames: number;
  height: number;
  width: number;
  scale: number;
}

/** Enlarges pictures along their columns by a whole factor, and quantises them to RGBA, 8 bits a channel. */
export function upscaleColumns(
  gpu: Gpu,
  { x, weights, rgba, ...sizes }: UpscaleColumnsArguments,
): Promise<Dispatch> {
  const params = gpu.uniform('upscale columns params', ColumnsParams, { ...sizes, ...sigmoidalLight });
  const count = sizes.frames * sizes.height * sizes.scale * sizes.width;
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(columnsKernel, {}, { params, x, weights, rgba }, workgroups, 120 * count);
}
