import type { ModelConfig } from '../model/config.ts';
import { cutEvenly } from './runs.ts';
import type { FilmGeometry, Run } from './types.ts';

/**
 * Who attends to whom in the film:
 *
 * - dense: every token to every token.
 * - moga: groups that the checkpoint's own router forms, windows and frames (arXiv 2510.18692).
 * - kmeans: clusters of queries to the clusters of keys that take most of their softmax mass (Sparse VideoGen2,
 *   arXiv 2505.18875). Needs no training.
 * - moc: every token to its shot and to the few chunks of earlier shots that suit it best (mixture of contexts,
 *   arXiv 2508.21058). Needs no training.
 */
export const attentionModes = ['dense', 'moga', 'kmeans', 'moc'] as const;

export type AttentionMode = (typeof attentionModes)[number];

/** What a mode comes down to for a transformer: groups need a router. */
export function attentionFor(mode: AttentionMode, dit: Pick<ModelConfig['dit'], 'groups'>): AttentionMode {
  return mode === 'moga' && dit.groups === undefined ? 'dense' : mode;
}

/**
 * What a step's attention is: dense while the film takes shape; fresh where clusters are made from nothing; warm where
 * they go on from the step before. Only a warm step depends on more than the latents and the sampler.
 */
export type AttentionPhase = 'dense' | 'fresh' | 'warm';

/** Steps that stay dense where the routing was not trained (Sparse VideoGen2: the first 20 to 30 per cent). */
const denseShare = 0.25;
/** Layers that stay dense there: the first 3 per cent, as in Sparse VideoGen2's scripts. */
const denseLayerShare = 0.03;
/** Steps from one fresh clustering to the next: a film that is interrupted can go on only from a fresh one. */
const freshEvery = 8;

/** Steps at the start of a run that attend densely. */
export function denseSteps(mode: AttentionMode, steps: number): number {
  if (mode === 'dense') return steps;
  return mode === 'moga' ? 0 : Math.ceil(denseShare * steps);
}

/** Layers at the start that attend densely in every step. */
export function denseLayers(mode: AttentionMode, layers: number): number {
  return mode === 'kmeans' || mode === 'moc' ? Math.floor(denseLayerShare * layers) : 0;
}

/** The attention of a step, counted from 0. */
export function phaseOf(mode: AttentionMode, step: number, steps: number): AttentionPhase {
  const sparse = step - denseSteps(mode, steps);
  if (mode === 'dense' || sparse < 0) return 'dense';
  return mode === 'kmeans' && sparse % freshEvery > 0 ? 'warm' : 'fresh';
}

/** Every phase that a run has. */
export function phasesOf(mode: AttentionMode, steps: number): AttentionPhase[] {
  return [...new Set(Array.from({ length: steps }, (_, step) => phaseOf(mode, step, steps)))];
}

/** How queries and keys are clustered, every head by itself. */
export interface KMeansSettings {
  queryClusters: number;
  keyClusters: number;
  /** Share of the softmax mass that the kept clusters hold, judged by centroids. */
  mass: number;
  /** Clusters of keys that are kept in any case. */
  least: number;
  /** Iterations of a fresh clustering, and of one that goes on from the step before. */
  iterations: { fresh: number; warm: number };
}

/** Clusters of Sparse VideoGen2's scripts, which long films have ... */
const mostClusters = { query: 300, key: 1000 };
/** ... and tokens of a cluster in shorter ones: a tile of queries, and fewer keys, so that there is a choice. */
const clusterTokens = { query: 64, key: 24 };
const leastShare = 0.1;

/** Sparse VideoGen2's settings, with fewer clusters for a short film. */
export function kmeansSettings({ tokens }: Pick<FilmGeometry, 'tokens'>): KMeansSettings {
  const count = (size: number, most: number, least: number): number =>
    Math.min(tokens, most, Math.max(least, Math.round(tokens / size)));
  const keyClusters = count(clusterTokens.key, mostClusters.key, 16);
  return {
    queryClusters: count(clusterTokens.query, mostClusters.query, 8),
    keyClusters,
    mass: 0.9,
    least: Math.max(1, Math.floor(leastShare * keyClusters)),
    iterations: { fresh: 10, warm: 2 },
  };
}

/** Share of the pairs that Sparse VideoGen2 keeps of Wan at a mass of 0.9 (its Table 1: 29.5 per cent). */
export const expectedDensity = 0.3;

/** FLOPs of finding one layer's clusters again and choosing among them. */
export function clusteringFlops(
  { queryClusters, keyClusters, iterations }: KMeansSettings,
  dim: number,
  tokens: number,
): number {
  const assignment = 2 * tokens * dim * (queryClusters + keyClusters);
  return iterations.warm * assignment + 2 * queryClusters * keyClusters * dim;
}

/** FLOPs of one layer's mean queries and keys, and of the scores of tiles for chunks. */
export function chunkScoreFlops(geometry: FilmGeometry, settings: MocSettings, dim: number): number {
  const { tiles } = mocLayout(geometry, settings);
  const scores = tiles.reduce((sum, { candidates }) => sum + candidates.count, 0);
  return 2 * dim * (geometry.tokens + scores);
}

/** How the film is cut for mixture of contexts. */
export interface MocSettings {
  /** Tokens of a chunk, about: chunks are whole latent frames. */
  chunkTokens: number;
  /** Chunks that a tile of queries keeps beside what it always sees. */
  top: number;
}

/** The paper's settings: chunks of 1280 tokens and 5 of them in films of several shots, a latent frame and 3 in one shot. */
export function mocSettings(geometry: FilmGeometry): MocSettings {
  return geometry.shots.length > 1
    ? { chunkTokens: 1280, top: 5 }
    : { chunkTokens: geometry.tokensPerFrame, top: 3 };
}

/** Queries that choose together: the paper's selection is by query, but an attention list goes by tiles. */
export const mocTileTokens = 64;

/** Queries that choose together, and what they may choose from. */
export interface MocTile {
  /** Token rows. */
  queries: Run;
  /** What they see in any case: their shot, or in a film of one shot their chunk. */
  always: Run;
  /** Chunks that they choose from, without `own`: those of earlier shots; in a film of one shot all others. */
  candidates: Run;
  /** A chunk that is no candidate; null where none of the candidates is the tile's own. */
  own: number | null;
}

/** The chunks of a film as token rows, and its tiles. Chunks and tiles never cross a shot, and tiles no chunk. */
export function mocLayout(
  { shots, tokensPerFrame }: FilmGeometry,
  { chunkTokens }: MocSettings,
): { chunks: Run[]; tiles: MocTile[] } {
  const framesPerChunk = Math.max(1, Math.round(chunkTokens / tokensPerFrame));
  const chunks: Run[] = [];
  const tiles: MocTile[] = [];
  const allChunks = shots.reduce((sum, { latent }) => sum + Math.ceil(latent.count / framesPerChunk), 0);
  for (const shot of shots) {
    const before = chunks.length;
    for (const frames of cutEvenly(shot.latent, Math.ceil(shot.latent.count / framesPerChunk))) {
      const chunk = { start: frames.start * tokensPerFrame, count: frames.count * tokensPerFrame };
      const single = shots.length === 1;
      for (const queries of cutEvenly(chunk, Math.ceil(chunk.count / mocTileTokens))) {
        tiles.push(
          single
            ? { queries, always: chunk, candidates: { start: 0, count: allChunks }, own: chunks.length }
            : { queries, always: shot.tokens, candidates: { start: 0, count: before }, own: null },
        );
      }
      chunks.push(chunk);
    }
  }
  return { chunks, tiles };
}

/** Query-key pairs of mixture of contexts in one head; the chunks that are chosen count with their mean length. */
export function mocPairs(geometry: FilmGeometry, settings: MocSettings): number {
  const { chunks, tiles } = mocLayout(geometry, settings);
  return tiles.reduce((pairs, { queries, always, candidates, own }) => {
    const within = chunks.slice(candidates.start, candidates.start + candidates.count);
    const total = within.reduce((sum, { count }, i) => sum + (candidates.start + i === own ? 0 : count), 0);
    const choices = within.length - (own === null ? 0 : 1);
    const chosen = choices > 0 ? (Math.min(settings.top, choices) * total) / choices : 0;
    return pairs + queries.count * (always.count + chosen);
  }, 0);
}
