import { type FilmPlan, planFilm } from '../../plan/index.ts';
import type { FilmJob } from '../generate.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { loadModel, type Model } from '../model.ts';
import { blobSource } from '../weights/byteSource.ts';
import type { PapercutFiles } from './papercut.ts';

export function loadPapercut(gpu: Gpu, { config, dit, ae }: PapercutFiles): Promise<Model> {
  return loadModel(gpu, config, { dit: blobSource('dit', dit), ae: blobSource('ae', ae) });
}

/** The same model without its mode of one pass: guidance 1 is the plain pass with the prompts. */
export function withoutOnePass(model: Model): Model {
  const { one_pass: _, ...sampler } = model.config.sampler;
  return { ...model, config: { ...model.config, sampler } };
}

/** A film of 64x32 pixels, two tokens a latent frame, with shots of so many latent frames. */
export function planTinyFilm(gpu: Gpu, { config }: Model, latentFrames: readonly number[]): FilmPlan {
  const shots = latentFrames.map((count, i) => ({ id: `${i}`, seconds: (count * 4) / 24 }));
  const limits = {
    bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
    dispatchFlops: gpu.traits.dispatchFlops,
  };
  return planFilm({ width: 64, height: 32, fps: 24, shots }, config, limits);
}

/** Two steps with guidance; every shot has a prompt and a seed of its own. */
export function tinyJob(plan: FilmPlan, { config }: Model, changes: Partial<FilmJob> = {}): FilmJob {
  const { eos } = config.text_encoder;
  return {
    plan,
    prompts: plan.geometry.shots.map(({ index }) => Uint32Array.of(3 + index, 40, 22, eos)),
    negative: Uint32Array.of(eos),
    seeds: plan.geometry.shots.map(({ index }) => 100 + index),
    steps: 2,
    guidance: 3.5,
    attention: 'moga',
    ...changes,
  };
}
