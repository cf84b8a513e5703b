import type { Gpu } from '../src/engine/gpu/gpu.ts';
import type { AttentionWeights, BlockWeights } from '../src/engine/models/blockWeights.ts';
import type { DitWeights } from '../src/engine/models/ditWeights.ts';
import { randomSource } from '../src/engine/testing/random.ts';
import type { Linear } from '../src/engine/weights/gpuWeights.ts';
import type { ModelConfig } from '../src/model/config.ts';

/** What the timestep adds is the same for every token: a large shift would send most of them to one group. */
const modulationScale = 0.02;

/**
 * A transformer of a given shape with random weights and no routers, scaled so that activations keep their
 * size: how long a block takes does not depend on what it has learned.
 */
export function randomDitWeights(gpu: Gpu, config: ModelConfig['dit']): DitWeights {
  const { dim, ffn, layers, z, patch, freq_dim, text_dim } = config;
  const patchInner = z * patch[1] * patch[2];
  const random = randomBuffers(gpu, 9);
  const ones = (): GPUBuffer => gpu.upload('ones', new Float32Array(dim).fill(1));
  const linear = (columns: number, inner: number, scale = 1): Linear => ({
    w: random('random weight', columns * inner, scale * Math.sqrt(3 / inner)),
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
    router: null,
    cross: attention(),
    norm3: { weight: ones(), bias: gpu.buffer('zero bias', dim * 4) },
    ffnIn: linear(ffn, dim),
    ffnOut: linear(dim, ffn),
  });
  return {
    patch: linear(dim, patchInner),
    text: [linear(dim, text_dim), linear(dim, dim)],
    time: [linear(dim, freq_dim), linear(dim, dim)],
    timeProjection: linear(6 * dim, dim, modulationScale),
    modulation: random('random modulation', layers * 6 * dim, modulationScale),
    blocks: Array.from({ length: layers }, block),
    load: () => [],
    head: linear(patchInner, dim),
    detail: null,
    marks: null,
    sketch: null,
    headModulation: random('random modulation', 2 * dim, modulationScale),
  };
}

/** The same transformer with a random router in every block, under which groups come out about equal. */
export function withRandomRouters(gpu: Gpu, weights: DitWeights, dim: number, groups: number): DitWeights {
  const random = randomBuffers(gpu, 12);
  const blocks = weights.blocks.map((block) => ({
    ...block,
    router: random('random router', groups * dim, Math.sqrt(3 / dim)),
  }));
  return { ...weights, blocks };
}

/** Makes buffers of `count` values, uniform in [-magnitude, magnitude), from one sequence. */
function randomBuffers(
  gpu: Gpu,
  seed: number,
): (label: string, count: number, magnitude: number) => GPUBuffer {
  const next = randomSource(seed);
  return (label, count, magnitude) => {
    const data = new Float32Array(count);
    for (let i = 0; i < count; i++) data[i] = (2 * next() - 1) * magnitude;
    return gpu.upload(label, data);
  };
}
