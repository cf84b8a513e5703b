import type { ModelConfig } from '../../model/config.ts';
import {
  type AttentionMode,
  attentionFor,
  denseLayers,
  kmeansSettings,
  mocSettings,
} from '../../plan/routing.ts';
import { denseSegments, frameSegments, windowSegments } from '../../plan/segments.ts';
import type { FilmGeometry, SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { freeTileList, type TileList, uploadSegments } from '../kernels/attention.ts';
import { chunkRouting } from '../routing/chunks.ts';
import { kmeansRouting } from '../routing/kmeans.ts';
import { learntRouting } from '../routing/learnt.ts';
import type { Routing } from '../routing/routing.ts';

export type { AttentionMode };

/** A list that is the same in every block. */
interface StaticBranch {
  label: string;
  list: TileList;
}

/** The attention lists of a film. */
export interface Branches {
  /** What makes a list in every block anew; null where attention is dense throughout. */
  routing: Routing | null;
  /** The routing is the checkpoint's own router. */
  learnt: boolean;
  /** Static lists whose outputs are added to the routed one's, all with the same share. */
  beside: StaticBranch[];
  /** What dense blocks and dense steps execute; null where there are none. */
  dense: StaticBranch | null;
  /** Blocks at the start that are dense in every step. */
  denseBlocks: number;
  free(): void;
}

/** Activations that routings look at or write to. */
interface Buffers {
  q: GPUBuffer;
  k: GPUBuffer;
  group: GPUBuffer;
  weight: GPUBuffer;
}

/** Puts the lists of a film on the GPU. */
export async function makeBranches(
  gpu: Gpu,
  config: ModelConfig['dit'],
  geometry: FilmGeometry,
  wanted: AttentionMode,
  { q, k, group, weight }: Buffers,
): Promise<Branches> {
  const { heads, dim, layers } = config;
  const { tokens } = geometry;
  const mode = attentionFor(wanted, config);
  const upload = (label: string, segments: SegmentList): StaticBranch => ({
    label: `${label} attention`,
    list: uploadSegments(gpu, label, segments, tokens, tokens),
  });
  const film = { q, k, tokens, heads, headSize: dim / heads };
  const learnt = mode === 'moga';
  let routing: Routing | null = null;
  if (learnt) routing = await learntRouting(gpu, config, tokens, { group, weight });
  if (mode === 'kmeans') routing = kmeansRouting(gpu, film, kmeansSettings(geometry), layers);
  if (mode === 'moc') routing = chunkRouting(gpu, geometry, film, mocSettings(geometry));
  const beside = learnt
    ? [
        upload('window', windowSegments(geometry, config.win, config.aug)),
        upload('frame', frameSegments(geometry)),
      ]
    : [];
  const dense = learnt ? null : upload('dense', denseSegments(geometry));
  return {
    routing,
    learnt,
    beside,
    dense,
    denseBlocks: denseLayers(mode, layers),
    free: () => {
      for (const { list } of dense ? [...beside, dense] : beside) freeTileList(gpu, list);
      routing?.free();
    },
  };
}
