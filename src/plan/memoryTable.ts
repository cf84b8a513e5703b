import type { ModelConfig } from '../model/config.ts';
import { filmBytes } from './filmMemory.ts';
import { latentFramesOf, planEvenFilm } from './geometry.ts';
import { type AdapterLimits, planFor } from './index.ts';
import { type AttentionMode, attentionFor } from './routing.ts';
import { routingBytes } from './routingMemory.ts';
import { planWeights, storedWeightBytes, type WeightPlan } from './weightMemory.ts';

const gibibyte = 2 ** 30;
/** Share of an adapter's memory that the studio counts on; the rest is the screen's and the driver's. */
const usableShare = 0.9;
/** What desktop GPUs allow a binding and a dispatch. */
const desktop: AdapterLimits = { bindingBytes: 2 ** 32 - 4, dispatchFlops: 2e11 };
/** Share of it that decoding may take: a decoder goes through the film in smaller chunks with less. */
const decodeShare = 1 / 8;
/** Queries of a tile there. */
const tile = 64;

/** A film whose memory is planned. */
export interface MemoryCase {
  model: ModelConfig;
  width: number;
  height: number;
  fps: number;
  seconds: number;
  attention: AttentionMode;
}

/** Memory that a film takes beside weights, with guidance, on an adapter of so many bytes. */
function workingBytes(
  { model, width, height, fps, seconds, attention }: MemoryCase,
  adapterBytes: number,
): { bytes: number; largest: number } {
  const frames = latentFramesOf(seconds, fps, model.ae.temporal);
  const geometry = planEvenFilm({ width, height, fps }, frames, 1, model);
  const plan = planFor(geometry, model, { ...desktop, decodeBytes: decodeShare * adapterBytes });
  const routed = routingBytes(attentionFor(attention, model.dit), geometry, model.dit, tile);
  return {
    bytes: filmBytes(plan, model, [model.dit.text_len, model.dit.text_len]) + routed,
    largest: plan.largestBuffer,
  };
}

/** How a film's weights are kept on an adapter of so many bytes; null where the film does not fit. */
export function planMemory(film: MemoryCase, adapterBytes: number): WeightPlan | null {
  const { bytes, largest } = workingBytes(film, adapterBytes);
  if (largest > desktop.bindingBytes) return null;
  return planWeights(film.model.dit, usableShare * adapterBytes - bytes);
}

/** Seconds of the longest film of this kind that fits, in whole seconds; 0 where none does. */
export function longestSeconds(film: MemoryCase, adapterBytes: number): number {
  let fits = 0;
  let tooLong = 600;
  while (tooLong - fits > 1) {
    const seconds = Math.floor((fits + tooLong) / 2);
    if (planMemory({ ...film, seconds }, adapterBytes)) fits = seconds;
    else tooLong = seconds;
  }
  return fits;
}

/** Memory plan of films of several lengths on adapters of several sizes (GiB), one row a film. */
export function memoryTable(films: readonly MemoryCase[], adapters: readonly number[]): string[][] {
  const gib = (bytes: number): string => (bytes / gibibyte).toFixed(1);
  return [
    [
      'film',
      `working on ${adapters[0]} GiB`,
      'f16',
      'int8',
      'int4',
      'two f16 blocks',
      ...adapters.map((size) => `on ${size} GiB`),
    ],
    ...films.map((film) => {
      const { dit } = film.model;
      const weights = (
        format: 'f16' | 'int8' | 'int4',
        storage: WeightPlan['storage'] = 'resident',
      ): string => gib(storedWeightBytes(dit, { format, storage }));
      return [
        `${film.model.model} ${film.width}x${film.height} ${film.seconds} s`,
        gib(workingBytes(film, (adapters[0] ?? 0) * gibibyte).bytes),
        weights('f16'),
        weights('int8'),
        weights('int4'),
        weights('f16', 'streamed'),
        ...adapters.map((size) => {
          const plan = planMemory(film, size * gibibyte);
          if (plan) return `${plan.format} ${plan.storage}`;
          const seconds = longestSeconds(film, size * gibibyte);
          return seconds > 0 ? `no: up to ${seconds} s` : 'no';
        }),
      ];
    }),
  ];
}
