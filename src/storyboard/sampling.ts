import type { ModelConfig, Solver } from '../model/config.ts';
import type { Storyboard } from './document.ts';
import { draftSettings } from './draft.ts';
import type { FilmFields } from './store.ts';

/** What decides how a film is sampled, once the model has filled in what the storyboard leaves to it. */
export interface Sampling {
  solver: Solver;
  steps: number;
  /** 1: none. */
  guidance: number;
  /** Of so many steps the first is guided by a pass of its own; the others keep what it changed. */
  guidanceEvery: number;
  shift: number;
}

type SamplerConfig = ModelConfig['sampler'];
type SamplingFields = Pick<FilmFields, 'steps' | 'guidance' | 'guidanceEvery' | 'sampler' | 'shift'>;

/** Settings of a name. */
export interface Preset extends Sampling {
  name: string;
  /** Only for weights, or a LoRA, that were trained to make films in so few steps. */
  distilled?: boolean | undefined;
}

/** How the model samples where the storyboard says nothing. */
export function ownSampling({
  solver = 'euler',
  shift,
  guidance_every: guidanceEvery = 1,
}: SamplerConfig): Pick<Sampling, 'solver' | 'shift' | 'guidanceEvery'> {
  return { solver, shift, guidanceEvery };
}

/** How a film is sampled. */
export function samplingOf(
  { steps, guidance, guidanceEvery, sampler, shift }: Pick<Storyboard, keyof SamplingFields>,
  model: SamplerConfig,
): Sampling {
  const own = ownSampling(model);
  return {
    solver: sampler ?? own.solver,
    steps,
    guidance,
    guidanceEvery: guidanceEvery ?? own.guidanceEvery,
    shift: shift ?? own.shift,
  };
}

/** Settings that suit the model. A model that names none has its own, and those of the studio's drafts. */
export function presetsOf(model: SamplerConfig): readonly Preset[] {
  const { steps, cfg: guidance } = model;
  const own = ownSampling(model);
  return (
    model.presets?.map(
      ({ name, solver, steps, guidance, guidance_every: every, shift, distilled }): Preset => ({
        ...{ name, solver, steps, guidance, shift, distilled },
        guidanceEvery: every ?? own.guidanceEvery,
      }),
    ) ?? [
      { name: 'Film', ...own, steps, guidance },
      { name: 'Draft', ...own, ...draftSettings },
    ]
  );
}

/** The preset that a film is sampled as; null where the person has settings of their own. */
export function presetOf(sampling: Sampling, model: SamplerConfig): Preset | null {
  const keys = ['solver', 'steps', 'guidance', 'shift'] as const;
  return (
    presetsOf(model).find(
      (preset) =>
        keys.every((key) => preset[key] === sampling[key]) &&
        (sampling.guidance === 1 || preset.guidanceEvery === sampling.guidanceEvery),
    ) ?? null
  );
}

/** What a storyboard is set to for a preset. What the model does by itself is left to it. */
export function fieldsOf(
  { solver, steps, guidance, guidanceEvery, shift }: Sampling,
  model: SamplerConfig,
): Required<SamplingFields> {
  const own = ownSampling(model);
  return {
    steps,
    guidance,
    guidanceEvery: guidanceEvery === own.guidanceEvery ? undefined : guidanceEvery,
    sampler: solver === own.solver ? undefined : solver,
    shift: shift === own.shift ? undefined : shift,
  };
}

/** A preset in words: "Film: 50 steps, guidance 6"; "Fast: 50 steps, guided 1 in 4" where the model would guide more. */
export function presetWords(
  { name, steps, guidance, guidanceEvery }: Pick<Preset, 'name' | 'steps' | 'guidance' | 'guidanceEvery'>,
  model: SamplerConfig,
): string {
  let guided = `guidance ${guidance}`;
  if (guidance === 1) guided = 'no guidance';
  else if (guidanceEvery !== ownSampling(model).guidanceEvery)
    guided = guidanceEvery === 1 ? 'guided in each' : `guided 1 in ${guidanceEvery}`;
  return `${name}: ${steps} steps, ${guided}`;
}

/** "2nd" and so on, to 8. */
export function ordinal(number: number): string {
  return `${number}${{ 2: 'nd', 3: 'rd' }[number] ?? 'th'}`;
}
