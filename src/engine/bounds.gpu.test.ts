import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilmPlan } from '../plan/index.ts';
import { generateFilm } from './generate.ts';
import { Gpu } from './gpu/gpu.ts';
import { Runner } from './gpu/runner.ts';
import type { Model } from './model.ts';
import { BufferLedger } from './testing/bufferLedger.ts';
import { testGpu } from './testing/device.ts';
import { type PapercutFiles, papercutFiles } from './testing/papercut.ts';
import { loadPapercut, planTinyFilm, tinyJob } from './testing/tinyFilm.ts';

const gpu = await testGpu();

let papercut: PapercutFiles;
beforeAll(async () => {
  papercut = await papercutFiles();
});

/** Latents after the last step and every frame's pixels, one after the other. */
async function make(
  on: Gpu,
  model: Model,
  plan: FilmPlan,
): Promise<{ latents: Float32Array; pixels: number[] }> {
  let latents = new Float32Array();
  const sums: number[] = [];
  await generateFilm(on, new Runner(on), model, tinyJob(plan, model), async (event) => {
    if (event.type === 'step') latents = await event.latents();
    if (event.type === 'frames') {
      for (const frame of event.frames)
        sums.push(frame.reduce((sum, value, i) => (sum + value * (i + 1)) % 1e9, 0));
    }
  });
  return { latents, pixels: sums };
}

describe('a device with no more than WebGPU guarantees', () => {
  let device: GPUDevice;
  afterAll(() => device.destroy());

  it('makes the same film, with no buffer past its limits', async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('There is no adapter.');
    device = await adapter.requestDevice({
      requiredFeatures: adapter.features.has('subgroups') ? ['subgroups'] : [],
    });
    expect(device.limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
    expect(device.limits.maxBufferSize).toBe(256 * 2 ** 20);
    const ledger = new BufferLedger(device);
    const errors: string[] = [];
    device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
    const bounded = new Gpu(device, gpu.traits);
    const roomy = await loadPapercut(gpu, papercut);
    const plan = planTinyFilm(gpu, roomy, [2, 3]);
    const film = await make(gpu, roomy, plan);
    const model = await loadPapercut(bounded, papercut);
    const same = await make(bounded, model, planTinyFilm(bounded, model, [2, 3]));
    expect(errors).toEqual([]);
    expect(same.latents).toEqual(film.latents);
    expect(same.pixels).toEqual(film.pixels);
    expect(ledger.largest).toBeLessThanOrEqual(device.limits.maxStorageBufferBindingSize);
    roomy.free();
  });
});

describe('twenty films on one device', () => {
  it('take no more memory than one, and leave nothing behind', async () => {
    const model = await loadPapercut(gpu, papercut);
    const ledger = new BufferLedger(gpu.device);
    const runner = new Runner(gpu);
    const plan = planTinyFilm(gpu, model, [1, 2]);
    const peaks: number[] = [];
    for (let film = 0; film < 20; film++) {
      ledger.reset();
      const job = { ...tinyJob(plan, model), seeds: [film, film + 1], steps: 1 };
      await generateFilm(gpu, runner, model, job, () => undefined);
      peaks.push(ledger.peak);
      expect(ledger.labels()).toEqual([]);
    }
    expect(new Set(peaks)).toEqual(new Set([peaks[0]]));
    model.free();
  });
});
