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
  expect(motions?.[0]).toEqual({ camera: { right: 0.03, down: 0, nearer: 0 }, subject: null });
  expect(motions?.[1]).toBeNull();
  expect(motions?.[2]?.camera?.down).toBeCloseTo(0.1 / 16, 12);
  expect(motions?.[2]?.camera?.nearer).toBeCloseTo(0.2 / 16, 12);
  expect(jobOf({ shots }).motions).toEqual([null, null, null]);
});

it('sends subjects that move by themselves through the middle of the picture, and along with the camera', () => {
  const camera = {
    reach: 4,
    moves: [
      { name: 'pan left', verbs: ['pan'], goals: ['left'], right: 0.12, down: 0, nearer: 0, seconds: 9 },
    ],
  };
  const carry = { colours: ['red'], subjects: [['cat'], ['dog']] };
  const shape = { y: 0.6, width: 0.1, height: 0.2 };
  const ways = {
    ...{ reach: 5, not_behind: [], not_before: [], ends: [], unsaid: 'medium' },
    ways: [
      { name: 'left', verbs: ['runs'], goals: ['left'], right: -1, down: 0 },
      { name: 'up', verbs: ['rises'], goals: [], right: 0, down: -1 },
    ],
    sizes: [
      {
        ...{ name: 'medium', phrases: ['mid shot'], across: 0.2, most_across: 0.4, up: 0.1, most_up: 0.4 },
        shapes: [shape, { ...shape, y: 0.4 }],
      },
    ],
  };
  const asked = { seed: null, locked: false };
  const shots = [
    { id: 'a', prompt: 'a cat runs left, pan left', seconds: 2, ...asked },
    { id: 'b', prompt: 'it sleeps', seconds: 1, ...asked },
    { id: 'c', prompt: 'it rises', seconds: 8, ...asked },
  ];
  const { motions, plan } = jobOf({ shots }, { ...wan, camera, carry, ways });
  const [first, , last] = plan.geometry.shots.map(({ latent }) => latent.count);
  // Four latent frames a second.
  const { x, ...rest } = motions?.[0]?.subject ?? { x: 0 };
  expect(rest).toEqual({ ...shape, right: -0.05 + 0.03, down: 0 });
  expect(x).toBeCloseTo(0.5 + (0.05 * ((first ?? 0) - 1)) / 2, 12);
  expect(motions?.[1]).toBeNull();
  expect(motions?.[2]?.camera).toBeNull();
  // As far as in four seconds.
  expect(motions?.[2]?.subject?.down).toBeCloseTo(-0.4 / 8 / 4, 12);
  expect(motions?.[2]?.subject?.y).toBeCloseTo(0.6 + ((0.4 / 8 / 4) * ((last ?? 0) - 1)) / 2, 12);
});
