import type { ModelConfig } from '../model/config.ts';
import { filmBytes } from './filmMemory.ts';
import { planEvenFilm } from './geometry.ts';
import { type AdapterLimits, type FilmPlan, planFor } from './index.ts';
import { type AttentionMode, attentionFor } from './routing.ts';
import { routingBytes } from './routingMemory.ts';
import { textStageBytes } from './textMemory.ts';
import { type PackedFormat, planWeights, type WeightPlan } from './weightMemory.ts';

const gibibyte = 2 ** 30;
/** GiB that a GPU is taken to have until the person says otherwise: WebGPU tells of no memory. */
export const usualMemory = 8;
/** Share of a GPU's memory that the studio counts on; the rest is the screen's and the driver's. */
const usableShare = 0.9;
/** Share of a GPU's memory that decoding may take: a decoder goes through the film in smaller pieces with less. */
const decodeShare = 1 / 8;
/** Queries of a tile in routed attention. */
const tile = 64;

/** What the person says of their GPU's memory, and wants of a model's weights. */
export interface MemoryWish {
  /** GiB; null: not said. */
  memory: number | null;
  weights: PackedFormat | 'auto';
}

/** Bytes that films may take on a GPU. */
export function roomOf({ memory }: Pick<MemoryWish, 'memory'>): number {
  return usableShare * (memory ?? usualMemory) * gibibyte;
}

/** Bytes that decoding may take of a GPU's memory. */
export function decodeRoomOf({ memory }: Pick<MemoryWish, 'memory'>): number {
  return decodeShare * (memory ?? usualMemory) * gibibyte;
}

/** What a model has on the GPU. */
export interface ModelMemory {
  config: ModelConfig;
  /** Bytes of the weights that are kept in one way only: all of a built-in model's, a Wan model's decoder. */
  fixedBytes: number;
  /** Whether the transformer's weights, and a streamed text encoder's, can be kept in several formats. */
  choice: boolean;
}

/** What of a film its memory depends on beside its plan. */
export interface FilmTexts {
  attention: AttentionMode;
  /** Rows of text in every pass of a step: of all prompts, and with guidance of the negative prompt. */
  promptRows: readonly number[];
}

/** How a model's weights are kept for a film. */
export interface ChosenWeights {
  dit: WeightPlan;
  /** A layer at a time is on the GPU: with few bits where the person wants few. */
  text: PackedFormat;
}

/** What a film takes on the GPU. */
export interface FilmBudget {
  /** null where a model leaves no choice. */
  weights: ChosenWeights | null;
  /** At the worst moment, weights included. */
  bytes: number;
}

/** How a model's text encoder is kept: f16 unless the person wants fewer bits. */
function textFormat(weights: MemoryWish['weights']): PackedFormat {
  return weights === 'int8' || weights === 'int4' ? 'int8' : 'f16';
}

/**
 * How a film and its model fit into `room` bytes; null where they do not, in no way of keeping the weights that the
 * person allows.
 */
export function budgetFilm(
  plan: FilmPlan,
  model: ModelMemory,
  { attention, promptRows }: FilmTexts,
  wish: MemoryWish['weights'],
  { room, bindingBytes }: { room: number; bindingBytes: number },
): FilmBudget | null {
  if (plan.largestBuffer > bindingBytes) return null;
  const { config, fixedBytes, choice } = model;
  const rows = promptRows.reduce((sum, count) => sum + count, 0);
  const text = textFormat(wish);
  const film =
    filmBytes(plan, config, promptRows) +
    routingBytes(attentionFor(attention, config.dit), plan.geometry, config.dit, tile);
  // Prompts are encoded before the film takes its memory.
  const working = fixedBytes + Math.max(film, textStageBytes(config.text_encoder, text, rows));
  if (!choice) return working <= room ? { weights: null, bytes: working } : null;
  const dit = planWeights(config.dit, room - working, { format: wish, bindingBytes });
  return dit && { weights: { dit, text }, bytes: working + dit.bytes };
}

/** Latent frames of the longest film like `plan` that fits, cut into one shot; 0 where none does. */
export function longestFilm(
  plan: FilmPlan,
  model: ModelMemory,
  texts: FilmTexts,
  wish: MemoryWish['weights'],
  limits: AdapterLimits & { room: number },
  most = plan.geometry.latent.frames,
): number {
  const { width, height, fps } = plan.geometry;
  const fits = (frames: number): boolean => {
    const geometry = planEvenFilm({ width, height, fps }, frames, 1, model.config);
    return budgetFilm(planFor(geometry, model.config, limits), model, texts, wish, limits) !== null;
  };
  let longest = 0;
  let tooLong = most + 1;
  while (tooLong - longest > 1) {
    const frames = Math.floor((longest + tooLong) / 2);
    if (fits(frames)) longest = frames;
    else tooLong = frames;
  }
  return longest;
}
