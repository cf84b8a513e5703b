import tgpu, { d } from 'typegpu';
import quadSource from '../../../shaders/conv_quad.wgsl?raw';
import tiledSource from '../../../shaders/conv_tiled.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const Params = d.struct({
  frames: d.u32,
  height: d.u32,
  width: d.u32,
  inputs: d.u32,
  outputs: d.u32,
  sources: d.u32,
});

const layout = tgpu.bindGroupLayout({
  params: { uniform: Params },
  x: { storage: d.arrayOf(d.vec4f) },
  w: { storage: d.arrayOf(d.vec4f) },
  bias: { storage: d.arrayOf(d.f32) },
  y: { storage: d.arrayOf(d.f32), access: 'mutable' },
});

const quad: KernelSource = { name: 'conv_quad', wgsl: quadSource, layout, subgroups: true };
const tiled: KernelSource = { name: 'conv_tiled', wgsl: tiledSource, layout };

export type ConvEpilogue = 'none' | 'relu' | 'add';
const epilogues: readonly ConvEpilogue[] = ['none', 'relu', 'add'];

export type ConvVariant = 'quad' | 'tiled';

export interface ConvArguments {
  /** [sources - 1 + frames, height, width, inputs] */
  x: View | GPUBuffer;
  /** [outputs, sources, 3, 3, inputs]; source 0 is the frame itself, source 1 the one before. */
  w: View | GPUBuffer;
  /** [outputs] */
  bias: View | GPUBuffer;
  /** [frames, height, width, outputs] */
  y: View | GPUBuffer;
  frames: number;
  height: number;
  width: number;
  /** A multiple of 4. */
  inputs: number;
  outputs: number;
  sources?: 1 | 2;
  epilogue?: ConvEpilogue;
  label?: string;
  variant?: ConvVariant;
}

/** 3x3 convolution with zero padding, channels last, f32; causal over two frames with `sources: 2`. */
export async function conv(gpu: Gpu, args: ConvArguments): Promise<Dispatch> {
  const { frames, height, width, inputs, outputs, sources = 1, epilogue = 'none', label = 'conv' } = args;
  invariant(inputs % 4 === 0, `conv needs input channels that are a multiple of 4, not ${inputs}`);
  const params = gpu.uniform('conv params', Params, { frames, height, width, inputs, outputs, sources });
  const views = { params, x: args.x, w: args.w, bias: args.bias, y: args.y };
  const rows = frames * height * width;
  const flops = 2 * rows * outputs * inputs * 9 * sources;
  const defines = { EPILOGUE: epilogues.indexOf(epilogue) };
  const variant = args.variant ?? (gpu.traits.quads ? 'quad' : 'tiled');
  if (variant === 'quad') {
    // 32 rows, as in gemm, would be 5% faster and takes SwiftShader 17 s to compile, 24 rows take 1 s.
    const tile = { ROWS: 24, COLUMNS: 8, QUADS: 4 };
    const tiles = Math.ceil(rows / tile.ROWS) * Math.ceil(outputs / (4 * tile.COLUMNS));
    return gpu.dispatch(quad, { ...defines, ...tile }, views, Math.ceil(tiles / tile.QUADS), flops, label);
  }
  const tiles = Math.ceil(rows / 32) * Math.ceil(outputs / 32);
  return gpu.dispatch(tiled, defines, views, tiles, flops, label);
}
