import { relativeError } from '../../src/engine/golden/compare.ts';
import type { Gpu } from '../../src/engine/gpu/gpu.ts';
import { Runner } from '../../src/engine/gpu/runner.ts';
import { attention, uploadSegments } from '../../src/engine/kernels/attention.ts';
import { chunkRouting } from '../../src/engine/routing/chunks.ts';
import { kmeansRouting } from '../../src/engine/routing/kmeans.ts';
import type { Routing } from '../../src/engine/routing/routing.ts';
import { randomIntegers } from '../../src/engine/testing/random.ts';
import { readSegments } from '../../src/engine/testing/readSegments.ts';
import { kmeansSettings, mocSettings } from '../../src/plan/routing.ts';
import { countPairs, denseSegments } from '../../src/plan/segments.ts';
import type { SegmentList } from '../../src/plan/types.ts';
import type { Activations } from './activations.ts';

/** What a routing costs and keeps. */
export interface RoutingRow {
  activations: string;
  routing: 'k-means' | 'k-means, as many' | 'one clustering' | 'chunks';
  /** What was asked for: the mass, or the number of chunks. */
  setting: string;
  /** Share of the query-key pairs that is computed. */
  density: number;
  /** Share of the softmax mass on the keys that are kept, mean over queries. */
  mass: number;
  /** |routed - dense| / |dense| of the attention's output. */
  error: number;
}

const masses = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];
const tops = [0, 1, 2, 3, 5, 8];
const sampledQueries = 256;

/** Measures every routing over a range of densities against dense attention. */
export async function measureRoutings(
  gpu: Gpu,
  name: string,
  film: Activations,
  report: (row: RoutingRow) => void,
): Promise<void> {
  const runner = new Runner(gpu);
  const { q, k, v, geometry, heads, headSize } = film;
  const { tokens } = geometry;
  const values = tokens * heads * headSize;
  const out = gpu.buffer('attended', values * 4);
  const read = async (buffer: GPUBuffer) => new Float32Array(await gpu.read(buffer)).subarray(0, values);
  const dense = uploadSegments(gpu, 'dense', denseSegments(geometry), tokens, tokens);
  await runner.run(await attention(gpu, { q, k, v, list: dense, out, heads, headSize }));
  const reference = await read(out);
  const shares = softmaxShares(await read(q), await read(k), film);

  const measure = async (routing: Routing, row: Pick<RoutingRow, 'routing' | 'setting'>): Promise<void> => {
    await runner.run(await routing.route(0, 'fresh'));
    await runner.run(await attention(gpu, { q, k, v, list: routing.list, out, heads: 1, headSize }));
    const list = await readSegments(gpu, routing.list, tokens * heads);
    report({
      activations: name,
      ...row,
      density: countPairs(list) / (heads * tokens ** 2),
      mass: keptMass(list, shares),
      error: relativeError(await read(out), reference),
    });
    routing.free();
  };
  const queries = { q, k, tokens, heads, headSize };
  for (const mass of masses) {
    // The share of clusters that is kept in any case would hide what the mass does.
    const settings = { ...kmeansSettings(geometry), mass, least: 1 };
    const setting = `mass ${mass}`;
    await measure(kmeansRouting(gpu, queries, settings, 1), { routing: 'k-means', setting });
    // As many clusters of queries as of keys: what one clustering of both is to be held against.
    const asMany = { ...settings, queryClusters: settings.keyClusters };
    await measure(kmeansRouting(gpu, queries, asMany, 1), { routing: 'k-means, as many', setting });
    const shared = kmeansRouting(gpu, queries, asMany, 1, { shared: true });
    await measure(shared, { routing: 'one clustering', setting });
  }
  for (const top of tops) {
    const settings = { ...mocSettings(geometry), chunkTokens: geometry.tokensPerFrame, top };
    await measure(chunkRouting(gpu, geometry, queries, settings), {
      routing: 'chunks',
      setting: `top ${top}`,
    });
  }
}

/** Softmax of sampled rows token * heads + head over all tokens, by row. */
function softmaxShares(
  q: Float32Array,
  k: Float32Array,
  { geometry, heads, headSize }: Activations,
): Map<number, Float64Array> {
  const { tokens } = geometry;
  const shares = new Map<number, Float64Array>();
  for (const row of randomIntegers(1, sampledQueries, tokens * heads)) {
    const head = row % heads;
    const scores = Float64Array.from({ length: tokens }, (_, token) => {
      let dot = 0;
      for (let i = 0; i < headSize; i++) {
        dot += (q[row * headSize + i] ?? 0) * (k[(token * heads + head) * headSize + i] ?? 0);
      }
      return dot / Math.sqrt(headSize);
    });
    const top = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - top));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    shares.set(
      row,
      exponentials.map((value) => value / total),
    );
  }
  return shares;
}

function keptMass(list: SegmentList, shares: ReadonlyMap<number, Float64Array>): number {
  let kept = 0;
  for (const { queries, keys } of list.segments) {
    for (let i = queries.start; i < queries.start + queries.count; i++) {
      const row = shares.get(list.queryRows?.[i] ?? -1);
      if (!row) continue;
      for (const run of keys) {
        for (let j = run.start; j < run.start + run.count; j++) {
          const heads = (list.keyRows?.length ?? 0) / row.length;
          kept += row[Math.floor((list.keyRows?.[j] ?? 0) / heads)] ?? 0;
        }
      }
    }
  }
  return kept / shares.size;
}
