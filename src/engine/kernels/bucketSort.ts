import tgpu, { d } from 'typegpu';
import countSource from '../../../shaders/bucket_count.wgsl?raw';
import scanSource from '../../../shaders/bucket_scan.wgsl?raw';
import scatterSource from '../../../shaders/bucket_scatter.wgsl?raw';
import startSource from '../../../shaders/bucket_start.wgsl?raw';
import { bucketRuns } from '../../plan/routingMemory.ts';
import type { Dispatch, Gpu, KernelSource } from '../gpu/gpu.ts';

const itemsPerWorkgroup = 16;

const Params = d.struct({ tokens: d.u32, heads: d.u32, buckets: d.u32, runs: d.u32, runTokens: d.u32 });
const words = d.arrayOf(d.u32);
const countKernel: KernelSource = {
  name: 'bucket_count',
  wgsl: countSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    labels: { storage: words },
    counts: { storage: words, access: 'mutable' },
  }),
};
const scanKernel: KernelSource = {
  name: 'bucket_scan',
  wgsl: scanSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    counts: { storage: words, access: 'mutable' },
    starts: { storage: words, access: 'mutable' },
  }),
};
const startKernel: KernelSource = {
  name: 'bucket_start',
  wgsl: startSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    starts: { storage: words, access: 'mutable' },
  }),
};
const scatterKernel: KernelSource = {
  name: 'bucket_scatter',
  wgsl: scatterSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    labels: { storage: words },
    starts: { storage: words },
    counts: { storage: words, access: 'mutable' },
    order: { storage: words, access: 'mutable' },
  }),
};

export interface BucketSortArguments {
  /** [heads, tokens] u32, below `buckets`. */
  labels: GPUBuffer;
  /** [heads, buckets, runs] u32, scratch. */
  counts: GPUBuffer;
  /** Receives where each bucket begins, [heads, buckets + 1]. */
  starts: GPUBuffer;
  /** Receives rows token * heads + head, sorted by label in every head, [heads, tokens]. */
  order: GPUBuffer;
  tokens: number;
  heads: number;
  buckets: number;
}

/** Sorts the tokens of every head by label, stable. */
export async function bucketSort(gpu: Gpu, args: BucketSortArguments): Promise<Dispatch[]> {
  const { labels, counts, starts, order, tokens, heads, buckets } = args;
  const { runs, runTokens } = bucketRuns(tokens);
  const params = gpu.uniform('bucket sort params', Params, { tokens, heads, buckets, runs, runTokens });
  const columns = Math.ceil((heads * runs) / itemsPerWorkgroup);
  const rows = Math.ceil((heads * buckets) / itemsPerWorkgroup);
  const table = heads * buckets * runs;
  return [
    await gpu.dispatch(countKernel, {}, { params, labels, counts }, columns, table + heads * tokens),
    await gpu.dispatch(scanKernel, {}, { params, counts, starts }, rows, table),
    await gpu.dispatch(startKernel, {}, { params, starts }, heads, heads * buckets),
    await gpu.dispatch(scatterKernel, {}, { params, labels, starts, counts, order }, columns, heads * tokens),
  ];
}
