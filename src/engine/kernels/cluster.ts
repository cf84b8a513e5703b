import tgpu, { d } from 'typegpu';
import scoresSource from '../../../shaders/cluster_scores.wgsl?raw';
import selectSource from '../../../shaders/cluster_select.wgsl?raw';
import tilesSource from '../../../shaders/cluster_tiles.wgsl?raw';
import assignSource from '../../../shaders/kmeans_assign.wgsl?raw';
import meanSource from '../../../shaders/segment_mean.wgsl?raw';
import { clusterListSizes } from '../../plan/routingMemory.ts';
import { cutEvenly } from '../../plan/runs.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

type Buffer = View | GPUBuffer;

const words = d.arrayOf(d.u32);
const vectors = d.arrayOf(d.vec4f);

const AssignParams = d.struct({
  tokens: d.u32,
  heads: d.u32,
  clusters: d.u32,
  firstRow: d.u32,
  endRow: d.u32,
});
const assignKernel: KernelSource = {
  name: 'kmeans_assign',
  wgsl: assignSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: AssignParams },
    x: { storage: vectors },
    centroids: { storage: vectors },
    labels: { storage: words, access: 'mutable' },
  }),
};

export interface AssignArguments {
  /** [tokens, heads, headSize] */
  x: Buffer;
  /** [heads, clusters, headSize] */
  centroids: Buffer;
  /** Receives the nearest cluster, [heads, tokens] u32. */
  labels: Buffer;
  tokens: number;
  heads: number;
  headSize: number;
  clusters: number;
  /** FLOPs that one dispatch may have; the rows are split over several. */
  maxFlops?: number;
}

/** Sends every row of every head to its nearest centroid. */
export function kmeansAssign(gpu: Gpu, args: AssignArguments): Promise<Dispatch[]> {
  const { x, centroids, labels, tokens, heads, headSize, clusters } = args;
  const rows = tokens * heads;
  const rowFlops = 3 * headSize * clusters;
  const most = Math.max(64, Math.floor((args.maxFlops ?? Number.POSITIVE_INFINITY) / rowFlops));
  const parts = cutEvenly({ start: 0, count: rows }, Math.max(1, Math.ceil(rows / most)));
  return Promise.all(
    parts.map(({ start, count }) => {
      const range = { firstRow: start, endRow: start + count };
      const params = gpu.uniform('kmeans assign params', AssignParams, { tokens, heads, clusters, ...range });
      const views = { params, x, centroids, labels };
      const workgroups = Math.ceil(count / 64);
      return gpu.dispatch(assignKernel, { D4: headSize / 4 }, views, workgroups, rowFlops * count);
    }),
  );
}

const MeanParams = d.struct({ heads: d.u32, segments: d.u32, positions: d.u32, d4: d.u32 });
const meanKernel: KernelSource = {
  name: 'segment_mean',
  wgsl: meanSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: MeanParams },
    x: { storage: vectors },
    order: { storage: words },
    starts: { storage: words },
    mean: { storage: vectors, access: 'mutable' },
  }),
};

export interface SegmentMeanArguments {
  /** [rows, headSize] */
  x: Buffer;
  /** Rows of every head, [heads, positions] u32. */
  order: Buffer;
  /** First position of every segment and the end, [heads, segments + 1] u32. */
  starts: Buffer;
  /** [heads, segments, headSize]; segments without positions keep what it holds. */
  mean: Buffer;
  heads: number;
  segments: number;
  positions: number;
  headSize: number;
}

/** Means of segments of rows. */
export function segmentMean(gpu: Gpu, args: SegmentMeanArguments): Promise<Dispatch> {
  const { x, order, starts, mean, heads, segments, positions, headSize } = args;
  const params = gpu.uniform('segment mean params', MeanParams, {
    heads,
    segments,
    positions,
    d4: headSize / 4,
  });
  const items = (heads * segments * headSize) / 4;
  const flops = heads * positions * headSize;
  return gpu.dispatch(meanKernel, {}, { params, x, order, starts, mean }, Math.ceil(items / 64), flops);
}

const ScoresParams = d.struct({
  heads: d.u32,
  queryClusters: d.u32,
  keyClusters: d.u32,
  d4: d.u32,
  scale: d.f32,
});
const scoresKernel: KernelSource = {
  name: 'cluster_scores',
  wgsl: scoresSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: ScoresParams },
    q: { storage: vectors },
    k: { storage: vectors },
    scores: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

export interface ClusterScoresArguments {
  /** Centroids of queries [heads, queryClusters, headSize] and of keys [heads, keyClusters, headSize]. */
  q: Buffer;
  k: Buffer;
  /** [heads, queryClusters, keyClusters] */
  scores: Buffer;
  heads: number;
  queryClusters: number;
  keyClusters: number;
  headSize: number;
}

/** Scores of clusters for clusters, scaled as attention scales them. */
export function clusterScores(gpu: Gpu, args: ClusterScoresArguments): Promise<Dispatch> {
  const { q, k, scores, heads, queryClusters, keyClusters, headSize } = args;
  const params = gpu.uniform('cluster scores params', ScoresParams, {
    heads,
    queryClusters,
    keyClusters,
    d4: headSize / 4,
    scale: 1 / Math.sqrt(headSize),
  });
  const pairs = heads * queryClusters * keyClusters;
  return gpu.dispatch(
    scoresKernel,
    {},
    { params, q, k, scores },
    Math.ceil(pairs / 64),
    2 * pairs * headSize,
  );
}

const SelectParams = d.struct({
  heads: d.u32,
  tokens: d.u32,
  queryClusters: d.u32,
  keyClusters: d.u32,
  maxTiles: d.u32,
  maxRuns: d.u32,
  least: d.u32,
  mass: d.f32,
});
const tilesKernel: KernelSource = {
  name: 'cluster_tiles',
  wgsl: tilesSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SelectParams },
    starts: { storage: words },
    tileStarts: { storage: words, access: 'mutable' },
    list: { storage: words, access: 'mutable' },
  }),
};
const selectKernel: KernelSource = {
  name: 'cluster_select',
  wgsl: selectSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: SelectParams },
    scores: { storage: d.arrayOf(d.f32), access: 'mutable' },
    queryStarts: { storage: words },
    keyStarts: { storage: words },
    tileStarts: { storage: words },
    list: { storage: words, access: 'mutable' },
  }),
};

export interface ClusterSelectArguments {
  /** From clusterScores; changed. */
  scores: Buffer;
  /** From bucketSort, of queries and of keys. */
  queryStarts: Buffer;
  keyStarts: Buffer;
  /** [heads, queryClusters] u32, scratch. */
  tileStarts: Buffer;
  /** Receives the attention list; as large as clusterListSizes says. */
  list: Buffer;
  heads: number;
  tokens: number;
  queryClusters: number;
  keyClusters: number;
  /** Queries of a tile. */
  tile: number;
  /** Share of the softmax mass that is kept, by centroids. */
  mass: number;
  /** Clusters of keys that are kept in any case. */
  least: number;
}

/** Makes the attention list of the clusters. */
export async function clusterSelect(gpu: Gpu, args: ClusterSelectArguments): Promise<Dispatch[]> {
  const { scores, queryStarts, keyStarts, tileStarts, list } = args;
  const { heads, tokens, queryClusters, keyClusters, tile, mass, least } = args;
  const { maxTiles, maxRuns } = clusterListSizes(args);
  const params = gpu.uniform('cluster select params', SelectParams, {
    heads,
    tokens,
    queryClusters,
    keyClusters,
    maxTiles,
    maxRuns,
    least,
    mass,
  });
  const clusters = heads * queryClusters;
  return [
    await gpu.dispatch(
      tilesKernel,
      { TILE: tile },
      { params, starts: queryStarts, tileStarts, list },
      1,
      2 * clusters,
    ),
    await gpu.dispatch(
      selectKernel,
      { TILE: tile },
      { params, scores, queryStarts, keyStarts, tileStarts, list },
      Math.ceil(clusters / 16),
      80 * clusters * keyClusters,
    ),
  ];
}
