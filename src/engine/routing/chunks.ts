import { type MocSettings, mocLayout, mocPairs } from '../../plan/routing.ts';
import type { FilmGeometry, Run } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type AttentionVariant, attentionVariant, tileQueries } from '../kernels/attention.ts';
import { chunkSelect } from '../kernels/chunkSelect.ts';
import { segmentMean } from '../kernels/cluster.ts';
import { headRows, perHead } from './kmeans.ts';
import type { QueriesAndKeys, Routing } from './routing.ts';

/** No chunk. */
const none = 0xffffffff;

/**
 * Mixture of contexts (arXiv 2508.21058): in every head a tile of queries sees its own shot and the chunks of earlier
 * shots whose mean keys suit its mean query best. Chunks and shots lie as they are in the film, so that only the runs
 * of the list are made on the GPU.
 */
export function chunkRouting(
  gpu: Gpu,
  geometry: FilmGeometry,
  { q, k, tokens, heads, headSize }: QueriesAndKeys,
  settings: MocSettings,
  variant: AttentionVariant = attentionVariant(gpu),
): Routing {
  const { chunks, tiles } = mocLayout(geometry, settings);
  const { top } = settings;
  const scope = gpu.scope();
  const tile = tileQueries(variant);
  const described: number[] = [];
  const listed: Run[] = [];
  for (const { queries, always, candidates, own } of tiles) {
    const pieces = Math.ceil(queries.count / tile);
    const end = candidates.start + candidates.count;
    described.push(listed.length, pieces, always.start, always.count, candidates.start, end, own ?? none, 0);
    for (let at = 0; at < queries.count; at += tile) {
      listed.push({ start: queries.start + at, count: Math.min(tile, queries.count - at) });
    }
  }
  const listTiles = listed.length;
  const runsAt = 4 + 4 * heads * listTiles;
  const words = new Uint32Array(runsAt + 2 * heads * tiles.length * (top + 1));
  words.set([heads * listTiles, runsAt]);
  for (let head = 0; head < heads; head++) {
    for (const [i, { start, count }] of listed.entries()) {
      words.set([head * tokens + start, count], 4 + 4 * (head * listTiles + i));
    }
  }
  const order = scope.upload(
    'chunk rows',
    headRows(
      Array.from({ length: tokens }, (_, i) => i),
      heads,
    ),
  );
  const list = scope.upload('chunk tiles', words);
  const descriptions = scope.upload('chunk tile descriptions', new Uint32Array(described));
  const chunkWords = chunks.flatMap(({ start, count }) => [start, count]);
  const chunkRuns = scope.upload('chunks', new Uint32Array(chunkWords));
  const startsOf = (runs: readonly Run[]): GPUBuffer =>
    scope.upload(
      'segment starts',
      perHead(heads, runs.length + 1, (i) => runs[i]?.start ?? tokens),
    );
  const tileStarts = startsOf(tiles.map(({ queries }) => queries));
  const chunkStarts = startsOf(chunks);
  const meanQueries = scope.buffer('mean queries', heads * tiles.length * headSize * 4);
  const meanKeys = scope.buffer('mean keys', heads * chunks.length * headSize * 4);
  const means = { order, heads, positions: tokens, headSize };

  return {
    list: {
      queryRows: order,
      keyRows: order,
      list,
      tiles: heads * listTiles,
      pairs: heads * mocPairs(geometry, settings),
    },
    perHead: true,
    weight: null,
    look: async () => [],
    route: async () => [
      await segmentMean(gpu, {
        ...means,
        x: q,
        starts: tileStarts,
        mean: meanQueries,
        segments: tiles.length,
      }),
      await segmentMean(gpu, {
        ...means,
        x: k,
        starts: chunkStarts,
        mean: meanKeys,
        segments: chunks.length,
      }),
      await chunkSelect(gpu, {
        q: meanQueries,
        k: meanKeys,
        tiles: descriptions,
        chunks: chunkRuns,
        list,
        heads,
        headSize,
        tokens,
        tileCount: tiles.length,
        chunkCount: chunks.length,
        listTiles,
        top,
      }),
    ],
    free: () => scope.freeAll(),
  };
}
