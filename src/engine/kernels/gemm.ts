import tgpu, { d } from 'typegpu';
import blockSource from '../../../shaders/gemm_block.wgsl?raw';
import matrixSource from '../../../shaders/gemm_matrix.wgsl?raw';
import quadSource from '../../../shaders/gemm_quad.wgsl?raw';
import shuffleSource from '../../../shaders/gemm_shuffle.wgsl?raw';
import weightsSource from '../../../shaders/stored_weights.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { WeightFormat } from '../../plan/weightMemory.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import { isPacked, type Matrix } from '../weights/storedMatrix.ts';
import { blockDefines, blockTiles, type GemmVariant, gemmFamily, gemmShape } from './gemmVariants.ts';

export type { GemmVariant } from './gemmVariants.ts';

const Params = d.struct({ rows: d.u32, columns: d.u32, inner: d.u32, epilogue: d.u32 });

const formats: readonly WeightFormat[] = ['f32', 'f16', 'int8', 'int4'];

/** The layout of a storage format; with `vectors`, what belongs to columns is bound four at a time. */
function layoutOf(format: WeightFormat, vectors: boolean) {
  const columns = d.arrayOf(vectors ? d.vec4f : d.f32);
  const words = {
    f32: d.arrayOf(d.vec4f),
    f16: d.arrayOf(d.vec2u),
    int8: d.arrayOf(d.u32),
    int4: d.arrayOf(d.u32),
  };
  return tgpu.bindGroupLayout({
    params: { uniform: Params },
    a: { storage: d.arrayOf(d.vec4f) },
    w: { storage: words[format] },
    scales: { storage: d.arrayOf(format === 'int4' ? d.vec2f : d.f32) },
    bias: { storage: columns },
    gate: { storage: columns },
    y: { storage: columns, access: 'mutable' },
  });
}

const sources = new Map<string, KernelSource>();

/** A shader of gemm for a storage format. */
function sourceOf(
  name: 'quad' | 'block' | 'shuffle' | 'matrix',
  format: WeightFormat,
  { vectors = false, f16 = false }: { vectors?: boolean; f16?: boolean } = {},
): KernelSource {
  const key = `gemm_${name}${vectors ? '_vectors' : ''}${f16 ? '_half' : ''} ${format}`;
  const known = sources.get(key);
  if (known) return known;
  const wgsl = { quad: quadSource, block: blockSource, shuffle: shuffleSource, matrix: matrixSource }[name];
  const source: KernelSource = {
    name: key,
    wgsl: `${weightsSource}\n${wgsl}`,
    layout: layoutOf(format, vectors),
    subgroups: name !== 'block',
    f16,
    matrix: name === 'matrix',
  };
  sources.set(key, source);
  return source;
}

/** What is done to a * w^T + bias before it is stored. */
export type Epilogue = 'none' | 'gelu' | 'silu' | 'add' | 'gatedAdd';
const epilogues: readonly Epilogue[] = ['none', 'gelu', 'silu', 'add', 'gatedAdd'];

export interface GemmArguments {
  /** [rows, inner] */
  a: View | GPUBuffer;
  /** [columns, inner], as PyTorch stores a Linear; packed ones are decoded while they are loaded. */
  w: Matrix;
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
  /** Forces a variant (tests and the tuner's races). */
  variant?: GemmVariant;
  /** true: never in f16, for values past what f16 holds. */
  exact?: boolean;
}

/** y = epilogue(a * w^T + bias); everything but packed weights is f32 in memory. */
export async function gemm(gpu: Gpu, args: GemmArguments): Promise<Dispatch> {
  const { rows, columns, inner, w, epilogue = 'none', label = 'gemm' } = args;
  invariant(inner % 4 === 0, `gemm needs an inner size that is a multiple of 4, not ${inner}`);
  const variant = args.variant ?? chosen(gpu, args);
  const format = isPacked(w) ? w.format : 'f32';
  const views = {
    params: gpu.uniform('gemm params', Params, {
      ...{ rows, columns, inner },
      epilogue: epilogues.indexOf(epilogue),
    }),
    a: args.a,
    w: isPacked(w) ? w.words : w,
    scales: isPacked(w) ? w.scales : args.bias,
    bias: args.bias,
    gate: args.gate ?? args.bias,
    y: args.y,
  };
  const defines = {
    ACTIVATED: Number(epilogue === 'gelu' || epilogue === 'silu'),
    FORMAT: formats.indexOf(format),
    EXACT_BITS: Number(gpu.traits.software),
  };
  const flops = 2 * rows * columns * inner;
  const tiles = (tileRows: number, tileColumns: number): number =>
    Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns);

  if (variant === 'quad') {
    const tile = { ROWS: rows >= 24 ? 32 : 8, COLUMNS: 8, QUADS: 4, UNROLL: inner % 8 === 0 ? 2 : 1 };
    const workgroups = Math.ceil(tiles(tile.ROWS, 4 * tile.COLUMNS) / tile.QUADS);
    return gpu.dispatch(sourceOf('quad', format), { ...defines, ...tile }, views, workgroups, flops, label);
  }
  if (variant === 'shuffle') {
    const LANES = lanesOf(gpu);
    const tile = { LANES, ROWS: rows <= 4 ? 4 : 16, COLUMNS: 4, GROUPS: 64 / LANES };
    const workgroups = Math.ceil(tiles(tile.ROWS, LANES * tile.COLUMNS) / tile.GROUPS);
    return gpu.dispatch(
      sourceOf('shuffle', format),
      { ...defines, ...tile },
      views,
      workgroups,
      flops,
      label,
    );
  }
  if (variant === 'matrix') {
    const matrix = gpu.choices.features.matrix.f16;
    invariant(matrix, 'this device has no subgroup matrices');
    const tile = { M: matrix.m, N: matrix.n, K: matrix.inner, LANES: matrix.lanes };
    const source = sourceOf('matrix', format, { f16: true });
    return gpu.dispatch(source, { ...defines, ...tile }, views, tiles(64, 64), flops, label);
  }
  const block = blockTiles[variant];
  const vectors = columns % 4 === 0;
  const source = sourceOf('block', format, { vectors, f16: block.precision === 'f16' });
  return gpu.dispatch(
    source,
    { ...defines, ...blockDefines(block), VECTORS: Number(vectors) },
    views,
    tiles(block.rows, block.columns),
    flops,
    label,
  );
}

function chosen({ choices }: Gpu, { rows, columns, exact = false }: GemmArguments): GemmVariant {
  const variant = choices.of(gemmFamily, gemmShape(rows, columns));
  if (!exact || gemmFamily.variants[variant].precision === 'f32') return variant;
  return gemmFamily.fallback(choices.features);
}

/** Lanes that work together in shuffle variants: at most 32, so that a group's tile stays small. */
export function lanesOf(gpu: Gpu): number {
  return Math.min(32, Math.max(4, gpu.choices.features.lanes));
}
