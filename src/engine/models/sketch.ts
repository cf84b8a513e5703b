import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { guessValues, sketchInner } from '../../plan/detail.ts';
import type { Chunk, FilmGeometry } from '../../plan/types.ts';
import { placedBy } from '../bearings.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { activation } from '../kernels/activation.ts';
import { addRows, multiply } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { GpuWeights, Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import {
  applied,
  FrameGrids,
  factsOfFrame,
  frameFacts,
  type Grids,
  type HostLinear,
  hostLinear,
  loadGrids,
} from './grids.ts';
import { lasting, type Reading, readPrompt } from './reading.ts';
import type { EncodedText } from './textEncoder.ts';

const f32 = 4;

/** A chunk's tokens as they are guessed, and the logarithm of the variance around that [chunk, guess] each. */
export interface Guess {
  guess: GPUBuffer;
  doubt: GPUBuffer;
}

/** The network that guesses every token's latent from what its shot's prompt says and what it is told of its place. */
export interface SketchWeights {
  reading: Reading;
  /** What is looked up at a token's cells; null where the sketch has no grids. */
  grids: Grids | null;
  /** By how much more than once what is known of a frame's tokens counts, from what is said and told of the frame. */
  times: HostLinear;
  /**
   * The first over what a token is told, then what is said and what is found in grids, then zeros up to its inner size; those
   * behind add to what they are given.
   */
  layers: Linear[];
  /** Over what comes of the layers. */
  guess: Linear;
  doubt: Linear;
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
  const { sketch_words: words = 0 } = config;
  if (width === undefined) return null;
  const said = values.reduce((sum, value) => sum + value, 0);
  const layers = [await weights.linear('sketch.first', width, sketchInner(config))];
  const grids = config.sketch_grids ? await loadGrids(file, config.sketch_grids, said) : null;
  for (let i = 0; i < count - 1; i++) layers.push(await weights.linear(`sketch.layers.${i}`, width, width));
  const guess = guessValues(config);
  return {
    reading: {
      weight: await file.floats('sketch.reading.weight', [said, text_dim]),
      bias: await file.floats('sketch.reading.bias', [said]),
      words: await file.floats('sketch.words.weight', [words, said]),
      values,
    },
    grids,
    times: await hostLinear(file, 'sketch.times', width, said + frameFacts),
    layers,
    guess: await weights.linear('sketch.guess', guess, width),
    doubt: await weights.linear('sketch.doubt', guess, width),
    toTokens: {
      w: weights.reordered('marks_embedding.weight', toTokens, dim, guess),
      bias: weights.keep('guess bias', new Float32Array(dim)),
      columns: dim,
      inner: guess,
    },
  };
}

/**
 * Guesses every token of a film into `guesses`, one for each chunk: once for all of its steps.
 *
 * @param told What tokens are told [tokens, values], as `markTokens` has it.
 * @param text The prompts of all shots, or one that all share.
 */
export async function sketchFilm(
  gpu: Gpu,
  runner: Runner,
  weights: SketchWeights,
  film: { geometry: FilmGeometry; chunks: readonly Chunk[]; told: Float32Array; text: EncodedText },
  guesses: readonly Guess[],
  signal?: AbortSignal,
): Promise<void> {
  const { geometry, chunks, told, text } = film;
  const [first] = weights.layers;
  invariant(first, 'a sketch has layers');
  const values = told.length / geometry.tokens;
  const read = await readPrompts(gpu, text, weights.reading);
  const [shared] = read;
  const ofShots = geometry.shots.map(({ index }) => (read.length > 1 ? read[index] : shared));
  const said = lasting(
    ofShots.map((own) => own ?? new Float32Array()),
    weights.reading.values,
  );
  const ofFrame = geometry.shots.flatMap(({ latent }, shot) =>
    Array.from({ length: latent.count }, () => said[shot] ?? new Float32Array()),
  );
  for (const [i, { latent, tokens }] of chunks.entries()) {
    const y = guesses[i];
    invariant(y, 'a chunk has no room for guesses');
    const known = new Float32Array(tokens.count * first.inner);
    const times = new Float32Array(tokens.count * first.columns);
    for (let frame = latent.start; frame < latent.start + latent.count; frame++) {
      const start = frame * geometry.tokensPerFrame;
      const own = told.subarray(start * values, (start + geometry.tokensPerFrame) * values);
      const row = start - tokens.start;
      const into = {
        known: known.subarray(row * first.inner, (row + geometry.tokensPerFrame) * first.inner),
        times: times.subarray(row * first.columns, (row + geometry.tokensPerFrame) * first.columns),
      };
      knowFrame(weights, ofFrame[frame] ?? new Float32Array(), own, geometry.tokensPerFrame, into);
    }
    const scope = gpu.scope();
    try {
      const commands = await guessing(scope, weights, tokens.count, { known, times }, y);
      await runner.run(commands, signal ? { signal } : {});
    } finally {
      scope.freeAll();
    }
  }
}

/** Puts down what is known of a frame's tokens, row by row, and how much it counts. */
function knowFrame(
  { grids, times }: SketchWeights,
  said: Float32Array,
  told: Float32Array,
  tokens: number,
  into: { known: Float32Array; times: Float32Array },
): void {
  const values = told.length / tokens;
  const inner = into.known.length / tokens;
  const place = placedBy(told.subarray(0, values));
  const counts = applied(times, [...said, ...factsOfFrame(place)]).map((more) => 1 + more);
  const frame = grids && new FrameGrids(grids, said, place);
  for (let token = 0; token < tokens; token++) {
    const own = told.subarray(token * values, (token + 1) * values);
    into.known.set(own, token * inner);
    into.known.set(said, token * inner + values);
    if (frame) into.known.set(frame.at(placedBy(own)), token * inner + values + said.length);
    into.times.set(counts, token * counts.length);
  }
}

/** What every prompt says by itself. */
async function readPrompts(
  gpu: Gpu,
  { features, prompts, rows }: EncodedText,
  reading: Reading,
): Promise<Float32Array[]> {
  const all = new Float32Array(await gpu.read(features));
  const width = all.length / rows;
  let start = 0;
  return prompts.map((ids) => {
    const own = all.subarray(start * width, (start + ids.length) * width);
    start += ids.length;
    return readPrompt(own, ids, reading);
  });
}

/** The program of the layers, one after the other, over rows of what is known. */
async function guessing(
  gpu: Gpu,
  { layers, guess, doubt }: SketchWeights,
  rows: number,
  input: { known: Float32Array<ArrayBuffer>; times: Float32Array<ArrayBuffer> },
  y: Guess,
): Promise<Command[]> {
  const [first, ...others] = layers;
  invariant(first, 'a sketch has layers');
  const count = rows * first.columns;
  const x = gpu.buffer('sketch', count * f32);
  const added = gpu.buffer('sketch layer', count * f32);
  const commands: Command[] = [
    await gemm(gpu, { a: gpu.upload('sketch input', input.known), y: x, rows, ...first }),
    await multiply(gpu, { a: gpu.upload('sketch times', input.times), y: x, count }),
    await activation(gpu, { x, count, kind: 'gelu' }),
  ];
  for (const layer of others) {
    commands.push(
      await gemm(gpu, { a: x, y: added, rows, epilogue: 'gelu', ...layer }),
      await addRows(gpu, { b: added, y: x, rows: 1, width: count }),
    );
  }
  return [
    ...commands,
    await gemm(gpu, { a: x, y: y.guess, rows, ...guess }),
    await gemm(gpu, { a: x, y: y.doubt, rows, ...doubt }),
  ];
}
