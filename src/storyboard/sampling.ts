import type { ModelConfig, SamplerPreset, Solver } from '../model/config.ts';
import type { Storyboard } from './document.ts';
import { draftSettings } from './draft.ts';
import { starterStoryboard } from './starter.ts';
import type { FilmFields } from './store.ts';

/** What decides how a film is sampled, once the model has filled in what the storyboard leaves to it. */
export interface Sampling {
  solver: Solver;
  steps: number;
  /** 1: none. */
  guidance: number;
  shift: number;
}

type SamplerConfig = ModelConfig['sampler'];
type SamplingFields = Pick<FilmFields, 'steps' | 'guidance' | 'sampler' | 'shift'>;

/** How the model samples where the storyboard says nothing. */
export function ownSampling({ solver = 'euler', shift }: SamplerConfig): Pick<Sampling, 'solver' | 'shift'> {
  return { solver, shift };
}

/** How a film is sampled. */
export function samplingOf(
  { steps, guidance, sampler, shift }: Pick<Storyboard, 'steps' | 'guidance' | 'sampler' | 'shift'>,
  model: SamplerConfig,
): Sampling {
  const own = ownSampling(model);
  return { solver: sampler ?? own.solver, steps, guidance, shift: shift ?? own.shift };
}

/** Settings that suit the model. A model that names none has those of the studio's films and drafts. */
export function presetsOf(model: SamplerConfig): readonly SamplerPreset[] {
  const { steps, guidance } = starterStoryboard();
  const own = ownSampling(model);
  return (
    model.presets ?? [
      { name: 'Film', ...own, steps, guidance },
      { name: 'Draft', ...own, ...draftSettings },
    ]
  );
}

/** The preset that a film is sampled as; null where the person has settings of their own. */
export function presetOf(sampling: Sampling, model: SamplerConfig): SamplerPreset | null {
  const keys = ['solver', 'steps', 'guidance', 'shift'] as const;
  return presetsOf(model).find((preset) => keys.every((key) => preset[key] === sampling[key])) ?? null;
}

/** What a storyboard is set to for a preset. What the model does by itself is left to it. */
export function fieldsOf(
  { solver, steps, guidance, shift }: Sampling,
  model: SamplerConfig,
): Required<SamplingFields> {
  const own = ownSampling(model);
  return {
    steps,
    guidance,
    sampler: solver === own.solver ? undefined : solver,
    shift: shift === own.shift ? undefined : shift,
  };
}

/** A preset in words: "Film: 50 steps, guidance 6". */
export function presetWords({ name, steps, guidance }: Pick<SamplerPreset, 'name' | 'steps' | 'guidance'>) {
  return `${name}: ${steps} steps, ${guidance === 1 ? 'no guidance' : `guidance ${guidance}`}`;
}
