import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { weighsAcross } from '../../plan/memory.ts';
import {
  type AttentionMode,
  type AttentionPhase,
  attentionFor,
  denseLayers,
  kmeansSettings,
  mocSettings,
} from '../../plan/routing.ts';
import { denseSegments, frameSegments, windowSegments } from '../../plan/segments.ts';
import type { FilmGeometry, SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import {
  type AttentionArguments,
  attention,
  freeTileList,
  type TileList,
  uploadSegments,
} from '../kernels/attention.ts';
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
  /** Static lists beside the routed one. */
  beside: StaticBranch[];
  /**
   * The film's tokens, and how much the routed list's keys count, where all lists are one softmax; null where outputs are
   * added, all with the same share. `across`: what its keys in other shots gain lies behind the router's probabilities.
   */
  asOne: { rows: number; groupWeight: number; across: boolean } | null;
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
  const across = weighsAcross(config) && geometry.shots.length > 1;
  const spans = across ? geometry.shots.map((shot) => shot.tokens) : [{ start: 0, count: tokens }];
  let routing: Routing | null = null;
  if (learnt) routing = await learntRouting(gpu, config, spans, { group, weight });
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
    asOne:
      learnt && config.branches === 'softmax'
        ? { rows: tokens, groupWeight: config.group_weight ?? 1, across }
        : null,
    dense,
    denseBlocks: denseLayers(mode, layers),
    free: () => {
      for (const { list } of dense ? [...beside, dense] : beside) freeTileList(gpu, list);
      routing?.free();
    },
  };
}

/** What routes a block in a phase; null where it is dense. */
export function routingOf(
  { routing, dense, denseBlocks }: Branches,
  block: number,
  phase: AttentionPhase,
): Routing | null {
  if (dense === null) return routing;
  return phase === 'dense' || block < denseBlocks ? null : routing;
}

/** Attention of a block over the whole film's queries, keys and values [tokens, heads, head size]. */
export async function attendInFilm(
  gpu: Gpu,
  branches: Branches,
  film: Omit<AttentionArguments, 'list'>,
  block: number,
  phase: AttentionPhase,
): Promise<Command[]> {
  const { beside, dense, asOne } = branches;
  const routing = routingOf(branches, block, phase);
  if (!routing) {
    invariant(dense, 'a film without a routing is dense');
    return attention(gpu, { ...film, ...dense });
  }
  const { list, perHead, weight } = routing;
  const outputScale = 1 / (1 + beside.length);
  const merge = (first: boolean) => asOne && { merge: { rows: asOne.rows, first } };
  const first = asOne
    ? { ...merge(true), outputScale: asOne.groupWeight, laterAt: asOne.across ? asOne.rows : 0 }
    : { outputScale };
  const next = merge(false) ?? { outputScale, accumulate: true };
  const commands = [
    ...(await routing.route(block, phase)),
    ...(await attention(gpu, {
      ...film,
      // Lists of single heads see every head as a row of its own.
      heads: perHead ? 1 : film.heads,
      ...(weight ? { weight } : {}),
      list,
      ...first,
      label: perHead ? 'routed attention' : 'group attention',
    })),
  ];
  for (const branch of beside) {
    commands.push(...(await attention(gpu, { ...film, ...branch, ...next })));
  }
  return commands;
}
