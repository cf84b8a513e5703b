import { expect, it } from 'vitest';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { planFilm } from '../plan/index.ts';
import { attentionModes } from '../plan/routing.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { filmJob } from './filmJob.ts';

const config = publishedWanConfig('wan2.1-1.3b');
const prompts = { prompts: [Uint32Array.of(1)], negative: Uint32Array.of(2) };

function jobOf(fields: Partial<Storyboard>) {
  const storyboard = validateStoryboard({
    format: 'shotweave/storyboard',
    version: 1,
    model: 'wan2.1-1.3b',
    width: 832,
    height: 480,
    fps: 16,
    steps: 12,
    guidance: 4,
    seed: 3,
    attention: 'dense',
    shots: [
      { id: 'a', prompt: 'a cat', seconds: 1 },
      { id: 'b', prompt: 'a dog', seconds: 1, seed: 8 },
    ],
    ...fields,
  });
  const plan = planFilm(storyboard, config, { bindingBytes: 2 ** 30, dispatchFlops: 2 ** 40 });
  return filmJob(storyboard, plan, prompts, config);
}

it.each(attentionModes)('asks the engine for %s attention', (attention) => {
  expect(jobOf({ attention }).attention).toBe(attention);
});

it('asks for the steps, guidance and seeds of the storyboard', () => {
  const { steps, guidance, seeds, plan } = jobOf({});
  expect({ steps, guidance }).toEqual({ steps: 12, guidance: 4 });
  expect(seeds[1]).toBe(8);
  expect(seeds).toHaveLength(plan.geometry.shots.length);
});

it('asks for the sampler and the shift of the storyboard, and else leaves the shift to the model', () => {
  expect(jobOf({}).solver).toBe('unipc');
  expect(jobOf({})).not.toHaveProperty('shift');
  expect(jobOf({ sampler: 'euler', shift: 3 })).toMatchObject({ solver: 'euler', shift: 3 });
});
