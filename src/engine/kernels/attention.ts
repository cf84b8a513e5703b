import tgpu, { d } from 'typegpu';
import blockSource from '../../../shaders/attention_block.wgsl?raw';
import matrixSource from '../../../shaders/attention_matrix.wgsl?raw';
import quadSource from '../../../shaders/attention_quad.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { SegmentList } from '../../plan/types.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { Defines } from '../gpu/template.ts';
import type { Family } from '../tuning/variants.ts';
import { matrixDefines } from './attentionMatrix.ts';

const Params = d.struct({
  heads: d.u32,
  firstTile: d.u32,
  endTile: d.u32,
  softmaxScale: d.f32,
  outputScale: d.f32,
  weighted: d.u32,
  /** One of `combining`. */
  combine: d.u32,
  /** Where masses lie in `out`, in vectors. */
  massesAt: d.u32,
  /** Where `weight` has what later runs of keys gain; 0 for nowhere. */
  laterAt: d.u32,
});

const layout = tgpu.bindGroupLayout({
  params: { uniform: Params },
  q: { storage: d.arrayOf(d.vec4f) },
  k: { storage: d.arrayOf(d.vec4f) },
  v: { storage: d.arrayOf(d.vec4f) },
  queryRows: { storage: d.arrayOf(d.u32) },
  keyRows: { storage: d.arrayOf(d.u32) },
  list: { storage: d.arrayOf(d.u32) },
  weight: { storage: d.arrayOf(d.f32) },
  out: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
});

/** What is done with what `out` holds, as the shaders number it. */
const combining = { replace: 0, add: 1, begin: 2, merge: 3 } as const;

/** Workgroup memory that keys and values are staged in. */
const stagedBytes = 16384;

const quad: KernelSource = { name: 'attention_quad', wgsl: quadSource, layout, subgroups: true };
const blockKernel: KernelSource = { name: 'attention_block', wgsl: blockSource, layout };
const matrixKernel = { wgsl: matrixSource, layout, subgroups: true, matrix: true };
const kernels = {
  tiled: blockKernel,
  half: { ...blockKernel, name: 'attention_half', f16: true },
  split: { ...blockKernel, name: 'attention_split', subgroups: true },
  splitHalf: { ...blockKernel, name: 'attention_split_half', subgroups: true, f16: true },
  matrix: { ...matrixKernel, name: 'attention_matrix' },
  matrixHalf: { ...matrixKernel, name: 'attention_matrix_half', f16: true },
} satisfies Record<string, KernelSource>;

export type AttentionVariant = 'quad' | keyof typeof kernels;

/**
 * Attention: for quads of lanes on the CPU; a query an invocation, or several invocations a query, or by subgroup
 * matrices; in f32 or f16.
 */
export const attentionFamily: Family<AttentionVariant> = {
  kernel: 'attention',
  variants: {
    quad: { precision: 'f32', needs: { quads: true } },
    matrixHalf: { precision: 'f16', needs: { f16: true, matrix: 'f16', workgroupBytes: stagedBytes } },
    splitHalf: {
      precision: 'f16',
      needs: { f16: true, lanes: 4, workgroupBytes: stagedBytes, invocations: 256 },
    },
    half: { precision: 'f16', needs: { f16: true, workgroupBytes: stagedBytes, invocations: 64 } },
    matrix: { precision: 'f32', needs: { matrix: 'f32', workgroupBytes: 2 * stagedBytes } },
    split: { precision: 'f32', needs: { lanes: 4, workgroupBytes: stagedBytes, invocations: 256 } },
    tiled: { precision: 'f32', needs: { workgroupBytes: stagedBytes, invocations: 64 } },
  },
  fallback: ({ quads }) => (quads ? 'quad' : 'tiled'),
};

/** The variant that attention runs in here; lists are cut into tiles for it. */
export function attentionVariant(gpu: Gpu): AttentionVariant {
  return gpu.choices.of(attentionFamily);
}

/** Query rows that a tile of this variant holds. */
export function tileQueries(variant: AttentionVariant): number {
  return variant === 'quad' ? 16 : 64;
}

/** A segment list on the GPU, cut into tiles. */
export interface TileList {
  queryRows: GPUBuffer;
  keyRows: GPUBuffer;
  /** Format in attention_quad.wgsl. */
  list: GPUBuffer;
  /** Upper bound of the tile count. */
  tiles: number;
  /** Pairs of query and key, expected where the list is made on the GPU. */
  pairs: number;
}

/** The words of `list` for these segments: header, tiles of at most `tile` queries, runs. */
export function tileWords(segments: SegmentList['segments'], tile: number): Uint32Array<ArrayBuffer> {
  const tiles: number[] = [];
  const runs: number[] = [];
  for (const { queries, keys } of segments) {
    for (let at = 0; at < queries.count; at += tile) {
      tiles.push(queries.start + at, Math.min(tile, queries.count - at), runs.length / 2, keys.length);
    }
    for (const run of keys) runs.push(run.start, run.count);
  }
  return new Uint32Array([tiles.length / 4, 4 + tiles.length, 0, 0, ...tiles, ...runs]);
}

/** Puts a static segment list on the GPU. */
export function uploadSegments(
  gpu: Gpu,
  label: string,
  segments: SegmentList,
  queryCount: number,
  keyCount: number,
  variant = attentionVariant(gpu),
): TileList {
  const words = tileWords(segments.segments, tileQueries(variant));
  let pairs = 0;
  for (const { queries, keys } of segments.segments) {
    for (const run of keys) pairs += queries.count * run.count;
  }
  return {
    queryRows: gpu.upload(`${label} query rows`, segments.queryRows?.slice() ?? identityRows(queryCount)),
    keyRows: gpu.upload(`${label} key rows`, segments.keyRows?.slice() ?? identityRows(keyCount)),
    list: gpu.upload(`${label} tiles`, words),
    tiles: words[0] ?? 0,
    pairs,
  };
}

function identityRows(count: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, row) => row);
}

export function freeTileList(gpu: Gpu, list: TileList): void {
  gpu.free(list.queryRows, list.keyRows, list.list);
}

export interface AttentionArguments {
  /** [query rows, heads * headSize] */
  q: View | GPUBuffer;
  /** [key rows, heads * headSize] */
  k: View | GPUBuffer;
  v: View | GPUBuffer;
  list: TileList;
  /** [query rows]: factor of each row's output; of each row's mass where lists are merged, and then above 0. */
  weight?: View | GPUBuffer;
  /**
   * Where in `weight`, behind the factors, lies what scores of keys beyond a segment's first run gain [query rows]: the
   * logarithm of how many times such a key counts.
   */
  laterAt?: number;
  /** [query rows, heads * headSize]; rows outside the list stay as they are. */
  out: View | GPUBuffer;
  heads: number;
  /** A multiple of 4, at most 128. */
  headSize: number;
  /** Factor of all outputs; of all masses where lists are merged, and then above 0. */
  outputScale?: number;
  /** Adds to what `out` holds. */
  accumulate?: boolean;
  /**
   * Makes one softmax of several lists, called one after the other: a row gets what attention to the keys of all of them
   * gives, a key counting as often as lists have it. `rows` is how many `out` has: behind them lie `massBytes`
   * (plan/memory.ts) for the logarithms of the masses sum_j exp(q k_j / sqrt(headSize)) so far, by which outputs are
   * weighed (FlashAttention-2, Dao 2023). Every row must be in the list that begins.
   */
  merge?: { rows: number; first: boolean };
  /** FLOPs that one dispatch may have; the tiles are split over several. */
  maxFlops?: number;
  label?: string;
  variant?: AttentionVariant;
}

/** Attention over a segment list. Rows with no keys get zeros. */
export async function attention(gpu: Gpu, args: AttentionArguments): Promise<Dispatch[]> {
  const { heads, headSize, list } = args;
  invariant(
    headSize % 4 === 0 && headSize <= 128,
    `attention needs a head size of 4 to 128, not ${headSize}`,
  );
  const variant = args.variant ?? attentionVariant(gpu);
  const D4 = headSize / 4;
  const weighted = Number(args.weight !== undefined);
  const combine = combining[combinationOf(args)];
  const laterAt = args.laterAt ?? 0;
  invariant(laterAt === 0 || args.weight, 'what later keys gain lies behind weights');
  const flops = 4 * heads * headSize * list.pairs;
  const parts = Math.max(
    1,
    Math.min(list.tiles, Math.ceil(flops / (args.maxFlops ?? Number.POSITIVE_INFINITY))),
  );
  const step = Math.ceil(list.tiles / parts);
  const dispatches: Dispatch[] = [];
  for (let firstTile = 0; firstTile < list.tiles; firstTile += step) {
    const endTile = Math.min(list.tiles, firstTile + step);
    const items = (endTile - firstTile) * heads;
    const views = {
      params: gpu.uniform('attention params', Params, {
        heads,
        firstTile,
        endTile,
        softmaxScale: 1 / Math.sqrt(headSize),
        outputScale: args.outputScale ?? 1,
        weighted,
        combine,
        massesAt: (args.merge?.rows ?? 0) * heads * D4,
        laterAt,
      }),
      q: args.q,
      k: args.k,
      v: args.v,
      queryRows: list.queryRows,
      keyRows: list.keyRows,
      list: list.list,
      weight: args.weight ?? list.list,
      out: args.out,
    };
    const share = (flops * (endTile - firstTile)) / list.tiles;
    const label = args.label ?? 'attention';
    dispatches.push(
      variant === 'quad'
        ? await gpu.dispatch(quad, { D4, QUERIES: 4, QUADS: 4 }, views, Math.ceil(items / 4), share, label)
        : await gpu.dispatch(
            kernels[variant],
            {
              ...{ D4, WEIGHTED: weighted, COMBINE: combine, LATER: Number(laterAt > 0) },
              ...definesOf(gpu, variant, D4),
            },
            views,
            items,
            share,
            label,
          ),
    );
  }
  return dispatches;
}

function combinationOf({ merge, accumulate }: AttentionArguments): keyof typeof combining {
  if (!merge) return accumulate ? 'add' : 'replace';
  invariant(!accumulate, 'lists are added or merged, not both');
  return merge.first ? 'begin' : 'merge';
}

/** How the shader of a variant is cut for a head of 4 * D4. */
function definesOf({ choices }: Gpu, variant: keyof typeof kernels, D4: number): Defines {
  if (variant === 'matrix' || variant === 'matrixHalf') {
    const { matrix, workgroupBytes } = choices.features;
    const { precision } = attentionFamily.variants[variant];
    const shape = matrix[precision];
    invariant(shape, 'this device has no subgroup matrices');
    return matrixDefines(shape, D4, precision, workgroupBytes);
  }
  const half = variant === 'half' || variant === 'splitHalf';
  const split = variant === 'split' || variant === 'splitHalf';
  // Two invocations keep the registers of a head of 64 together, four those of 128.
  const wanted = D4 > 16 ? 4 : 2;
  return {
    HALF: Number(half),
    PARTS: split && D4 % wanted === 0 ? wanted : 1,
    KEYS: Math.min(64, 4 * Math.floor(stagedBytes / (8 * D4 * (half ? 8 : 16)))),
  };
}
