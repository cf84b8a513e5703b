import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { GpuWeights, type Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

/** One self- or cross-attention: projections and the norms of queries and keys. */
export interface AttentionWeights {
  q: Linear;
  k: Linear;
  v: Linear;
  o: Linear;
  normQ: GPUBuffer;
  normK: GPUBuffer;
}

/** One transformer block, by Wan's tensor names. */
export interface BlockWeights {
  self: AttentionWeights;
  /** [groups, dim]; only where the checkpoint has a router. */
  router: GPUBuffer | null;
  cross: AttentionWeights;
  norm3: { weight: GPUBuffer; bias: GPUBuffer };
  ffnIn: Linear;
  ffnOut: Linear;
}

/** The diffusion transformer's weights on the GPU, f32. */
export interface DitWeights {
  patch: Linear;
  text: [Linear, Linear];
  time: [Linear, Linear];
  timeProjection: Linear;
  /** [layers, 6 * dim] */
  modulation: GPUBuffer;
  blocks: BlockWeights[];
  head: Linear;
  /** [2, dim] */
  headModulation: GPUBuffer;
}

/** Loads and checks every tensor of the transformer. Throws `weights-invalid`. */
export async function loadDitWeights(
  gpu: Gpu,
  config: ModelConfig['dit'],
  file: TensorSource,
): Promise<DitWeights> {
  const { dim, ffn, layers, z, patch, freq_dim, text_dim, groups } = config;
  const weights = new GpuWeights(gpu, file);
  const [, patchHeight, patchWidth] = patch;
  const patchInner = z * patchHeight * patchWidth;

  const attention = async (name: string): Promise<AttentionWeights> => ({
    q: await weights.linear(`${name}.q`, dim, dim),
    k: await weights.linear(`${name}.k`, dim, dim),
    v: await weights.linear(`${name}.v`, dim, dim),
    o: await weights.linear(`${name}.o`, dim, dim),
    normQ: await weights.tensor(`${name}.norm_q.weight`, [dim]),
    normK: await weights.tensor(`${name}.norm_k.weight`, [dim]),
  });

  const blocks: BlockWeights[] = [];
  const modulation = new Float32Array(layers * 6 * dim);
  for (let i = 0; i < layers; i++) {
    const block = `blocks.${i}`;
    const router = `${block}.self_attn.router.weight`;
    modulation.set(await file.floats(`${block}.modulation`, [1, 6, dim]), i * 6 * dim);
    blocks.push({
      self: await attention(`${block}.self_attn`),
      router: groups !== undefined && file.has(router) ? await weights.tensor(router, [groups, dim]) : null,
      cross: await attention(`${block}.cross_attn`),
      norm3: {
        weight: await weights.tensor(`${block}.norm3.weight`, [dim]),
        bias: await weights.tensor(`${block}.norm3.bias`, [dim]),
      },
      ffnIn: await weights.linear(`${block}.ffn.0`, ffn, dim),
      ffnOut: await weights.linear(`${block}.ffn.2`, dim, ffn),
    });
  }

  // The patch embedding is stored as a Conv3d; flattened, its weight is the matrix of a Linear.
  const patchWeight = await file.floats('patch_embedding.weight', [dim, z, 1, patchHeight, patchWidth]);
  return {
    patch: {
      w: weights.keep('patch_embedding.weight', patchWeight),
      bias: await weights.tensor('patch_embedding.bias', [dim]),
      columns: dim,
      inner: patchInner,
    },
    text: [
      await weights.linear('text_embedding.0', dim, text_dim),
      await weights.linear('text_embedding.2', dim, dim),
    ],
    time: [
      await weights.linear('time_embedding.0', dim, freq_dim),
      await weights.linear('time_embedding.2', dim, dim),
    ],
    timeProjection: await weights.linear('time_projection.1', 6 * dim, dim),
    modulation: weights.keep('modulation', modulation),
    blocks,
    head: await weights.linear('head.head', patchInner, dim),
    headModulation: await weights.tensor('head.modulation', [1, 2, dim]),
  };
}
