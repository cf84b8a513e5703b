import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { guessValues, markValues } from '../../plan/detail.ts';
import type { Chunk, FilmGeometry } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { gemm } from '../kernels/gemm.ts';
import type { GpuWeights, Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import type { EncodedText } from './textEncoder.ts';

const f32 = 4;

/** The network that guesses every token's latent from its shot's words and what it is told of its place. */
export interface SketchWeights {
  /** Over what the token is told and the mean of its shot's text features, one behind the other. */
  first: Linear;
  layers: Linear[];
  guess: Linear;
  /** What a guess adds to its token. */
  toTokens: Linear;
}

/** Reads the sketch of a transformer that has one; null for others. `toTokens`: columns of its `marks_embedding`. */
export async function loadSketch(
  weights: GpuWeights,
  config: ModelConfig['dit'],
  file: TensorSource,
  toTokens: Float32Array<ArrayBuffer>,
): Promise<SketchWeights | null> {
  const { sketch: width, sketch_layers: count = 1, text_dim, dim } = config;
  if (width === undefined) return null;
  const told = markValues(config);
  const inner = told + text_dim;
  const ofPlaces = await file.floats('sketch.bearings.weight', [width, told]);
  const ofWords = await file.floats('sketch.words.weight', [width, text_dim]);
  const both = new Float32Array(width * inner);
  for (let column = 0; column < width; column++) {
    both.set(ofPlaces.subarray(column * told, (column + 1) * told), column * inner);
    both.set(ofWords.subarray(column * text_dim, (column + 1) * text_dim), column * inner + told);
  }
  const layers: Linear[] = [];
  for (let i = 0; i < count - 1; i++) layers.push(await weights.linear(`sketch.layers.${i}`, width, width));
  return {
    first: {
      w: weights.reordered('sketch.bearings.weight', both, width, inner),
      bias: await weights.tensor('sketch.bearings.bias', [width]),
      columns: width,
      inner,
    },
    layers,
    guess: await weights.linear('sketch.guess', guessValues(config), width),
    toTokens: {
      w: weights.reordered('marks_embedding.weight', toTokens, dim, guessValues(config)),
      bias: weights.keep('guess bias', new Float32Array(dim)),
      columns: dim,
      inner: guessValues(config),
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
  { first, layers, guess }: SketchWeights,
  film: { geometry: FilmGeometry; chunks: readonly Chunk[]; told: Float32Array; text: EncodedText },
  guesses: readonly GPUBuffer[],
  signal?: AbortSignal,
): Promise<void> {
  const { geometry, chunks, told, text } = film;
  const values = told.length / geometry.tokens;
  const width = first.inner - values;
  const means = meansOf(new Float32Array(await gpu.read(text.features)), text.lengths, width);
  const shotOf = (token: number): number => {
    const frame = Math.floor(token / geometry.tokensPerFrame);
    const shot = geometry.shots.find(({ latent }) => frame < latent.start + latent.count);
    invariant(shot, 'every token is of a shot');
    return means.length === 1 ? 0 : shot.index;
  };
  for (const [i, { tokens }] of chunks.entries()) {
    const y = guesses[i];
    invariant(y, 'a chunk has no room for guesses');
    const input = new Float32Array(tokens.count * first.inner);
    for (let row = 0; row < tokens.count; row++) {
      const token = tokens.start + row;
      input.set(told.subarray(token * values, (token + 1) * values), row * first.inner);
      input.set(means[shotOf(token)] ?? [], row * first.inner + values);
    }
    const rows = tokens.count;
    const made: GPUBuffer[] = [gpu.upload('sketch input', input)];
    const commands: Command[] = [];
    try {
      for (const layer of [first, ...layers]) {
        const a = made.at(-1);
        const hidden = gpu.buffer('sketch hidden', rows * layer.columns * f32);
        made.push(hidden);
        invariant(a, 'a layer has an input');
        commands.push(await gemm(gpu, { a, y: hidden, rows, epilogue: 'gelu', ...layer }));
      }
      const a = made.at(-1);
      invariant(a, 'a sketch has layers');
      commands.push(await gemm(gpu, { a, y, rows, ...guess }));
      await runner.run(commands, signal ? { signal } : {});
    } finally {
      gpu.free(...made);
    }
  }
}

/** The mean of every prompt's rows. */
function meansOf(features: Float32Array, lengths: readonly number[], width: number): Float32Array[] {
  let start = 0;
  return lengths.map((length) => {
    const mean = new Float32Array(width);
    for (let row = start; row < start + length; row++) {
      for (let i = 0; i < width; i++) mean[i] = (mean[i] ?? 0) + (features[row * width + i] ?? 0) / length;
    }
    start += length;
    return mean;
  });
}
