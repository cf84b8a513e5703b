import tgpu, { d } from 'typegpu';
import layerNormSource from '../../../shaders/layer_norm.wgsl?raw';
import layerNormLanesSource from '../../../shaders/layer_norm_lanes.wgsl?raw';
import qkNormSource from '../../../shaders/qk_norm.wgsl?raw';
import qkNormLanesSource from '../../../shaders/qk_norm_lanes.wgsl?raw';
import rmsNormSource from '../../../shaders/rms_norm.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import { type RowVariant, rowDispatch, rowFamily, rowKernel } from './rowVariants.ts';

const rowsPerWorkgroup = 16;

const LayerNormParams = d.struct({ rows: d.u32, width: d.u32, one: d.f32, eps: d.f32 });
const layerNormKernel: KernelSource = {
  name: 'layer_norm',
  wgsl: layerNormSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: LayerNormParams },
    x: { storage: d.arrayOf(d.vec4f) },
    scale: { storage: d.arrayOf(d.vec4f) },
    shift: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};
const layerNormKernels = rowKernel(layerNormKernel, layerNormLanesSource);
export const layerNormFamily = rowFamily('layerNorm');

export interface LayerNormArguments {
  /** [rows, width] */
  x: View | GPUBuffer;
  /** [width] */
  scale: View | GPUBuffer;
  /** [width] */
  shift: View | GPUBuffer;
  y: View | GPUBuffer;
  rows: number;
  /** A multiple of 4. */
  width: number;
  /** true: y = norm * (1 + scale) + shift (AdaLN); false: y = norm * scale + shift (affine). */
  modulated: boolean;
  eps: number;
  /** Forces a variant (tests and the tuner's races). */
  variant?: RowVariant;
}

/** LayerNorm of each row with modulation or affine. */
export function layerNorm(gpu: Gpu, args: LayerNormArguments): Promise<Dispatch> {
  const { rows, width, eps } = args;
  const params = gpu.uniform('layer norm params', LayerNormParams, {
    rows,
    width,
    eps,
    one: args.modulated ? 1 : 0,
  });
  const { x, scale, shift, y } = args;
  const variant = args.variant ?? gpu.choices.of(layerNormFamily);
  const { defines, workgroups } = rowDispatch(gpu, variant, rows);
  const views = { params, x, scale, shift, y };
  const flops = 8 * rows * width;
  return gpu.dispatch(layerNormKernels[variant], defines, views, workgroups, flops, 'layer_norm');
}

const RmsNormParams = d.struct({ rows: d.u32, width: d.u32, eps: d.f32 });
const rmsNormKernel: KernelSource = {
  name: 'rms_norm',
  wgsl: rmsNormSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: RmsNormParams },
    x: { storage: d.arrayOf(d.vec4f) },
    weight: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface RmsNormArguments {
  x: View | GPUBuffer;
  weight: View | GPUBuffer;
  y: View | GPUBuffer;
  rows: number;
  width: number;
  eps: number;
}

/** y = x / rms(x) * weight, row by row. */
export function rmsNorm(gpu: Gpu, { x, weight, y, rows, width, eps }: RmsNormArguments): Promise<Dispatch> {
  const params = gpu.uniform('rms norm params', RmsNormParams, { rows, width, eps });
  const workgroups = Math.ceil(rows / rowsPerWorkgroup);
  return gpu.dispatch(rmsNormKernel, {}, { params, x, weight, y }, workgroups, 4 * rows * width);
}

const QkNormParams = d.struct({
  rows: d.u32,
  firstRow: d.u32,
  heads: d.u32,
  headSize: d.u32,
  frames: d.u32,
  gridRows: d.u32,
  gridColumns: d.u32,
  framePairs: d.u32,
  sidePairs: d.u32,
  eps: d.f32,
});
const qkNormKernel: KernelSource = {
  name: 'qk_norm',
  wgsl: qkNormSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: QkNormParams },
    x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    weight: { storage: d.arrayOf(d.vec4f) },
    rotations: { storage: d.arrayOf(d.vec2f) },
  }),
};
const qkNormKernels = rowKernel(qkNormKernel, qkNormLanesSource);
export const qkNormFamily = rowFamily('qkNorm');

/** Token grid of the film, for RoPE. */
export interface TokenGrid {
  frames: number;
  rows: number;
  columns: number;
}

/** Pairs of a head that turn with the frame, and with each of row and column. */
export function rotaryPairs(headSize: number): { frame: number; side: number } {
  const side = Math.floor(headSize / 6);
  return { frame: headSize / 2 - 2 * side, side };
}

/**
 * (cos, sin) of every position on the three axes, as qk_norm.wgsl reads them.
 * Wan's split: pair j of an axis with n pairs turns by position * 10000^(-j/n).
 */
export function rotaryTable(grid: TokenGrid, headSize: number): Float32Array<ArrayBuffer> {
  const pairs = rotaryPairs(headSize);
  const axes = [
    { positions: grid.frames, pairs: pairs.frame },
    { positions: grid.rows, pairs: pairs.side },
    { positions: grid.columns, pairs: pairs.side },
  ];
  const table: number[] = [];
  for (const axis of axes) {
    for (let position = 0; position < axis.positions; position++) {
      for (let j = 0; j < axis.pairs; j++) {
        const angle = position * 10000 ** (-j / axis.pairs);
        table.push(Math.cos(angle), Math.sin(angle));
      }
    }
  }
  return new Float32Array(table);
}

export interface QkNormArguments {
  /** [rows, heads * headSize], changed in place. */
  x: View | GPUBuffer;
  weight: View | GPUBuffer;
  rows: number;
  heads: number;
  headSize: number;
  eps: number;
  /** Left out: no rotation. */
  rope?: { table: GPUBuffer; grid: TokenGrid; firstRow: number };
  /** Forces a variant (tests and the tuner's races). */
  variant?: RowVariant;
}

/** RMSNorm over the whole width of queries or keys, then 3D RoPE, in place. */
export function qkNorm(
  gpu: Gpu,
  { x, weight, rows, heads, headSize, eps, rope, variant = gpu.choices.of(qkNormFamily) }: QkNormArguments,
): Promise<Dispatch> {
  const pairs = rotaryPairs(headSize);
  const params = gpu.uniform('qk norm params', QkNormParams, {
    rows,
    firstRow: rope?.firstRow ?? 0,
    heads,
    headSize,
    frames: rope?.grid.frames ?? 1,
    gridRows: rope?.grid.rows ?? 1,
    gridColumns: rope?.grid.columns ?? 1,
    framePairs: pairs.frame,
    sidePairs: pairs.side,
    eps,
  });
  const { defines, workgroups } = rowDispatch(gpu, variant, rows);
  return gpu.dispatch(
    qkNormKernels[variant],
    { ...defines, ROPE: rope ? 1 : 0 },
    { params, x, weight, rotations: rope?.table ?? weight },
    workgroups,
    10 * rows * heads * headSize,
    'qk_norm',
  );
}
