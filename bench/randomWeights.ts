import type { Gpu } from '../src/engine/gpu/gpu.ts';
import type { AttentionWeights, BlockWeights, DitWeights } from '../src/engine/models/ditWeights.ts';
import { randomSource } from '../src/engine/testing/random.ts';
import type { Linear } from '../src/engine/weights/gpuWeights.ts';
import type { ModelConfig } from '../src/model/config.ts';

/**
 * A transformer of a given shape with random weights, scaled so that activations keep their size: how long a
 * block takes does not depend on what it has learned. Routers have no favourites, so groups come out about equal.
 */
export function randomDitWeights(gpu: Gpu, config: ModelConfig['dit']): DitWeights {
  const { dim, ffn, layers, z, patch, freq_dim, text_dim, groups } = config;
  const patchInner = z * patch[1] * patch[2];
  const next = randomSource(9);
  const values = (label: string, count: number, magnitude: number): GPUBuffer => {
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = (2 * next() - 1) * magnitude;
    return gpu.upload(label, data);
  };
  const ones = (): GPUBuffer => gpu.upload('ones', new Float32Array(dim).fill(1));
  const linear = (columns: number, inner: number): Linear => ({
    w: values('random weight', columns * inner, Math.sqrt(3 / inner)),
    bias: gpu.buffer('zero bias', columns * 4),
    columns,
    inner,
  });
  const attention = (): AttentionWeights => ({
    q: linear(dim, dim),
    k: linear(dim, dim),
    v: linear(dim, dim),
    o: linear(dim, dim),
    normQ: ones(),
    normK: ones(),
  });
  const block = (): BlockWeights => ({
    self: attention(),
    router: groups === undefined ? null : values('random router', groups * dim, Math.sqrt(3 / dim)),
    cross: attention(),
    norm3: { weight: ones(), bias: gpu.buffer('zero bias', dim * 4) },
    ffnIn: linear(ffn, dim),
    ffnOut: linear(dim, ffn),
  });
  return {
    patch: linear(dim, patchInner),
    text: [linear(dim, text_dim), linear(dim, dim)],
    time: [linear(dim, freq_dim), linear(dim, dim)],
    timeProjection: linear(6 * dim, dim),
    modulation: values('random modulation', layers * 6 * dim, 0.1),
    blocks: Array.from({ length: layers }, block),
    head: linear(patchInner, dim),
    headModulation: values('random modulation', 2 * dim, 0.1),
  };
}
