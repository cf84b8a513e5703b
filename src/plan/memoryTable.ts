import type { ModelConfig } from '../model/config.ts';
import {
  budgetFilm,
  decodeRoomOf,
  type FilmBudget,
  longestFilm,
  type ModelMemory,
  roomOf,
} from './filmBudget.ts';
import { latentFramesOf, planEvenFilm } from './geometry.ts';
import { type AdapterLimits, type FilmPlan, planFor } from './index.ts';
import type { AttentionMode } from './routing.ts';
import { storedWeightBytes, type WeightPlan } from './weightMemory.ts';

const gibibyte = 2 ** 30;
/** What desktop GPUs allow a binding and a dispatch. */
const desktop: AdapterLimits = { bindingBytes: 2 ** 32 - 4, dispatchFlops: 5e10 };
/** Films are looked for up to so many seconds. */
const mostSeconds = 600;

/** A film whose memory is planned. */
export interface MemoryCase {
  model: ModelConfig;
  width: number;
  height: number;
  fps: number;
  seconds: number;
  attention: AttentionMode;
}

interface PlannedCase {
  plan: FilmPlan;
  model: ModelMemory;
  texts: { attention: AttentionMode; promptRows: readonly number[] };
  limits: AdapterLimits & { room: number };
}

/** A film with guidance and full prompts on an adapter of so many GiB. */
function planCase(
  { model, width, height, fps, seconds, attention }: MemoryCase,
  memory: number,
): PlannedCase {
  const frames = latentFramesOf(seconds, fps, model.ae.temporal);
  const geometry = planEvenFilm({ width, height, fps }, frames, 1, model);
  const limits = { ...desktop, decodeBytes: decodeRoomOf({ memory }), room: roomOf({ memory }) };
  const rows = model.dit.text_len;
  return {
    plan: planFor(geometry, model, limits),
    // The light decoder's weights: 11 million values.
    model: { config: model, fixedBytes: 45e6, choice: true },
    texts: { attention, promptRows: [rows, rows] },
    limits,
  };
}

/** What a film takes on an adapter of so many GiB; null where it does not fit. */
export function planMemory(film: MemoryCase, memory: number): FilmBudget | null {
  const { plan, model, texts, limits } = planCase(film, memory);
  return budgetFilm(plan, model, texts, 'auto', limits);
}

/** Seconds of the longest film of this kind that fits, in whole seconds; 0 where none does. */
export function longestSeconds(film: MemoryCase, memory: number): number {
  const { plan, model, texts, limits } = planCase(film, memory);
  const most = latentFramesOf(mostSeconds, film.fps, film.model.ae.temporal);
  const frames = longestFilm(plan, model, texts, 'auto', limits, most);
  return Math.floor((frames * film.model.ae.temporal) / film.fps);
}

/** GiB that a film takes beside the transformer's weights. */
function workingBytes(film: MemoryCase, memory: number): number {
  const { plan, model, texts, limits } = planCase(film, memory);
  const unbounded = { ...limits, room: Number.POSITIVE_INFINITY, bindingBytes: Number.POSITIVE_INFINITY };
  const budget = budgetFilm(plan, model, texts, 'auto', unbounded);
  return budget ? budget.bytes - (budget.weights?.dit.bytes ?? 0) : 0;
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
        gib(workingBytes(film, adapters[0] ?? 0)),
        weights('f16'),
        weights('int8'),
        weights('int4'),
        weights('f16', 'streamed'),
        ...adapters.map((size) => {
          const dit = planMemory(film, size)?.weights?.dit;
          if (dit) return `${dit.format} ${dit.storage}`;
          const seconds = longestSeconds(film, size);
          return seconds > 0 ? `no: up to ${seconds} s` : 'no';
        }),
      ];
    }),
  ];
}
