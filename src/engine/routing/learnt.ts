import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { groupSort, route } from '../kernels/route.ts';
import type { Routing } from './routing.ts';

/**
 * MoGA's routing (arXiv 2510.18692): the checkpoint's router sends every token to a group, and groups attend to
 * themselves, weighted by the router's probability. `group` and `weight` hold its choice for every token.
 */
export async function learntRouting(
  gpu: Gpu,
  { dim, groups = 1 }: Pick<ModelConfig['dit'], 'dim' | 'groups'>,
  tokens: number,
  { group, weight }: { group: GPUBuffer; weight: GPUBuffer },
): Promise<Routing> {
  const sort = await groupSort(gpu, group, tokens, groups);
  return {
    list: sort.list,
    perHead: false,
    weight,
    look: async ({ router }, x, { start, count }) =>
      router
        ? [await route(gpu, { x, router, group, weight, rows: count, firstRow: start, width: dim, groups })]
        : [],
    route: async () => sort.dispatches,
    free: () => gpu.free(sort.counts, sort.list.queryRows, sort.list.list),
  };
}
