import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { textBatchRows } from '../../plan/textMemory.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Runner } from '../gpu/runner.ts';
import { rmsNorm } from '../kernels/norm.ts';
import { GpuWeights, type WeightStorage } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import {
  type EncoderLayer,
  type EncoderScratch,
  encoderEps,
  encoderLayerProgram,
  encoderScratch,
  loadEncoderLayer,
} from './encoderLayer.ts';
import { PromptCache, type PromptStore } from './promptCache.ts';
import type { EncodedText, PromptEncoder } from './textEncoder.ts';

const names = { gate: 'ffn.gate.0', bias: 'pos_embedding.embedding' };
/** Rows of the embedding that are read at once. */
const readsAtOnce = 16;

/** A layer's weights with the scope that frees them. */
interface LoadedLayer {
  layer: EncoderLayer;
  free: () => void;
}

/**
 * UMT5 encoder of Wan2.1 (UMT5-XXL: 5.7 billion parameters), streamed: one layer's weights are on the GPU while it
 * computes, with the next being read. Of the table of words only the rows that occur are read. What has been encoded
 * is kept in a cache, and prompts that are not in it go through the layers together.
 */
export class StreamedTextEncoder implements PromptEncoder {
  readonly #config: ModelConfig['text_encoder'];
  readonly #file: TensorSource;
  readonly #cache: PromptCache;
  readonly #format: WeightStorage;

  private constructor(
    config: ModelConfig['text_encoder'],
    file: TensorSource,
    cache: PromptCache,
    format: WeightStorage,
  ) {
    this.#config = config;
    this.#file = file;
    this.#cache = cache;
    this.#format = format;
  }

  /**
   * Reads nothing but shapes and the last norm: `token_embedding.weight`, `blocks.N.*` and `norm.weight` of `file` are
   * read whenever prompts are encoded. Throws `weights-invalid` when it lacks one.
   *
   * @param format of the layers' matrices on the GPU; in f32 the largest would not fit the bindings that every WebGPU has
   */
  static async open(
    config: ModelConfig['text_encoder'],
    file: TensorSource,
    store: PromptStore | null = null,
    format: WeightStorage = 'f16',
  ): Promise<StreamedTextEncoder> {
    // A tensor that is missing throws here, and not in the middle of a film.
    for (const name of ['token_embedding.weight', `blocks.${config.layers - 1}.norm2.weight`])
      file.shape(name);
    const cache = new PromptCache(await identityOf(config, file, format), config.dim, store);
    return new StreamedTextEncoder(config, file, cache, format);
  }

  async prepare(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<void> {
    await this.#features(gpu, runner, prompts, signal);
  }

  async encode(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<EncodedText> {
    const known = await this.#features(gpu, runner, prompts, signal);
    const { dim } = this.#config;
    const lengths = prompts.map((ids) => ids.length);
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const features = gpu.buffer('text features', rows * dim * 4);
    let row = 0;
    for (const ids of prompts) {
      const values = known.get(ids.join());
      invariant(values, 'a prompt has not been encoded');
      gpu.write(features, values, row * dim * 4);
      row += ids.length;
    }
    return { features, prompts, lengths, rows };
  }

  /** Features [length, dim] of every prompt by its ids, from the cache or through the layers. */
  async #features(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const known = new Map<string, Float32Array<ArrayBuffer>>();
    const unknown = new Map<string, Uint32Array>();
    for (const ids of prompts) {
      const values = await this.#cache.get(ids);
      if (values) known.set(ids.join(), values);
      else unknown.set(ids.join(), ids);
    }
    for (const batch of batches([...unknown.values()], textBatchRows(this.#config))) {
      for (const [ids, values] of await this.#encodeBatch(gpu, runner, batch, signal)) {
        known.set(ids.join(), values);
        await this.#cache.put(ids, values);
      }
    }
    return known;
  }

  async #encodeBatch(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<[ids: Uint32Array, values: Float32Array<ArrayBuffer>][]> {
    const { dim } = this.#config;
    const scope = gpu.scope();
    try {
      const lengths = prompts.map((ids) => ids.length);
      const scratch = encoderScratch(scope, this.#config, lengths, await this.#embed(prompts));
      await this.#runLayers(scope, runner, scratch, signal);
      const weight = await new GpuWeights(scope, this.#file).tensor('norm.weight', [dim]);
      const { x, h: y, rows } = scratch;
      await runner.run([await rmsNorm(scope, { x, weight, y, rows, width: dim, eps: encoderEps })]);
      const features = new Float32Array(await scope.read({ buffer: y, size: rows * dim * 4 }));
      let row = 0;
      return prompts.map((ids) => {
        const first = row * dim;
        row += ids.length;
        return [ids, features.slice(first, row * dim)];
      });
    } finally {
      scope.freeAll();
    }
  }

  /** All layers in order; while one computes, the next is read. */
  async #runLayers(gpu: Gpu, runner: Runner, scratch: EncoderScratch, signal?: AbortSignal): Promise<void> {
    let next = this.#load(gpu, 0);
    // A fault is told when the layer's turn comes.
    next.catch(() => undefined);
    for (let i = 0; i < this.#config.layers; i++) {
      const { layer, free } = await next;
      if (i + 1 < this.#config.layers) {
        next = this.#load(gpu, i + 1);
        next.catch(() => undefined);
      }
      try {
        const program = await encoderLayerProgram(gpu, this.#config, layer, scratch);
        await runner.run(program, signal ? { signal } : {});
      } catch (error) {
        // What is being read now would be uploaded to a scope that is gone.
        await next.then((loaded) => loaded.free()).catch(() => undefined);
        throw error;
      } finally {
        free();
      }
    }
  }

  async #load(gpu: Gpu, index: number): Promise<LoadedLayer> {
    const scope = gpu.scope();
    try {
      const weights = new GpuWeights(scope, this.#file, this.#format);
      const layer = await loadEncoderLayer(weights, this.#config, `blocks.${index}.`, names);
      return { layer, free: () => scope.freeAll() };
    } catch (error) {
      scope.freeAll();
      throw error;
    }
  }

  /** The words' embeddings [rows, dim], each read once. */
  async #embed(prompts: readonly Uint32Array[]): Promise<Float32Array<ArrayBuffer>> {
    const { dim } = this.#config;
    const ids = prompts.flatMap((prompt) => [...prompt]);
    const unique = [...new Set(ids)];
    const rows = new Map<number, Float32Array<ArrayBuffer>>();
    for (let at = 0; at < unique.length; at += readsAtOnce) {
      const part = unique.slice(at, at + readsAtOnce);
      const read = await Promise.all(part.map((id) => this.#file.rows('token_embedding.weight', id, 1)));
      for (const [i, id] of part.entries()) rows.set(id, read[i] ?? new Float32Array(dim));
    }
    const x = new Float32Array(ids.length * dim);
    for (const [row, id] of ids.entries()) x.set(rows.get(id) ?? [], row * dim);
    return x;
  }
}

/** Prompts in groups of at most `mostRows` rows together, or a single longer one. */
function batches(prompts: readonly Uint32Array[], mostRows: number): Uint32Array[][] {
  const groups: Uint32Array[][] = [];
  let rows = 0;
  for (const ids of prompts) {
    const last = groups.at(-1);
    if (last && rows + ids.length <= mostRows) {
      last.push(ids);
      rows += ids.length;
    } else {
      groups.push([ids]);
      rows = ids.length;
    }
  }
  return groups;
}

/** Tells encoders apart whose features differ: by a tensor that every training changes, and by how they are stored and kept. */
async function identityOf(
  config: ModelConfig['text_encoder'],
  file: TensorSource,
  format: WeightStorage,
): Promise<string> {
  const norm = await file.floats('norm.weight', [config.dim]);
  const stored = file.storedType('blocks.0.attn.q.weight') ?? 'computed';
  const { layers, dim, ffn, heads, vocab } = config;
  const hash = sha256.create();
  hash.update(utf8ToBytes([stored, format, layers, dim, ffn, heads, vocab].join()));
  hash.update(new Uint8Array(norm.buffer));
  return bytesToHex(hash.digest());
}
