import type { ModelConfig } from '../../model/config.ts';
import { denseSegments, frameSegments, windowSegments } from '../../plan/segments.ts';
import type { FilmGeometry, SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { freeTileList, type TileList, uploadSegments } from '../kernels/attention.ts';
import { type GroupSort, groupSort } from '../kernels/route.ts';

export type AttentionMode = 'moga' | 'dense';

/** The attention lists of a film: static ones, and the sort that makes the routed one in every block. */
export interface Branches {
  sort: GroupSort | null;
  lists: { label: string; list: TileList }[];
  free(): void;
}

/** Puts the lists of a film on the GPU; `group` holds the router's choice for every token. */
export async function makeBranches(
  gpu: Gpu,
  config: ModelConfig['dit'],
  geometry: FilmGeometry,
  mode: AttentionMode,
  group: GPUBuffer,
): Promise<Branches> {
  const upload = (label: string, segments: SegmentList): { label: string; list: TileList } => ({
    label: `${label} attention`,
    list: uploadSegments(gpu, label, segments, geometry.tokens, geometry.tokens),
  });
  const routed = mode === 'moga' && config.groups !== undefined;
  const sort = routed ? await groupSort(gpu, group, geometry.tokens, config.groups ?? 1) : null;
  const lists = routed
    ? [
        upload('window', windowSegments(geometry, config.win, config.aug)),
        upload('frame', frameSegments(geometry)),
      ]
    : [upload('dense', denseSegments(geometry))];
  return {
    sort,
    lists,
    free: () => {
      for (const { list } of lists) freeTileList(gpu, list);
      if (sort) gpu.free(sort.counts, sort.list.queryRows, sort.list.list);
    },
  };
}
