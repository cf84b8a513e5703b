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

it('shows the scenery that the seed of a film, or of a shot, stands for, where models have some', () => {
  expect(jobOf({})).not.toHaveProperty('sceneries');
  expect(jobOf({}, { ...wan, sceneries: 4 }).sceneries).toEqual([3, 0]);
  expect(jobOf({ seed: 6 }, { ...wan, sceneries: 4 }).sceneries).toEqual([2, 0]);
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

it('places subjects about the middle of the picture, and lets them go as prompts and the camera have it', () => {
  const camera = {
    reach: 4,
    moves: [
      { name: 'pan left', verbs: ['pan'], goals: ['left'], right: 0.12, down: 0, nearer: 0, seconds: 9 },
      { name: 'zoom in', verbs: ['zoom'], goals: ['in'], right: 0, down: 0, nearer: 0.08, seconds: 9 },
    ],
  };
  const carry = { colours: ['red'], subjects: [['cat'], ['dog']] };
  const shape = { y: 0.6, width: 0.1, height: 0.2 };
  const marks = {
    ...{ reach: 5, not_behind: [], not_before: [], ends: [], again: ['it'], unsaid: 'medium', upright: [] },
    ...{ aside: 0.1, under_camera: { pan: 1.5, zoom: 2 }, feet: 0.1 },
    ways: [
      { name: 'left', verbs: ['runs'], goals: ['left'], right: -1, down: 0 },
      { name: 'up', verbs: ['rises'], goals: [], right: 0, down: -1 },
    ],
    sizes: [
      {
        ...{ name: 'medium', phrases: ['mid shot'], across: 0.2, most_across: 0.4, up: 0.1, most_up: 0.4 },
        pictures: [
          { aspect: 1.7, shapes: [shape, { ...shape, y: 0.4 }], rising: [{ ...shape, y: 0.5 }, shape] },
        ],
      },
    ],
  };
  const asked = { seed: null, locked: false };
  const shots = [
    { id: 'a', prompt: 'a cat runs left, pan left', seconds: 2, ...asked },
    { id: 'b', prompt: 'it sleeps, zoom in', seconds: 1, ...asked },
    { id: 'c', prompt: 'it rises', seconds: 8, ...asked },
  ];
  const config = { ...wan, camera, carry, marks };
  const { marks: placed, plan } = jobOf({ shots }, config);
  const halves = plan.geometry.shots.map(({ latent }) => (latent.count - 1) / 2);
  const middles = placed?.map((mark, shot) => (mark ? mark.x + mark.right * (halves[shot] ?? 0) : -1)) ?? [];
  for (const x of middles) expect(Math.abs(x - 0.5)).toBeLessThan(0.1);
  expect(new Set(middles).size).toBe(3);
  const [run, sleep, rise] = placed ?? [];
  // Four latent frames a second.
  expect(run).toMatchObject({ y: 0.6, width: 0.1, height: 0.2, nearer: 0 });
  expect(run?.right).toBeCloseTo(-0.05 + 1.5 * 0.03, 12);
  expect(sleep).toMatchObject({ right: 0, nearer: 0.04 });
  expect(sleep?.down).toBeCloseTo(-0.004, 12);
  expect(sleep?.width).toBeCloseTo(0.1 * Math.exp(-0.04 * (halves[1] ?? 0)), 12);
  // As far as in four seconds.
  expect(rise?.down).toBeCloseTo(-0.4 / 8 / 4, 12);
  expect(rise?.y).toBeCloseTo(0.5 + (0.4 / 8 / 4) * (halves[2] ?? 0), 12);
  expect(jobOf({ shots }, config).marks).toEqual(placed);
  const place = { from: { x: -0.1, y: 0.5 }, to: { x: 0.7, y: 0.4 }, scale: 1.5 };
  const [own, ...others] =
    jobOf({ shots: shots.map((shot, i) => (i === 0 ? { ...shot, place } : shot)) }, config).marks ?? [];
  expect(others).toEqual(placed?.slice(1));
  expect(own).toMatchObject({ x: -0.1, y: 0.5, nearer: 0 });
  expect(own?.width).toBeCloseTo(0.15, 12);
  expect((own?.x ?? 0) + 2 * (halves[0] ?? 0) * (own?.right ?? 0)).toBeCloseTo(0.7, 12);
  expect((own?.y ?? 0) + 2 * (halves[0] ?? 0) * (own?.down ?? 0)).toBeCloseTo(0.4, 12);
  // What is left to chance stays, whatever becomes of the film around the shot.
  const reversed = jobOf({ shots: shots.toReversed(), seed: 4 }, config).marks?.toReversed();
  expect(reversed?.[0]).toEqual(run);
  const rerolled = jobOf({ shots: shots.map((shot) => ({ ...shot, seed: 9 })) }, config).marks;
  expect(rerolled?.[0]?.x).not.toBe(run?.x);
  expect(jobOf({ shots })).not.toHaveProperty('marks');
});
