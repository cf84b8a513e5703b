import type { RouterRecord } from '../../library/routerRecords.ts';
import type { FilmGeometry, Run } from '../../plan/types.ts';

/** Where one layer sent every token of a film in one of the recorded steps. */
export interface RouterMap {
  /** Layer and recorded step, both from 0. */
  layer: number;
  step: number;
  /** Groups that there are. */
  groups: number;
  /** [tokens]: the group of a token; tokens are ordered (latent frame, row, column). */
  group: Uint8Array;
  /** [tokens]: the quarter, 0 to 3, that the winning probability lies in. */
  quarter: Uint8Array;
  /** [groups]: tokens of each. */
  counts: readonly number[];
}

/**
 * Which layer to show first, from 0: groups follow what is shown closest late, but not in the last layer. Held against the
 * exact masks of Papercut's subjects, the seventh of eight does best and the first worst (`training/papercut/evaluation/groups.py`).
 */
export function tellingLayer(layers: number): number {
  return Math.floor(layers * 0.8);
}

/** The choices of a layer in a recorded step; null when the record lacks them. */
export function routerMap(record: RouterRecord, step: number, layer: number): RouterMap | null {
  const chosen = record.steps[step];
  if (!chosen || layer < 0 || layer >= record.layers) return null;
  const { frames, rows, columns } = record.grid;
  const tokens = frames * rows * columns;
  const group = chosen.groups.subarray(layer * tokens, (layer + 1) * tokens);
  const quarter = chosen.quarters.subarray(layer * tokens, (layer + 1) * tokens);
  const all = { start: 0, count: tokens };
  return {
    layer,
    step,
    groups: record.groups,
    group,
    quarter,
    counts: countGroups(group, all, record.groups),
  };
}

/** Whether a record is of a film of this geometry. */
export function isOfFilm({ grid }: RouterRecord, { latent, grid: { rows, columns } }: FilmGeometry): boolean {
  return grid.frames === latent.frames && grid.rows === rows && grid.columns === columns;
}

/** Tokens of each group in a run of tokens. */
export function countGroups(group: Uint8Array, { start, count }: Run, groups: number): number[] {
  const counts = new Array<number>(groups).fill(0);
  for (let token = start; token < start + count; token++) {
    const chosen = group[token] ?? 0;
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  return counts;
}

/** Tokens of one group in a run of tokens. */
export function countOf(group: Uint8Array, { start, count }: Run, wanted: number): number {
  let found = 0;
  for (let token = start; token < start + count; token++) if (group[token] === wanted) found += 1;
  return found;
}

/** Share of all pairs of tokens that attention inside groups looks at, sum of n^2 over N^2: 1 for one group. */
export function pairShare(counts: readonly number[]): number {
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  return tokens === 0 ? 0 : counts.reduce((sum, count) => sum + count * count, 0) / tokens ** 2;
}

/** Tokens of a latent frame. */
export function tokensOfFrame(latentFrame: number, tokensPerFrame: number): Run {
  return { start: latentFrame * tokensPerFrame, count: tokensPerFrame };
}
