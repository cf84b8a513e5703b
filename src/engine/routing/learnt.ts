import type { ModelConfig } from '../../model/config.ts';
import type { Run } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { groupSort, route } from '../kernels/route.ts';
import type { Routing } from './routing.ts';

/**
 * MoGA's routing (arXiv 2510.18692): the checkpoint's router sends every token to a group, and groups attend to
 * themselves, weighted by the router's probability. `group` and `weight` hold its choice for every token. Where other spans
 * of tokens are to count apart, `spans` has them all.
 */
export async function learntRouting(
  gpu: Gpu,
  { dim, groups = 1 }: Pick<ModelConfig['dit'], 'dim' | 'groups'>,
  spans: readonly Run[],
  { group, weight }: { group: GPUBuffer; weight: GPUBuffer },
): Promise<Routing> {
  const sort = await groupSort(gpu, group, spans, groups);
  return {
    list: sort.list,
    perHead: false,
    weight,
    look: async ({ router }, x, { start, count }) =>
      router
        ? [await route(gpu, { x, router, group, weight, rows: count, firstRow: start, width: dim, groups })]
        : [],
    route: async () => sort.dispatches,
    free: sort.free,
  };
}
