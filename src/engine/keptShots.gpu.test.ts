import { beforeAll, expect, it } from 'vitest';
import { type FilmJob, generateFilm } from './generate.ts';
import { Runner } from './gpu/runner.ts';
import type { KeptShot } from './keptShots.ts';
import type { Model } from './model.ts';
import { testGpu } from './testing/device.ts';
import { papercutFiles } from './testing/papercut.ts';
import { loadPapercut, planTinyFilm, tinyJob } from './testing/tinyFilm.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

let model: Model;
beforeAll(async () => {
  model = await loadPapercut(gpu, await papercutFiles());
});

interface MadeFilm {
  /** Frames of every shot. */
  shots: Uint8ClampedArray[][];
  latents: Float32Array<ArrayBuffer>;
}

async function make(job: FilmJob): Promise<MadeFilm> {
  const frames: Uint8ClampedArray[] = [];
  let latents: Float32Array<ArrayBuffer> | null = null;
  await generateFilm(gpu, runner, model, job, async (event) => {
    if (event.type === 'step') latents = await event.latents();
    if (event.type === 'frames') {
      expect(event.first).toBe(frames.length);
      frames.push(...event.frames);
    }
  });
  if (!latents) throw new Error('the film took no step');
  const { geometry } = job.plan;
  expect(frames.length).toBe(geometry.frames);
  return {
    shots: geometry.shots.map(({ frames: { start, count } }) => frames.slice(start, start + count)),
    latents,
  };
}

const changed = { prompts: [3, 9, 5].map((id) => Uint32Array.of(id, 90, 2)), seeds: [7, 8, 9] };

it('leaves the frames of kept shots as they were, to the bit, and makes the others anew beside them', async () => {
  const plan = planTinyFilm(gpu, model, [2, 5, 3]);
  const before = await make(tinyJob(plan, model));
  const kept = [0, 2].map((index): KeptShot => {
    const at = plan.geometry.shots[index]?.latent ?? { start: 0, count: 0 };
    return { at, film: before.latents, from: at.start };
  });
  const after = await make(tinyJob(plan, model, { ...changed, kept }));
  expect(after.shots[0]).toEqual(before.shots[0]);
  expect(after.shots[2]).toEqual(before.shots[2]);
  expect(after.shots[1]).not.toEqual(before.shots[1]);

  const alone = await make(tinyJob(plan, model, changed));
  expect(after.shots[1]).not.toEqual(alone.shots[1]);
});

it('keeps a shot that has moved to another place', async () => {
  const before = await make(tinyJob(planTinyFilm(gpu, model, [2, 6]), model));
  const plan = planTinyFilm(gpu, model, [3, 1, 6]);
  const at = plan.geometry.shots[2]?.latent ?? { start: 0, count: 0 };
  const after = await make(
    tinyJob(plan, model, { ...changed, kept: [{ at, film: before.latents, from: 2 }] }),
  );
  expect(after.shots[2]).toEqual(before.shots[1]);
});
