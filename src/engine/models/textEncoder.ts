import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { multiply } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import { rmsNorm } from '../kernels/norm.ts';
import { relativeBuckets, textAttention } from '../kernels/textAttention.ts';
import { GpuWeights, type Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

const eps = 1e-6;

interface Layer {
  norm1: GPUBuffer;
  norm2: GPUBuffer;
  q: Linear;
  k: Linear;
  v: Linear;
  o: Linear;
  gate: Linear;
  fc1: Linear;
  fc2: Linear;
  bias: GPUBuffer;
}

/** Prompts as rows of features, one prompt after the other without padding. */
export interface EncodedText {
  /** [rows, width] */
  features: GPUBuffer;
  /** Rows of each prompt. */
  lengths: number[];
  rows: number;
}

/**
 * UMT5-style encoder: RMSNorm before attention and gated GELU feed-forward, a relative position bias in every
 * layer, no 1/sqrt(d). Padding tokens change nothing in it, so prompts are encoded without.
 */
export class TextEncoder {
  readonly #config: ModelConfig['text_encoder'];
  readonly #embedding: Float32Array;
  readonly #layers: readonly Layer[];
  readonly #norm: GPUBuffer;

  private constructor(
    config: ModelConfig['text_encoder'],
    embedding: Float32Array,
    layers: readonly Layer[],
    norm: GPUBuffer,
  ) {
    this.#config = config;
    this.#embedding = embedding;
    this.#layers = layers;
    this.#norm = norm;
  }

  /** Reads `<prefix>token_embedding.weight`, `<prefix>blocks.N.*` and `<prefix>norm.weight`. */
  static async load(
    gpu: Gpu,
    config: ModelConfig['text_encoder'],
    file: TensorSource,
    prefix = 'text_encoder.',
  ): Promise<TextEncoder> {
    const { dim, ffn, heads, layers, vocab, buckets } = config;
    const weights = new GpuWeights(gpu, file);
    const linear = (name: string, columns: number, inner: number): Promise<Linear> =>
      weights.linear(prefix + name, columns, inner, false);
    const loaded: Layer[] = [];
    for (let i = 0; i < layers; i++) {
      const block = `blocks.${i}.`;
      loaded.push({
        norm1: await weights.tensor(`${prefix}${block}norm1.weight`, [dim]),
        norm2: await weights.tensor(`${prefix}${block}norm2.weight`, [dim]),
        q: await linear(`${block}attn.q`, dim, dim),
        k: await linear(`${block}attn.k`, dim, dim),
        v: await linear(`${block}attn.v`, dim, dim),
        o: await linear(`${block}attn.o`, dim, dim),
        gate: await linear(`${block}ffn.gate`, ffn, dim),
        fc1: await linear(`${block}ffn.fc1`, ffn, dim),
        fc2: await linear(`${block}ffn.fc2`, dim, ffn),
        bias: await weights.tensor(`${prefix}${block}pos_embedding.weight`, [buckets, heads]),
      });
    }
    const embedding = await file.floats(`${prefix}token_embedding.weight`, [vocab, dim]);
    const norm = await weights.tensor(`${prefix}norm.weight`, [dim]);
    return new TextEncoder(config, embedding, loaded, norm);
  }

  /**
   * Encodes prompts given as token ids (with the end token, without padding). The features are made on `gpu`
   * and are the caller's to free.
   */
  async encode(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<EncodedText> {
    const lengths = prompts.map((ids) => ids.length);
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const scope = gpu.scope();
    const features = gpu.buffer('text features', rows * this.#config.dim * 4);
    try {
      const commands = await this.#program(scope, prompts, lengths, rows, features);
      await runner.run(commands, signal ? { signal } : {});
    } catch (error) {
      gpu.free(features);
      throw error;
    } finally {
      scope.freeAll();
    }
    return { features, lengths, rows };
  }

  /** The program that writes the features of all prompts; what it works in is made on `gpu`. */
  async #program(
    gpu: Gpu,
    prompts: readonly Uint32Array[],
    lengths: readonly number[],
    rows: number,
    features: GPUBuffer,
  ): Promise<Command[]> {
    const { dim, ffn, heads, buckets, max_dist } = this.#config;
    const reach = Math.max(...lengths);
    const scratch = {
      x: gpu.upload('text x', this.#embed(prompts, rows)),
      h: gpu.buffer('text h', rows * dim * 4),
      q: gpu.buffer('text q', rows * dim * 4),
      k: gpu.buffer('text k', rows * dim * 4),
      v: gpu.buffer('text v', rows * dim * 4),
      attended: gpu.buffer('text attended', rows * dim * 4),
      gate: gpu.buffer('text gate', rows * ffn * 4),
      hidden: gpu.buffer('text hidden', rows * ffn * 4),
      spans: gpu.upload('text spans', spansOf(lengths)),
      buckets: gpu.upload('text buckets', relativeBuckets(reach, buckets, max_dist)),
    };
    const { x, h, q, k, v, attended, gate, hidden } = scratch;
    const commands: Command[] = [];
    for (const layer of this.#layers) {
      const project = (
        a: GPUBuffer,
        linear: Linear,
        y: GPUBuffer,
        epilogue: 'none' | 'gelu' | 'add' = 'none',
      ) => gemm(gpu, { a, y, rows, epilogue, ...linear, label: 'text' });
      commands.push(
        ...(await Promise.all([
          rmsNorm(gpu, { x, weight: layer.norm1, y: h, rows, width: dim, eps }),
          project(h, layer.q, q),
          project(h, layer.k, k),
          project(h, layer.v, v),
          textAttention(gpu, {
            q,
            k,
            v,
            spans: scratch.spans,
            buckets: scratch.buckets,
            bias: layer.bias,
            y: attended,
            rows,
            heads,
            headSize: dim / heads,
            reach,
          }),
          project(attended, layer.o, x, 'add'),
          rmsNorm(gpu, { x, weight: layer.norm2, y: h, rows, width: dim, eps }),
          project(h, layer.gate, gate, 'gelu'),
          project(h, layer.fc1, hidden),
          multiply(gpu, { a: gate, y: hidden, count: rows * ffn }),
          project(hidden, layer.fc2, x, 'add'),
        ])),
      );
    }
    commands.push(await rmsNorm(gpu, { x, weight: this.#norm, y: features, rows, width: dim, eps }));
    return commands;
  }

  #embed(prompts: readonly Uint32Array[], rows: number): Float32Array<ArrayBuffer> {
    const { dim } = this.#config;
    const x = new Float32Array(rows * dim);
    let row = 0;
    for (const ids of prompts) {
      for (const id of ids) {
        x.set(this.#embedding.subarray(id * dim, (id + 1) * dim), row * dim);
        row += 1;
      }
    }
    return x;
  }
}

/** [rows, 2]: first row and length of the prompt that each row belongs to. */
function spansOf(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const spans: number[] = [];
  let first = 0;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) spans.push(first, length);
    first += length;
  }
  return new Uint32Array(spans);
}
