import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { rmsNorm } from '../kernels/norm.ts';
import { GpuWeights } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import {
  type EncoderLayer,
  encoderEps,
  encoderLayerProgram,
  encoderScratch,
  loadEncoderLayer,
} from './encoderLayer.ts';

/** Prompts as rows of features, one prompt after the other without padding. */
export interface EncodedText {
  /** [rows, width] */
  features: GPUBuffer;
  /** The ids of their words. */
  prompts: readonly Uint32Array[];
  /** Rows of each prompt. */
  lengths: number[];
  rows: number;
}

/** Turns prompts into what the transformer reads. */
export interface PromptEncoder {
  /** Gets prompts ready that will be encoded soon, all in one go where that saves time. */
  prepare(gpu: Gpu, runner: Runner, prompts: readonly Uint32Array[], signal?: AbortSignal): Promise<void>;
  /**
   * Encodes prompts given as token ids (with the end token, without padding). The features are made on `gpu`
   * and are the caller's to free.
   */
  encode(
    gpu: Gpu,
    runner: Runner,
    prompts: readonly Uint32Array[],
    signal?: AbortSignal,
  ): Promise<EncodedText>;
}

const names = { gate: 'ffn.gate', bias: 'pos_embedding' };

/**
 * UMT5-style encoder: RMSNorm before attention and gated GELU feed-forward, a relative position bias in every
 * layer, no 1/sqrt(d). Padding tokens change nothing in it, so prompts are encoded without. All layers lie on the GPU.
 */
export class TextEncoder implements PromptEncoder {
  readonly #config: ModelConfig['text_encoder'];
  readonly #embedding: Float32Array;
  readonly #layers: readonly EncoderLayer[];
  readonly #norm: GPUBuffer;

  private constructor(
    config: ModelConfig['text_encoder'],
    embedding: Float32Array,
    layers: readonly EncoderLayer[],
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
    const { dim, layers, vocab } = config;
    const weights = new GpuWeights(gpu, file);
    const loaded: EncoderLayer[] = [];
    for (let i = 0; i < layers; i++) {
      loaded.push(await loadEncoderLayer(weights, config, `${prefix}blocks.${i}.`, names));
    }
    const embedding = await file.floats(`${prefix}token_embedding.weight`, [vocab, dim]);
    const norm = await weights.tensor(`${prefix}norm.weight`, [dim]);
    return new TextEncoder(config, embedding, loaded, norm);
  }

  async prepare(): Promise<void> {}

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
      const commands = await this.#program(scope, prompts, lengths, features);
      await runner.run(commands, signal ? { signal } : {});
    } catch (error) {
      gpu.free(features);
      throw error;
    } finally {
      scope.freeAll();
    }
    return { features, prompts, lengths, rows };
  }

  /** The program that writes the features of all prompts; what it works in is made on `gpu`. */
  async #program(
    gpu: Gpu,
    prompts: readonly Uint32Array[],
    lengths: readonly number[],
    features: GPUBuffer,
  ): Promise<Command[]> {
    const scratch = encoderScratch(gpu, this.#config, lengths, this.#embed(prompts));
    const commands: Command[] = [];
    for (const layer of this.#layers) {
      commands.push(...(await encoderLayerProgram(gpu, this.#config, layer, scratch)));
    }
    const { x, rows } = scratch;
    const width = this.#config.dim;
    commands.push(await rmsNorm(gpu, { x, weight: this.#norm, y: features, rows, width, eps: encoderEps }));
    return commands;
  }

  #embed(prompts: readonly Uint32Array[]): Float32Array<ArrayBuffer> {
    const { dim } = this.#config;
    const x = new Float32Array(prompts.reduce((sum, ids) => sum + ids.length, 0) * dim);
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
