import { z } from 'zod';
import type { AdapterFacts } from '../device.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type Dropped, noPicks, type Picks } from './choices.ts';
import { type TuneOptions, tune } from './tuner.ts';
import { type KernelFeatures, kernelNames } from './variants.ts';

/** Rises when kernels or their checks change, so that adapters are measured anew. */
const kernelsVersion = 5;

/** Where picks outlive the page: a database in a browser, a file or just memory in Node. */
export interface TuningCache {
  load(key: string): Promise<unknown>;
  save(key: string, picks: Picks): Promise<void>;
}

const picksSchema = z.object({
  precision: z.enum(['f32', 'f16']),
  variants: z.record(z.string(), z.string()),
  dropped: z.array(z.object({ kernel: z.enum(kernelNames), variant: z.string(), reason: z.string() })),
});

/** A cache for one session. */
export function memoryCache(): TuningCache {
  const kept = new Map<string, Picks>();
  return {
    load: async (key) => kept.get(key),
    save: async (key, picks) => {
      kept.set(key, picks);
    },
  };
}

/** What picks are kept under: they hold for one adapter with one set of features and one version of the kernels. */
export function tuningKey(
  { vendor, architecture, description }: AdapterFacts,
  features: KernelFeatures,
): string {
  return JSON.stringify([kernelsVersion, vendor, architecture, description, features]);
}

/** Makes the kernels follow picks, and the adapter's facts say so. */
function use(gpu: Gpu, adapter: AdapterFacts, picks: Picks): void {
  gpu.choices.apply(picks);
  adapter.precision = picks.precision;
  adapter.kernels = picks;
}

/** What the variants are kept under that were being tried when a device was lost. */
function lossesKey(adapter: AdapterFacts, features: KernelFeatures): string {
  return `${tuningKey(adapter, features)} losses`;
}

/** Picks that are kept under a key. A cache that cannot be read only means that the adapter is measured again. */
async function load(cache: TuningCache, key: string): Promise<Picks | null> {
  const kept = await cache.load(key).catch(() => undefined);
  return picksSchema.safeParse(kept).data ?? null;
}

/** Applies picks of an earlier session; false where there are none. */
export async function recallPicks(gpu: Gpu, adapter: AdapterFacts, cache: TuningCache): Promise<boolean> {
  const picks = await load(cache, tuningKey(adapter, gpu.choices.features));
  if (!picks) return false;
  use(gpu, adapter, picks);
  return true;
}

/**
 * Makes sure that every kernel's variant is picked and checked on this adapter: once for each adapter and version of
 * the kernels, and then from the cache, so that the same adapter goes on giving the same film. A variant that loses
 * the device is left out the next time. Rejects with what `tune` throws.
 */
export async function ensureTuned(
  gpu: Gpu,
  adapter: AdapterFacts,
  cache: TuningCache,
  options: TuneOptions = {},
): Promise<void> {
  if (await recallPicks(gpu, adapter, cache)) return;
  const { features } = gpu.choices;
  const losses = lossesKey(adapter, features);
  const leftOut = (await load(cache, losses))?.dropped ?? [];
  // Where nothing can be kept, the next session measures again.
  const keep = (key: string, picks: Picks): Promise<void> => cache.save(key, picks).catch(() => undefined);
  const onLost = (tried: Dropped): Promise<void> =>
    keep(losses, { ...noPicks, dropped: [...leftOut, tried] });
  const picks = await tune(gpu, { ...options, leftOut, onLost });
  use(gpu, adapter, picks);
  await keep(tuningKey(adapter, features), picks);
}
