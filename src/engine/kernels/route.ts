import tgpu, { d } from 'typegpu';
import countSource from '../../../shaders/group_count.wgsl?raw';
import scanSource from '../../../shaders/group_scan.wgsl?raw';
import scanParallelSource from '../../../shaders/group_scan_parallel.wgsl?raw';
import scatterSource from '../../../shaders/group_scatter.wgsl?raw';
import routeSource from '../../../shaders/route.wgsl?raw';
import routeLanesSource from '../../../shaders/route_lanes.wgsl?raw';
import type { Run } from '../../plan/types.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { Family } from '../tuning/variants.ts';
import { type AttentionVariant, attentionVariant, type TileList, tileQueries } from './attention.ts';
import { type RowVariant, rowDispatch, rowFamily, rowKernel } from './rowVariants.ts';

const rowsPerWorkgroup = 16;
/** Rows that one invocation of the sort walks through, at most. */
const run = 64;

const RouteParams = d.struct({ rows: d.u32, firstRow: d.u32, width: d.u32 });
const routeKernel: KernelSource = {
  name: 'route',
  wgsl: routeSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: RouteParams },
    x: { storage: d.arrayOf(d.vec4f) },
    router: { storage: d.arrayOf(d.vec4f) },
    group: { storage: d.arrayOf(d.u32), access: 'mutable' },
    weight: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};
const routeKernels = rowKernel(routeKernel, routeLanesSource);
export const routeFamily = rowFamily('route');

export interface RouteArguments {
  /** [rows, width]: the normed and modulated tokens. */
  x: View | GPUBuffer;
  /** [groups, width] */
  router: View | GPUBuffer;
  /** u32 a row: the winning group; written from firstRow on. */
  group: View | GPUBuffer;
  /** f32 a row: its probability; written from firstRow on. */
  weight: View | GPUBuffer;
  rows: number;
  firstRow?: number;
  width: number;
  groups: number;
  /** Forces a variant (tests and the tuner's races). */
  variant?: RowVariant;
}

/** Sends every token to one of the groups. */
export function route(gpu: Gpu, args: RouteArguments): Promise<Dispatch> {
  const { x, router, group, weight, rows, firstRow = 0, width, groups } = args;
  const params = gpu.uniform('route params', RouteParams, { rows, firstRow, width });
  const variant = args.variant ?? gpu.choices.of(routeFamily);
  const { defines, workgroups } = rowDispatch(gpu, variant, rows);
  const views = { params, x, router, group, weight };
  const flops = 2 * rows * width * groups;
  return gpu.dispatch(
    routeKernels[variant],
    { ...defines, GROUPS: groups },
    views,
    workgroups,
    flops,
    'route',
  );
}

const SortParams = d.struct({ runs: d.u32, spans: d.u32, maxTiles: d.u32 });
const countKernel: KernelSource = {
  name: 'group_count',
  wgsl: countSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SortParams },
    cuts: { storage: d.arrayOf(d.u32) },
    group: { storage: d.arrayOf(d.u32) },
    counts: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};
const scanKernel: KernelSource = {
  name: 'group_scan',
  wgsl: scanSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SortParams },
    cuts: { storage: d.arrayOf(d.u32) },
    counts: { storage: d.arrayOf(d.u32), access: 'mutable' },
    list: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};
const scanParallelKernel: KernelSource = {
  ...scanKernel,
  name: 'group_scan_parallel',
  wgsl: scanParallelSource,
};

/** The scan of the sort by one invocation, or by a workgroup. */
export type SortVariant = 'parallel' | 'serial';

export const sortFamily: Family<SortVariant> = {
  kernel: 'sort',
  variants: {
    parallel: { precision: 'f32', needs: { invocations: 256 } },
    serial: { precision: 'f32', needs: {} },
  },
  fallback: ({ quads }) => (quads ? 'serial' : 'parallel'),
};

const scatterKernel: KernelSource = {
  name: 'group_scatter',
  wgsl: scatterSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SortParams },
    cuts: { storage: d.arrayOf(d.u32) },
    group: { storage: d.arrayOf(d.u32) },
    starts: { storage: d.arrayOf(d.u32) },
    order: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

/** The sorted group gather: buffers, and the dispatches that fill them from `group`. */
export interface GroupSort {
  /** Attention list of the groups; queries and keys are the same sorted rows. */
  list: TileList;
  dispatches: Dispatch[];
  free(): void;
}

/** Variants of the sort and of the attention that its list is for, where they are forced (tests and the tuner's races). */
interface SortVariants {
  attention?: AttentionVariant;
  sort?: SortVariant;
}

/**
 * Sorts rows by group (stable) and makes the attention list of the groups, all on the GPU. `list.pairs` assumes groups of
 * equal size.
 *
 * @param spans Of rows, one after the other: every one of them makes a segment of a group. Of several each sees its own
 * rows of the group first, and then those before and those after it as runs of their own.
 */
export async function groupSort(
  gpu: Gpu,
  group: GPUBuffer,
  spans: readonly Run[],
  groups: number,
  forced: SortVariants = {},
): Promise<GroupSort> {
  const rows = spans.reduce((sum, { count }) => sum + count, 0);
  const { runs, words } = cutsOf(spans);
  const tile = tileQueries(forced.attention ?? attentionVariant(gpu));
  const segments = groups * spans.length;
  const maxTiles = Math.ceil(rows / tile) + segments;
  const runsOfKeys = spans.length > 1 ? 3 : 1;
  const cuts = gpu.upload('group cuts', words);
  const counts = gpu.buffer('group counts', groups * runs * 4);
  const order = gpu.buffer('group order', rows * 4);
  const list = gpu.buffer('group tiles', (4 + 4 * maxTiles + 2 * runsOfKeys * segments) * 4);
  const params = gpu.uniform('group sort params', SortParams, { runs, spans: spans.length, maxTiles });
  const workgroups = Math.ceil(runs / rowsPerWorkgroup);
  const walk = { params, cuts, group };
  const scan = (forced.sort ?? gpu.choices.of(sortFamily)) === 'parallel' ? scanParallelKernel : scanKernel;
  return {
    list: { queryRows: order, keyRows: order, list, tiles: maxTiles, pairs: (rows * rows) / groups },
    free: () => gpu.free(cuts, counts, order, list),
    dispatches: [
      await gpu.dispatch(countKernel, { GROUPS: groups }, { ...walk, counts }, workgroups, rows),
      await gpu.dispatch(
        scan,
        { GROUPS: groups, TILE: tile, RUNS: runsOfKeys },
        { params, cuts, counts, list },
        1,
        groups * runs,
        'group_scan',
      ),
      await gpu.dispatch(
        scatterKernel,
        { GROUPS: groups },
        { ...walk, starts: counts, order },
        workgroups,
        rows,
      ),
    ],
  };
}

/**
 * Spans cut into runs of rows, which the sort counts by: the first row of every run and the end of the last, then the
 * first run of every span and the end of the last's.
 */
function cutsOf(spans: readonly Run[]): { runs: number; words: Uint32Array<ArrayBuffer> } {
  const rows: number[] = [];
  const firstRuns: number[] = [];
  let end = 0;
  for (const { start, count } of spans) {
    firstRuns.push(rows.length);
    end = start + count;
    for (let row = start; row < end; row += run) rows.push(row);
  }
  return { runs: rows.length, words: Uint32Array.from([...rows, end, ...firstRuns, rows.length]) };
}
