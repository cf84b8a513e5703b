import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { guessValues, sketchInner } from '../../plan/detail.ts';
import type { Chunk, FilmGeometry } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { gemm } from '../kernels/gemm.ts';
import type { GpuWeights, Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { type Reading, readPrompt } from './reading.ts';
import type { EncodedText } from './textEncoder.ts';

const f32 = 4;

/** The network that guesses every token's latent from what its shot's prompt says and what it is told of its place. */
export interface SketchWeights {
  reading: Reading;
  /** The first over what a token is told, then what is said, then zeros up to its inner size; the last one guesses. */
  layers: Linear[];
  /** What a guess adds to its token. */
  toTokens: Linear;
}

/** Reads the sketch of a transformer that has one; null for others. `toTokens`: its columns of `marks_embedding`. */
export async function loadSketch(
  weights: GpuWeights,
  config: ModelConfig['dit'],
  file: TensorSource,
  toTokens: Float32Array<ArrayBuffer>,
): Promise<SketchWeights | null> {
  const { sketch: width, sketch_layers: count = 1, sketch_values: values = [], text_dim, dim } = config;
  if (width === undefined) return null;
  const said = values.reduce((sum, value) => sum + value, 0);
  const layers = [await weights.linear('sketch.first', width, sketchInner(config))];
  for (let i = 0; i < count - 1; i++) layers.push(await weights.linear(`sketch.layers.${i}`, width, width));
  const guess = guessValues(config);
  return {
    reading: {
      weight: await file.floats('sketch.reading.weight', [said, text_dim]),
      bias: await file.floats('sketch.reading.bias', [said]),
      values,
    },
    layers: [...layers, await weights.linear('sketch.guess', guess, width)],
    toTokens: {
      w: weights.reordered('marks_embedding.weight', toTokens, dim, guess),
      bias: weights.keep('guess bias', new Float32Array(dim)),
      columns: dim,
      inner: guess,
    },
  };
}

/**
 * Guesses every token of a film into `guesses`, one buffer a chunk [chunk, guess]: once for all of its steps.
 *
 * @param told What tokens are told [tokens, values], as `markTokens` has it.
 * @param text The prompts of all shots, or one that all share.
 */
export async function sketchFilm(
  gpu: Gpu,
  runner: Runner,
  { reading, layers }: SketchWeights,
  film: { geometry: FilmGeometry; chunks: readonly Chunk[]; told: Float32Array; text: EncodedText },
  guesses: readonly GPUBuffer[],
  signal?: AbortSignal,
): Promise<void> {
  const { geometry, chunks, told, text } = film;
  const values = told.length / geometry.tokens;
  const inner = layers[0]?.inner ?? 0;
  const said = await saidBy(gpu, text, reading);
  const ofToken = Array.from({ length: geometry.tokens }, () => said[0]);
  if (said.length > 1) {
    for (const { index, latent } of geometry.shots) {
      const { tokensPerFrame } = geometry;
      const end = (latent.start + latent.count) * tokensPerFrame;
      ofToken.fill(said[index], latent.start * tokensPerFrame, end);
    }
  }
  for (const [i, { tokens }] of chunks.entries()) {
    const y = guesses[i];
    invariant(y, 'a chunk has no room for guesses');
    const input = new Float32Array(tokens.count * inner);
    for (let row = 0; row < tokens.count; row++) {
      const token = tokens.start + row;
      input.set(told.subarray(token * values, (token + 1) * values), row * inner);
      input.set(ofToken[token] ?? [], row * inner + values);
    }
    const made = [gpu.upload('sketch input', input)];
    try {
      await runner.run(await guessing(gpu, layers, tokens.count, made, y), signal ? { signal } : {});
    } finally {
      gpu.free(...made);
    }
  }
}

/** What every prompt says. */
async function saidBy(
  gpu: Gpu,
  { features, lengths, rows }: EncodedText,
  reading: Reading,
): Promise<Float32Array[]> {
  const all = new Float32Array(await gpu.read(features));
  const width = all.length / rows;
  let start = 0;
  return lengths.map((length) => {
    const own = all.subarray(start * width, (start + length) * width);
    start += length;
    return readPrompt(own, length, reading);
  });
}

/** The program of the layers, one after the other; buffers between them join `made`, which begins with their input. */
async function guessing(
  gpu: Gpu,
  layers: readonly Linear[],
  rows: number,
  made: GPUBuffer[],
  y: GPUBuffer,
): Promise<Command[]> {
  const commands: Command[] = [];
  for (const [i, layer] of layers.entries()) {
    const a = made.at(-1);
    invariant(a, 'a layer has an input');
    const last = i === layers.length - 1;
    const to = last ? y : gpu.buffer('sketch hidden', rows * layer.columns * f32);
    if (!last) made.push(to);
    commands.push(await gemm(gpu, { a, y: to, rows, epilogue: last ? 'none' : 'gelu', ...layer }));
  }
  return commands;
}
