import { expect, it } from 'vitest';
import type { ModelConfig } from '../model/config.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { planFilm } from '../plan/index.ts';
import { attentionModes } from '../plan/routing.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { filmJob } from './filmJob.ts';

const wan = publishedWanConfig('wan2.1-1.3b');
const prompts = { prompts: [Uint32Array.of(1)], negative: Uint32Array.of(2) };

function jobOf(fields: Partial<Storyboard>, config: ModelConfig = wan) {
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

it('moves the noise of shots whose prompts ask for it, by latent frames', () => {
  const camera = {
    reach: 4,
    moves: [
      { name: 'pan left', verbs: ['pan'], goals: ['left'], right: 0.12, down: 0, nearer: 0, seconds: 3 },
      { name: 'tilt up', verbs: ['tilt'], goals: ['up'], right: 0, down: 0.1, nearer: 0.2, seconds: 1 },
    ],
  };
  const asked = { seed: null, locked: false };
  const shots = [
    { id: 'a', prompt: 'a cat, pan left', seconds: 2, ...asked },
    { id: 'b', prompt: 'a dog', seconds: 1, ...asked },
    { id: 'c', prompt: 'tilt up', seconds: 4, ...asked },
  ];
  const { motions } = jobOf({ shots }, { ...wan, camera });
  // Four frames of sixteen a second; the last shot takes its time.
  expect(motions?.[0]).toEqual({ right: 0.03, down: 0, nearer: 0 });
  expect(motions?.[1]).toBeNull();
  expect(motions?.[2]?.down).toBeCloseTo(0.1 / 16, 12);
  expect(motions?.[2]?.nearer).toBeCloseTo(0.2 / 16, 12);
  expect(jobOf({ shots }).motions).toEqual([null, null, null]);
});
