import { afterEach, expect, it } from 'vitest';
import type { FilmEvent } from '../engine/filmEvents.ts';
import { randomIntegers } from '../engine/testing/random.ts';
import { loadRouterRecord, loadUnfinishedRecord } from '../library/routerRecords.ts';
import { filmOf } from '../plan/testing.ts';
import { RouterRecorder } from './routerRecorder.ts';

// Three latent frames of two patches.
const geometry = filmOf(1, 2, [2, 1]);
const layers = 2;

afterEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('router', { recursive: true }).catch(() => undefined);
});

function start(steps: number, stepsDone: number): Promise<RouterRecorder> {
  return RouterRecorder.start({ fingerprint: 'film', geometry, steps, stepsDone, groups: 4 });
}

function choicesOf(step: number) {
  const values = layers * geometry.tokens;
  return {
    layers,
    tokens: geometry.tokens,
    groups: Uint8Array.from(randomIntegers(step, values, 4)),
    certainties: Uint8Array.from(randomIntegers(step + 50, values, 256)),
  };
}

async function play(recorder: RouterRecorder, first: number, last: number): Promise<FilmEvent[]> {
  const passed: FilmEvent[] = [];
  const listener = recorder.listen((event) => void passed.push(event));
  for (let step = first; step <= last; step++) {
    const choices = () => Promise.resolve(choicesOf(step));
    await listener({
      type: 'step',
      step,
      latents: () => Promise.resolve(new Float32Array()),
      state: null,
      choices,
    });
  }
  return passed;
}

it('records some of the steps, and passes all of them on', async () => {
  const recorder = await start(10, 0);
  expect(await play(recorder, 1, 10)).toHaveLength(10);
  await recorder.keep('boat.mp4');
  const record = await loadRouterRecord('boat.mp4');
  expect(record).toMatchObject({ ofSteps: 10, layers, groups: 4, grid: { frames: 3, rows: 1, columns: 2 } });
  expect(record?.steps.map(({ step }) => step)).toEqual([1, 4, 7, 10]);
  for (const { step, groups, quarters } of record?.steps ?? []) {
    const { groups: chosen, certainties } = choicesOf(step);
    expect(groups).toEqual(chosen);
    expect(quarters).toEqual(certainties.map((certainty) => Math.floor(certainty / 64)));
  }
});

it('goes on where an interrupted making stopped, to the same record', async () => {
  const whole = await start(10, 0);
  await play(whole, 1, 10);
  await whole.keep('whole.mp4');
  await whole.forget();

  await play(await start(10, 0), 1, 7);
  // The seventh step was recorded, but its checkpoint was not written any more.
  const resumed = await start(10, 6);
  await play(resumed, 7, 10);
  await resumed.keep('resumed.mp4');
  expect(await loadRouterRecord('resumed.mp4')).toEqual(await loadRouterRecord('whole.mp4'));
});

it('begins anew with a film that begins anew', async () => {
  await play(await start(10, 0), 1, 7);
  const anew = await start(10, 0);
  await play(anew, 1, 1);
  await anew.keep('anew.mp4');
  expect((await loadRouterRecord('anew.mp4'))?.steps.map(({ step }) => step)).toEqual([1]);
  await anew.forget();
  expect(await loadUnfinishedRecord('film')).toBeNull();
});

it('keeps nothing of a film whose tokens are not routed', async () => {
  const recorder = await start(2, 0);
  const listener = recorder.listen(() => undefined);
  const latents = () => Promise.resolve(new Float32Array());
  await listener({ type: 'step', step: 2, latents, state: null, choices: null });
  await recorder.keep('dense.mp4');
  expect(await loadRouterRecord('dense.mp4')).toBeNull();
});
