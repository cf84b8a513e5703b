import tgpu, { d } from 'typegpu';
import countSource from '../../../shaders/group_count.wgsl?raw';
import scanSource from '../../../shaders/group_scan.wgsl?raw';
import scanParallelSource from '../../../shaders/group_scan_parallel.wgsl?raw';
import scatterSource from '../../../shaders/group_scatter.wgsl?raw';
import routeSource from '../../../shaders/route.wgsl?raw';
import routeLanesSource from '../../../shaders/route_lanes.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { Family } from '../tuning/variants.ts';
import { type AttentionVariant, attentionVariant, type TileList, tileQueries } from './attention.ts';
import { type RowVariant, rowDispatch, rowFamily, rowKernel } from './rowVariants.ts';

const rowsPerWorkgroup = 16;
/** Rows that one invocation of the sort walks through. */
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

const SortParams = d.struct({ rows: d.u32, runs: d.u32, maxTiles: d.u32 });
const countKernel: KernelSource = {
  name: 'group_count',
  wgsl: countSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SortParams },
    group: { storage: d.arrayOf(d.u32) },
    counts: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};
const scanKernel: KernelSource = {
  name: 'group_scan',
  wgsl: scanSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SortParams },
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
    group: { storage: d.arrayOf(d.u32) },
    starts: { storage: d.arrayOf(d.u32) },
    order: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

/** The sorted group gather: buffers, and the dispatches that fill them from `group`. */
export interface GroupSort {
  /** Attention list of the groups; queries and keys are the same sorted rows. */
  list: TileList;
  counts: GPUBuffer;
  dispatches: Dispatch[];
}

/**
 * Sorts rows by group (stable) and makes the attention list of the groups, all on the GPU.
 * `list.pairs` assumes groups of equal size.
 */
export async function groupSort(
  gpu: Gpu,
  group: GPUBuffer,
  rows: number,
  groups: number,
  variant: AttentionVariant = attentionVariant(gpu),
  sortVariant: SortVariant = gpu.choices.of(sortFamily),
): Promise<GroupSort> {
  const runs = Math.ceil(rows / run);
  const tile = tileQueries(variant);
  const maxTiles = Math.ceil(rows / tile) + groups;
  const counts = gpu.buffer('group counts', groups * runs * 4);
  const order = gpu.buffer('group order', rows * 4);
  const list = gpu.buffer('group tiles', (4 + 4 * maxTiles + 2 * groups) * 4);
  const params = gpu.uniform('group sort params', SortParams, { rows, runs, maxTiles });
  const workgroups = Math.ceil(runs / rowsPerWorkgroup);
  const defines = { GROUPS: groups, RUN: run };
  return {
    list: { queryRows: order, keyRows: order, list, tiles: maxTiles, pairs: (rows * rows) / groups },
    counts,
    dispatches: [
      await gpu.dispatch(countKernel, defines, { params, group, counts }, workgroups, rows),
      await gpu.dispatch(
        sortVariant === 'parallel' ? scanParallelKernel : scanKernel,
        { GROUPS: groups, TILE: tile },
        { params, counts, list },
        1,
        groups * runs,
        'group_scan',
      ),
      await gpu.dispatch(scatterKernel, defines, { params, group, starts: counts, order }, workgroups, rows),
    ],
  };
}
