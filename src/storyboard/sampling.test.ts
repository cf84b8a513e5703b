import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../model/config.ts';
import { publishedWanConfig, wanModels } from '../model/wanConfig.ts';
import { storyboardSchema } from './document.ts';
import { draftOf } from './draft.ts';
import { fieldsOf, ownSampling, presetOf, presetsOf, presetWords, samplingOf } from './sampling.ts';
import { starterStoryboard } from './starter.ts';

const wan = publishedWanConfig('wan2.1-14b').sampler;
/** As in Papercut's config.json. */
const papercut = { steps: 20, cfg: 3.5, shift: 3, guidance_every: 2 };
const models = [...wanModels.map((name) => publishedWanConfig(name).sampler), papercut];

describe('samplingOf', () => {
  it('leaves to the model what the storyboard does not say', () => {
    const film = { ...starterStoryboard(), steps: 50, guidance: 5 };
    expect(samplingOf(film, wan)).toEqual({
      ...{ solver: 'unipc', steps: 50, guidance: 5, shift: 5 },
      guidanceEvery: 1,
    });
    expect(samplingOf(film, papercut)).toMatchObject({ solver: 'euler', shift: 3, guidanceEvery: 2 });
    expect(samplingOf({ ...film, guidanceEvery: 4 }, papercut).guidanceEvery).toBe(4);
    expect(samplingOf({ ...film, sampler: 'euler', shift: 7 }, wan)).toMatchObject({
      solver: 'euler',
      shift: 7,
    });
  });
});

describe('presets', () => {
  it.each(models)('are storyboards as the schema has them, and are found again', (model) => {
    for (const preset of presetsOf(model)) {
      const film = { ...starterStoryboard(), ...fieldsOf(preset, model) };
      expect(storyboardSchema.safeParse(film).success).toBe(true);
      expect(presetOf(samplingOf(film, model), model)).toEqual(preset);
    }
  });

  it('leave to the model what it does by itself, and set the rest', () => {
    const [film, fast] = presetsOf(wan);
    expect(film && fieldsOf(film, wan)).toEqual({
      steps: 50,
      guidance: 5,
      guidanceEvery: undefined,
      sampler: undefined,
      shift: undefined,
    });
    expect(fast && fieldsOf(fast, wan)).toEqual({
      steps: 4,
      guidance: 1,
      guidanceEvery: undefined,
      sampler: 'euler',
      shift: undefined,
    });
    const [, fastOf13] = presetsOf(publishedWanConfig('wan2.1-1.3b').sampler);
    expect(fastOf13 && fieldsOf(fastOf13, publishedWanConfig('wan2.1-1.3b').sampler).shift).toBe(5);
  });

  it('say of Wan that few steps are for weights that were trained to them', () => {
    const distilled = presetsOf(wan).map((preset) => [preset.steps, preset.distilled ?? false]);
    expect(distilled).toEqual([
      [50, false],
      [4, true],
      [8, true],
    ]);
  });

  it('of a model that names none are its own settings and a draft', () => {
    const model = 'mine';
    const own = { ...starterStoryboard(), model, steps: papercut.steps, guidance: papercut.cfg };
    const [film, draft] = presetsOf(papercut);
    expect(presetOf(samplingOf(own, papercut), papercut)).toEqual(film);
    expect(presetOf(samplingOf(draftOf(own), papercut), papercut)).toEqual(draft);
  });

  it("of the first film is the first of the built-in model's", () => {
    const { sampler } = parseModelConfig(
      JSON.parse(readFileSync(new URL('../../public/models/papercut/config.json', import.meta.url), 'utf8')),
    );
    const starter = starterStoryboard();
    expect(presetOf(samplingOf(starter, sampler), sampler)).toEqual(presetsOf(sampler)[0]);
    expect(presetOf(samplingOf(draftOf(starter), sampler), sampler)?.name).toBe('Draft');
  });

  it('tell apart films that are guided more or less often', () => {
    const film = { name: 'Film', solver: 'euler', steps: 20, guidance: 3.5, shift: 3 } as const;
    const model = { ...papercut, presets: [film, { ...film, name: 'Fast', guidance_every: 4 }] };
    const starter = { ...starterStoryboard(), steps: 20, guidance: 3.5 };
    const nameOf = (guidanceEvery?: number) =>
      presetOf(samplingOf({ ...starter, guidanceEvery }, model), model)?.name;
    expect([nameOf(), nameOf(2), nameOf(4), nameOf(3)]).toEqual(['Film', 'Film', 'Fast', undefined]);
    expect(presetsOf(model).map((preset) => presetWords(preset, model))).toEqual([
      'Film: 20 steps, guidance 3.5',
      'Fast: 20 steps, guided 1 in 4',
    ]);
    const always = { name: 'Yours', steps: 20, guidance: 3.5, guidanceEvery: 1 };
    expect(presetWords(always, model)).toBe('Yours: 20 steps, guided in each');
  });

  it('are no longer what a film is sampled as once a number differs', () => {
    const own = { ...ownSampling(wan), steps: 50, guidance: 5.5 };
    expect(presetOf(own, wan)).toBeNull();
  });

  it('are named with their numbers', () => {
    expect(presetsOf(wan).map((preset) => presetWords(preset, wan))).toEqual([
      'Film: 50 steps, guidance 5',
      'Fast: 4 steps, no guidance',
      'Fast: 8 steps, no guidance',
    ]);
  });
});
