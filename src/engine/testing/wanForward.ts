import type { ModelConfig } from '../../model/config.ts';
import { planChunks } from '../../plan/chunks.ts';
import { planGeometry } from '../../plan/geometry.ts';
import { crossSegments } from '../../plan/segments.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import type { WeightFormat } from '../../plan/weightMemory.ts';
import { channelsLast, unpatchify } from '../golden/layout.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Runner } from '../gpu/runner.ts';
import { Dit, type Trace } from '../models/dit.ts';
import { type BlockStorage, loadDitWeights } from '../models/ditWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { hashedTensors, hashedValues } from './hashed.ts';

/** Sizes of a small Wan; the rest is as in every Wan. */
export interface SmallWan {
  dim: number;
  ffn: number;
  heads: number;
  layers: number;
  text_len: number;
  text_dim: number;
}

export function smallWanConfig(sizes: SmallWan): ModelConfig['dit'] {
  return {
    ...sizes,
    z: 16,
    patch: [1, 2, 2],
    freq_dim: 256,
    win: [2, 2],
    aug: 2,
    eps: 1e-6,
    text_padded: true,
  };
}

/** A film of one shot for latents of `frames` x `height` x `width`. */
export function latentGeometry([frames, height, width]: readonly [number, number, number]): FilmGeometry {
  return planGeometry(
    { width: 8 * width, height: 8 * height, fps: 16, shots: [{ id: '0', seconds: frames / 4 }] },
    { dit: { patch: [1, 2, 2], z: 16 }, ae: { spatial: 8, temporal: 4 } },
  );
}

/** A transformer with hashed weights and a prompt of hashed rows. */
export interface WanCase {
  config: SmallWan;
  latent: readonly [number, number, number];
  /** Rows of the prompt. */
  rows: number;
}

/** Velocities [frames, height, width, 16] of a hashed latent at several timesteps, and whatever the trace looks at. */
export async function wanVelocities(
  gpu: Gpu,
  { config: sizes, latent, rows }: WanCase,
  timesteps: readonly number[],
  storage: BlockStorage,
  {
    trace,
    format,
    checkpoint = hashedTensors(),
  }: { trace?: Trace; format?: WeightFormat; checkpoint?: TensorSource } = {},
): Promise<Float32Array[]> {
  const scope = gpu.scope();
  const config = smallWanConfig(sizes);
  const geometry = latentGeometry(latent);
  const [frames, height, width] = latent;
  const runner = new Runner(scope);
  const weights = await loadDitWeights(scope, config, checkpoint, storage, format);
  const chunks = planChunks(geometry, 2 * geometry.tokensPerFrame);
  const dit = await Dit.create(scope, config, weights, geometry, chunks, 'dense');
  const text = dit.textContext(crossSegments(geometry, [rows]), rows);
  const features = scope.upload('features', hashedValues('input:context', rows * config.text_dim));
  await dit.fillText(text, runner, { features, prompts: [new Uint32Array(rows)], lengths: [rows], rows });
  await dit.times.embed(runner, timesteps);
  const values = hashedValues('input:latent', 16 * frames * height * width);
  const x = scope.upload('latent', channelsLast(values, [16, frames, height, width]));
  const velocity = scope.buffer('velocity', x.size);
  const forward = await dit.forward(x, text, velocity, trace);
  const velocities: Float32Array[] = [];
  for (const step of timesteps.keys()) {
    await runner.run([...(await dit.times.select(step)), ...forward]);
    const tokens = new Float32Array(await scope.read(velocity));
    velocities.push(unpatchify(tokens, { frames, ...geometry.grid, patch: 2, channels: 16 }));
  }
  scope.freeAll();
  return velocities;
}
