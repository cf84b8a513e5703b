import { invariant } from '../../lib/errors.ts';
import { type AttentionPhase, expectedDensity, type KMeansSettings } from '../../plan/routing.ts';
import { bucketRuns, clusterListSizes } from '../../plan/routingMemory.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { type AttentionVariant, attentionVariant, tileQueries } from '../kernels/attention.ts';
import { bucketSort } from '../kernels/bucketSort.ts';
import { clusterScores, clusterSelect, kmeansAssign, segmentMean } from '../kernels/cluster.ts';
import type { QueriesAndKeys, Routing } from './routing.ts';

/** Clusters of one of the two sides. */
interface Side {
  x: GPUBuffer;
  clusters: number;
  /** Of every block, [heads, clusters, headSize]; kept from step to step. */
  centroids: GPUBuffer[];
  /** First tokens that a fresh clustering starts from, as rows of every head, [heads, clusters]. */
  seeds: GPUBuffer;
  seedStarts: GPUBuffer;
  labels: GPUBuffer;
  counts: GPUBuffer;
  starts: GPUBuffer;
  order: GPUBuffer;
}

/** What tells a k-means routing apart from Sparse VideoGen2's. */
export interface KMeansOptions {
  variant?: AttentionVariant;
  /** Queries take the clusters of the keys (to measure how much worse that is). */
  shared?: boolean;
}

/**
 * Sparse VideoGen2's routing (arXiv 2505.18875): in every head queries and keys are clustered apart by k-means, and a
 * cluster of queries attends to the clusters of keys that hold most of its softmax mass by their centroids.
 */
export function kmeansRouting(
  gpu: Gpu,
  film: QueriesAndKeys,
  settings: KMeansSettings,
  blocks: number,
  { variant = attentionVariant(gpu), shared = false }: KMeansOptions = {},
): Routing {
  const { tokens, heads, headSize, q, k } = film;
  const scope = gpu.scope();
  const { mass, least, iterations, keyClusters } = settings;
  const queryClusters = shared ? keyClusters : settings.queryClusters;
  const tile = tileQueries(variant);
  const maxFlops = gpu.traits.dispatchFlops;

  const side = (label: string, x: GPUBuffer, clusters: number): Side => {
    const words = (name: string, count: number): GPUBuffer => scope.buffer(`${label} ${name}`, count * 4);
    return {
      x,
      clusters,
      centroids: Array.from({ length: blocks }, () => words('centroids', heads * clusters * headSize)),
      seeds: scope.upload(`${label} seeds`, headRows(seedTokens(tokens, clusters), heads)),
      seedStarts: scope.upload(
        `${label} seed starts`,
        perHead(heads, clusters + 1, (i) => i),
      ),
      labels: words('labels', heads * tokens),
      counts: words('counts', heads * clusters * bucketRuns(tokens).runs),
      starts: words('starts', heads * (clusters + 1)),
      order: words('order', heads * tokens),
    };
  };
  const queries = side('query', q, queryClusters);
  const keys = side('key', k, keyClusters);
  const scores = scope.buffer('cluster scores', heads * queryClusters * keyClusters * 4);
  const tileStarts = scope.buffer('cluster tile starts', heads * queryClusters * 4);
  const sizes = clusterListSizes({ tokens, heads, queryClusters, keyClusters, tile });
  const list = scope.buffer('cluster tiles', sizes.bytes);

  /** Means of the rows as they are sorted now. */
  const means = (rows: Side, sorted: Side, centroids: GPUBuffer): Promise<Command> =>
    segmentMean(gpu, {
      x: rows.x,
      order: sorted.order,
      starts: sorted.starts,
      mean: centroids,
      heads,
      segments: rows.clusters,
      positions: tokens,
      headSize,
    });

  const cluster = async (rows: Side, block: number, phase: AttentionPhase): Promise<Command[]> => {
    const { x, clusters, seeds, seedStarts, labels, counts, starts, order } = rows;
    const centroids = centroidsOf(rows, block);
    const commands: Command[] = [];
    if (phase === 'fresh') {
      const seeded = { order: seeds, starts: seedStarts, segments: clusters, positions: clusters };
      commands.push(await segmentMean(gpu, { x, ...seeded, mean: centroids, heads, headSize }));
    }
    const iteration = [
      ...(await kmeansAssign(gpu, { x, centroids, labels, tokens, heads, headSize, clusters, maxFlops })),
      ...(await bucketSort(gpu, { labels, counts, starts, order, tokens, heads, buckets: clusters })),
      await means(rows, rows, centroids),
    ];
    const times = phase === 'fresh' ? iterations.fresh : iterations.warm;
    for (let i = 0; i < times; i++) commands.push(...iteration);
    return commands;
  };

  const sortedQueries = shared ? keys : queries;
  return {
    list: {
      queryRows: sortedQueries.order,
      keyRows: keys.order,
      list,
      tiles: sizes.maxTiles,
      pairs: expectedDensity * heads * tokens ** 2,
    },
    perHead: true,
    weight: null,
    look: async () => [],
    route: async (block, phase) => [
      ...(await cluster(keys, block, phase)),
      ...(shared
        ? [await means(queries, keys, centroidsOf(queries, block))]
        : await cluster(queries, block, phase)),
      await clusterScores(gpu, {
        q: centroidsOf(queries, block),
        k: centroidsOf(keys, block),
        scores,
        heads,
        queryClusters,
        keyClusters,
        headSize,
      }),
      ...(await clusterSelect(gpu, {
        scores,
        queryStarts: sortedQueries.starts,
        keyStarts: keys.starts,
        tileStarts,
        list,
        heads,
        tokens,
        queryClusters,
        keyClusters,
        tile,
        mass,
        least,
      })),
    ],
    free: () => scope.freeAll(),
  };
}

function centroidsOf({ centroids }: Side, block: number): GPUBuffer {
  const buffer = centroids[block];
  invariant(buffer, `block ${block} has no centroids`);
  return buffer;
}

/** One token of every one of `count` equal parts of the film, somewhere inside it: spread, but in step with no grid. */
export function seedTokens(tokens: number, count: number): number[] {
  let state = 0x9e3779b9;
  return Array.from({ length: count }, (_, i) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + i;
    const first = Math.floor((tokens * i) / count);
    const size = Math.floor((tokens * (i + 1)) / count) - first;
    return first + ((state >>> 8) % Math.max(1, size));
  });
}

/** Rows token * heads + head of these tokens, head by head. */
export function headRows(tokens: readonly number[], heads: number): Uint32Array<ArrayBuffer> {
  return perHead(heads, tokens.length, (i, head) => (tokens[i] ?? 0) * heads + head);
}

/** A value for every one of `count` places of every head. */
export function perHead(
  heads: number,
  count: number,
  value: (i: number, head: number) => number,
): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: heads * count }, (_, at) => value(at % count, Math.floor(at / count)));
}
