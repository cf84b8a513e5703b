import type { ModelConfig } from '../../model/config.ts';
import { guessValues, markValues } from '../../plan/detail.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { GpuWeights, type Linear, type WeightStorage } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { untilAborted } from '../weights/untilAborted.ts';
import { BlockRing, type ReadBlock } from './blockRing.ts';
import type { AttentionWeights, BlockWeights } from './blockWeights.ts';
import { type DetailWeights, loadDetail } from './detail.ts';
import { loadSketch, type SketchWeights } from './sketch.ts';

/** The diffusion transformer's weights on the GPU. */
export interface DitWeights {
  patch: Linear;
  /** What marks of subjects add to tokens; null for a transformer that takes none. */
  marks: Linear | null;
  /** The network that guesses tokens; null for a transformer that has none. */
  sketch: SketchWeights | null;
  text: [Linear, Linear];
  time: [Linear, Linear];
  timeProjection: Linear;
  /** [layers, 6 * dim] */
  modulation: GPUBuffer;
  /** Where blocks are streamed, they share buffers, which hold the block that was loaded last. */
  blocks: readonly BlockWeights[];
  /** What must stand before the commands that use a block: nothing where all blocks are on the GPU at once. */
  load: (block: number) => Command[];
  head: Linear;
  /** Convolutions over latent cells, where the checkpoint has them. */
  detail: DetailWeights | null;
  /** [2, dim] */
  headModulation: GPUBuffer;
}

/** resident: every block on the GPU; streamed: two at a time, read again from the file in every forward pass. */
export type BlockStorage = 'resident' | 'streamed';

/**
 * Loads and checks every tensor of the transformer. With streamed blocks the file is read as long as the weights are
 * used. Throws `weights-invalid`, `gpu-out-of-memory` when the device has no room, and `cancelled`.
 *
 * @param format of the blocks' matrices; where that has fewer bits than f16, the others are f16
 * @param signal ends the loading
 */
export async function loadDitWeights(
  gpu: Gpu,
  config: ModelConfig['dit'],
  file: TensorSource,
  storage: BlockStorage = 'resident',
  format?: WeightStorage,
  signal?: AbortSignal,
): Promise<DitWeights> {
  const loading = untilAborted(file, signal);
  const outside = format === 'int8' || format === 'int4' ? 'f16' : format;
  return {
    ...(await gpu.allocating(() => loadOutside(new GpuWeights(gpu, loading, outside), config, loading))),
    ...(await loadBlocks(gpu, config, { file, loading }, { storage, format })),
  };
}

/** Everything but the blocks. */
async function loadOutside(
  weights: GpuWeights,
  config: ModelConfig['dit'],
  file: TensorSource,
): Promise<Omit<DitWeights, 'blocks' | 'load'>> {
  const { dim, layers, z, patch, freq_dim, text_dim } = config;
  const [, patchHeight, patchWidth] = patch;
  const patchInner = z * patchHeight * patchWidth;

  const modulation = new Float32Array(layers * 6 * dim);
  for (let i = 0; i < layers; i++) {
    modulation.set(await file.floats(`blocks.${i}.modulation`, [1, 6, dim]), i * 6 * dim);
  }
  // The patch embedding is stored as a Conv3d; flattened, its weight is the matrix of a Linear.
  const patchWeight = await file.floats('patch_embedding.weight', [dim, z, 1, patchHeight, patchWidth]);
  // What is told of places and what is guessed lie in one matrix, and on the GPU in two.
  const places = markValues(config);
  const every = places + guessValues(config);
  const embedding = config.marks ? await file.floats('marks_embedding.weight', [dim, every]) : null;
  const columnsOf = (start: number, count: number): Float32Array<ArrayBuffer> =>
    Float32Array.from(
      { length: dim * count },
      (_, i) => embedding?.[Math.floor(i / count) * every + start + (i % count)] ?? 0,
    );
  const told = columnsOf(0, places);
  const guessed = columnsOf(places, every - places);
  return {
    patch: {
      w: weights.reordered('patch_embedding.weight', patchWeight, dim, patchInner),
      bias: await weights.tensor('patch_embedding.bias', [dim]),
      columns: dim,
      inner: patchInner,
    },
    marks: config.marks
      ? {
          w: weights.reordered('marks_embedding.weight', told, dim, places),
          bias: weights.keep('marks bias', new Float32Array(dim)),
          columns: dim,
          inner: places,
        }
      : null,
    sketch: await loadSketch(weights, config, file, guessed),
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
    head: await weights.linear('head.head', patchInner, dim),
    detail: await loadDetail(weights, config),
    headModulation: await weights.tensor('head.modulation', [1, 2, dim]),
  };
}

/** @param sources `loading` is the file as long as it is loaded; streamed blocks are read long after. */
async function loadBlocks(
  gpu: Gpu,
  config: ModelConfig['dit'],
  { file, loading }: { file: TensorSource; loading: TensorSource },
  { storage, format }: { storage: BlockStorage; format: WeightStorage | undefined },
): Promise<Pick<DitWeights, 'blocks' | 'load'>> {
  const { layers } = config;
  const reader =
    (from: TensorSource): ReadBlock =>
    (sink, block) =>
      loadBlock(new GpuWeights(sink, from, format), config, from, block);
  if (storage === 'streamed' && layers > BlockRing.slots) {
    const ring = await gpu.allocating(() => BlockRing.fill(gpu, layers, reader(loading), reader(file)));
    return { blocks: ring.blocks, load: (block) => [ring.load(block)] };
  }
  const read = reader(loading);
  const blocks: BlockWeights[] = [];
  for (let i = 0; i < layers; i++) blocks.push(await gpu.allocating(() => read(gpu, i)));
  return { blocks, load: () => [] };
}

async function loadBlock(
  weights: GpuWeights,
  { dim, ffn, groups }: ModelConfig['dit'],
  file: TensorSource,
  index: number,
): Promise<BlockWeights> {
  const block = `blocks.${index}`;
  const attention = async (name: string): Promise<AttentionWeights> => ({
    q: await weights.linear(`${name}.q`, dim, dim),
    k: await weights.linear(`${name}.k`, dim, dim),
    v: await weights.linear(`${name}.v`, dim, dim),
    o: await weights.linear(`${name}.o`, dim, dim),
    normQ: await weights.tensor(`${name}.norm_q.weight`, [dim]),
    normK: await weights.tensor(`${name}.norm_k.weight`, [dim]),
  });
  const router = `${block}.self_attn.router.weight`;
  return {
    self: await attention(`${block}.self_attn`),
    router: groups !== undefined && file.has(router) ? await weights.tensor(router, [groups, dim]) : null,
    cross: await attention(`${block}.cross_attn`),
    norm3: {
      weight: await weights.tensor(`${block}.norm3.weight`, [dim]),
      bias: await weights.tensor(`${block}.norm3.bias`, [dim]),
    },
    ffnIn: await weights.linear(`${block}.ffn.0`, ffn, dim),
    ffnOut: await weights.linear(`${block}.ffn.2`, dim, ffn),
  };
}
