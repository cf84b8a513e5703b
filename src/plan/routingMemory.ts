import type { ModelConfig } from '../model/config.ts';
import {
  type AttentionMode,
  type KMeansSettings,
  kmeansSettings,
  type MocSettings,
  mocLayout,
  mocSettings,
} from './routing.ts';
import type { FilmGeometry } from './types.ts';

/** Bytes of a value on the GPU, number or word. */
const word = 4;
/** Tokens that one invocation of the sort by label walks through, at least; and runs of a head, at most. */
const leastRunTokens = 64;
const mostRuns = 128;

/** How many tokens go to one invocation of the sort by label. */
export function bucketRuns(tokens: number): { runs: number; runTokens: number } {
  const runTokens = Math.max(leastRunTokens, Math.ceil(tokens / mostRuns));
  return { runs: Math.ceil(tokens / runTokens), runTokens };
}

/** Sizes of the attention list of clusters: room for tiles of `tile` queries, and for runs of keys. */
export function clusterListSizes(sizes: {
  tokens: number;
  heads: number;
  queryClusters: number;
  keyClusters: number;
  tile: number;
}): { maxTiles: number; maxRuns: number; bytes: number } {
  const { tokens, heads, queryClusters, keyClusters, tile } = sizes;
  const maxTiles = heads * (Math.floor(tokens / tile) + Math.min(queryClusters, tokens));
  // Runs that touch are one, so that at most every other cluster begins one.
  const maxRuns = Math.ceil(keyClusters / 2);
  return { maxTiles, maxRuns, bytes: word * (4 + 4 * maxTiles + 2 * heads * queryClusters * maxRuns) };
}

type Transformer = Pick<ModelConfig['dit'], 'dim' | 'heads' | 'layers'>;

/** Bytes on the GPU of what a routing without training needs beside the film's queries and keys; `tile`: queries of a tile. */
export function routingBytes(
  mode: AttentionMode,
  geometry: FilmGeometry,
  dit: Transformer,
  tile: number,
): number {
  if (mode === 'kmeans') return kmeansBytes(geometry, dit, kmeansSettings(geometry), tile);
  if (mode === 'moc') return chunkBytes(geometry, dit, mocSettings(geometry), tile);
  return 0;
}

function kmeansBytes(
  { tokens }: FilmGeometry,
  { dim, heads, layers }: Transformer,
  { queryClusters, keyClusters }: KMeansSettings,
  tile: number,
): number {
  const { runs } = bucketRuns(tokens);
  const side = (clusters: number): number => {
    const centroids = layers * rounded(clusters * dim * word);
    const seeds = rounded(heads * clusters * word) + rounded(heads * (clusters + 1) * word);
    const sort = rounded(heads * clusters * runs * word) + rounded(heads * (clusters + 1) * word);
    return centroids + seeds + sort + 2 * rounded(heads * tokens * word);
  };
  const list = clusterListSizes({ tokens, heads, queryClusters, keyClusters, tile });
  return (
    side(queryClusters) +
    side(keyClusters) +
    rounded(heads * queryClusters * keyClusters * word) +
    rounded(heads * queryClusters * word) +
    rounded(list.bytes)
  );
}

function chunkBytes(
  geometry: FilmGeometry,
  { dim, heads }: Transformer,
  settings: MocSettings,
  tile: number,
): number {
  const { chunks, tiles } = mocLayout(geometry, settings);
  const listTiles = tiles.reduce((sum, { queries }) => sum + Math.ceil(queries.count / tile), 0);
  const list = 4 + 4 * heads * listTiles + 2 * heads * tiles.length * (settings.top + 1);
  const parts = [
    list,
    heads * geometry.tokens,
    8 * tiles.length,
    2 * chunks.length,
    heads * (tiles.length + 1),
    heads * (chunks.length + 1),
    dim * tiles.length,
    dim * chunks.length,
  ];
  return parts.reduce((sum, words) => sum + rounded(words * word), 0);
}

/** Buffers are multiples of 16 bytes. */
function rounded(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
