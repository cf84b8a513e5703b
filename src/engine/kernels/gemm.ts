import tgpu, { d } from 'typegpu';
import quadSource from '../../../shaders/gemm_quad.wgsl?raw';
import tiledSource from '../../../shaders/gemm_tiled.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const Params = d.struct({ rows: d.u32, columns: d.u32, inner: d.u32 });

const layout = tgpu.bindGroupLayout({
  params: { uniform: Params },
  a: { storage: d.arrayOf(d.vec4f) },
  w: { storage: d.arrayOf(d.vec4f) },
  bias: { storage: d.arrayOf(d.f32) },
  gate: { storage: d.arrayOf(d.f32) },
  y: { storage: d.arrayOf(d.f32), access: 'mutable' },
});

const quad: KernelSource = { name: 'gemm_quad', wgsl: quadSource, layout, subgroups: true };
const tiled: KernelSource = { name: 'gemm_tiled', wgsl: tiledSource, layout };

/** What is done to a * w^T + bias before it is stored. */
export type Epilogue = 'none' | 'gelu' | 'silu' | 'add' | 'gatedAdd';
const epilogues: readonly Epilogue[] = ['none', 'gelu', 'silu', 'add', 'gatedAdd'];

export type GemmVariant = 'quad' | 'tiled';

export interface GemmArguments {
  /** [rows, inner] */
  a: View | GPUBuffer;
  /** [columns, inner], as PyTorch stores a Linear. */
  w: View | GPUBuffer;
  /** [columns] */
  bias: View | GPUBuffer;
  /** [columns], for 'gatedAdd'. */
  gate?: View | GPUBuffer;
  /** [rows, columns]; the add epilogues add to what it holds. */
  y: View | GPUBuffer;
  rows: number;
  columns: number;
  /** A multiple of 4. */
  inner: number;
  epilogue?: Epilogue;
  label?: string;
  /** Forces a variant (tests). */
  variant?: GemmVariant;
}

/** y = epilogue(a * w^T + bias), all f32. */
export async function gemm(gpu: Gpu, args: GemmArguments): Promise<Dispatch> {
  const { rows, columns, inner, epilogue = 'none' } = args;
  invariant(inner % 4 === 0, `gemm needs an inner size that is a multiple of 4, not ${inner}`);
  const variant = args.variant ?? (gpu.traits.quads ? 'quad' : 'tiled');
  const params = gpu.uniform('gemm params', Params, { rows, columns, inner });
  const views = {
    params,
    a: args.a,
    w: args.w,
    bias: args.bias,
    gate: args.gate ?? args.bias,
    y: args.y,
  };
  const defines = { EPILOGUE: epilogues.indexOf(epilogue) };
  const flops = 2 * rows * columns * inner;
  const label = args.label ?? 'gemm';
  if (variant === 'quad') {
    const tile = { ROWS: rows >= 24 ? 32 : 8, COLUMNS: 8, QUADS: 4 };
    const tiles = Math.ceil(rows / tile.ROWS) * Math.ceil(columns / (4 * tile.COLUMNS));
    return gpu.dispatch(quad, { ...defines, ...tile }, views, Math.ceil(tiles / tile.QUADS), flops, label);
  }
  const tiles = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  return gpu.dispatch(tiled, defines, views, tiles, flops, label);
}
