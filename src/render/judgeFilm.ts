import { wanTitleOf } from '../model/wanConfig.ts';
import {
  budgetFilm,
  type FilmBudget,
  type FilmTexts,
  longestFilm,
  type MemoryWish,
  usualMemory,
} from '../plan/filmBudget.ts';
import { type AdapterLimits, type FilmPlan, planFilm } from '../plan/index.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { type EncodedPrompts, encodePrompts, promptRowsOf } from './encodePrompts.ts';
import type { ModelFacts } from './modelFiles.ts';

/** What there is to make films in. */
export interface FilmMemory {
  limits: AdapterLimits;
  /** Bytes that films may take. */
  room: number;
  wish: MemoryWish;
}

/** A film as far as it is known before it is made. */
export interface JudgedFilm {
  plan: FilmPlan;
  prompts: EncodedPrompts;
  /** null where the film does not fit. */
  budget: FilmBudget | null;
  /** Bytes that it takes on the GPU, or would take. */
  gpuBytes: number;
  /** A sentence when the film cannot be made here, with the longest that could; else null. */
  refusal: string | null;
}

/** Plans a film and says whether it fits. Throws `storyboard-invalid` when the model cannot make pictures of that size. */
export function judgeFilm(storyboard: Storyboard, facts: ModelFacts, memory: FilmMemory): JudgedFilm {
  const { limits, room, wish } = memory;
  const plan = planFilm(storyboard, facts.config, limits);
  const prompts = encodePrompts(storyboard, facts);
  const texts = { attention: storyboard.attention, promptRows: promptRowsOf(storyboard, prompts) };
  const { bindingBytes } = limits;
  const budget = budgetFilm(plan, facts, texts, wish.weights, { room, bindingBytes });
  const endless = { room: Number.POSITIVE_INFINITY, bindingBytes: Number.POSITIVE_INFINITY };
  const wanted = budget ?? budgetFilm(plan, facts, texts, wish.weights, endless);
  return {
    plan,
    prompts,
    budget,
    gpuBytes: wanted?.bytes ?? 0,
    refusal: budget ? null : refusalOf(plan, facts, texts, memory),
  };
}

function refusalOf(plan: FilmPlan, facts: ModelFacts, texts: FilmTexts, memory: FilmMemory): string {
  const { limits, room, wish } = memory;
  const { width, height, fps } = plan.geometry;
  const size = `${width}x${height}`;
  const frames = longestFilm(plan, facts, texts, wish.weights, { ...limits, room });
  const seconds = ((frames * facts.config.ae.temporal) / fps).toFixed(1);
  if (plan.largestBuffer > limits.bindingBytes) {
    return frames > 0
      ? `This film does not fit on this GPU: at ${size} it holds at most ${seconds} seconds, so shorten the film or choose a smaller size.`
      : `Pictures of ${size} are too large for this GPU: choose a smaller size.`;
  }
  const gigabytes = wish.memory ?? usualMemory;
  const there =
    wish.memory === null ? `the ${gigabytes} GB that this GPU is taken to have` : `${gigabytes} GB`;
  const otherwise = wish.weights === 'auto' ? '' : ', let the weights be chosen automatically';
  return frames > 0
    ? `This film does not fit into ${there}: at ${size} it holds at most ${seconds} seconds, so shorten the film, choose a smaller size${otherwise}, or set the GPU memory under Models.`
    : `${wanTitleOf(facts.name)} at ${size} does not fit into ${there}: choose a smaller size or model${otherwise}, or set the GPU memory under Models.`;
}
