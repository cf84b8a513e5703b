import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { padTextSegments, seesOneRow } from '../../plan/segments.ts';
import type { SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { freeTileList, type TileList, uploadSegments } from '../kernels/attention.ts';
import { gemm } from '../kernels/gemm.ts';
import { qkNorm } from '../kernels/norm.ts';
import type { DitWeights } from './ditWeights.ts';
import type { Guess } from './sketch.ts';
import type { EncodedText } from './textEncoder.ts';

/** The prompts of a film as keys and values of every block's cross-attention. */
export interface TextContext {
  /** Output of the text embedding [rows, dim]; where the model attends to padding, one more row stands for all of it. */
  context: GPUBuffer;
  /** Per block, [rows, dim]. */
  keys: GPUBuffer[];
  values: GPUBuffer[];
  list: TileList;
  /** What is guessed of the film's tokens by these prompts, by chunks; none where nothing is. */
  guesses: readonly Guess[];
  /** Every token attends to the only row, as with an empty negative prompt. */
  oneRow: boolean;
  free(): void;
}

type TextShape = Pick<ModelConfig['dit'], 'dim' | 'layers' | 'text_len' | 'text_padded'>;

/** Room for the keys and values of `rows` text rows; `segments` says which of them each token attends to. */
export function createTextContext(
  gpu: Gpu,
  { dim, layers, text_len, text_padded = false }: TextShape,
  film: { segments: SegmentList; rows: number; tokens: number; guesses: readonly Guess[] },
): TextContext {
  const { segments, rows, tokens, guesses } = film;
  const storedRows = rows + Number(text_padded);
  const make = (label: string): GPUBuffer => gpu.buffer(label, storedRows * dim * 4);
  const context = make('context');
  const keys = Array.from({ length: layers }, () => make('cross keys'));
  const values = Array.from({ length: layers }, () => make('cross values'));
  const attended = text_padded ? padTextSegments(segments, rows, text_len) : segments;
  const list = uploadSegments(gpu, 'cross', attended, tokens, storedRows);
  return {
    context,
    keys,
    values,
    list,
    guesses,
    oneRow: seesOneRow(attended, storedRows),
    free: () => {
      gpu.free(context, ...keys, ...values, ...guesses.flatMap(({ guess, doubt }) => [guess, doubt]));
      freeTileList(gpu, list);
    },
  };
}

/** Fills a context: the text embedding, then the keys and values of every block's cross-attention. */
export async function fillTextContext(
  gpu: Gpu,
  config: ModelConfig['dit'],
  weights: DitWeights,
  { context, keys, values }: TextContext,
  { runner, text, signal }: { runner: Runner; text: EncodedText; signal: AbortSignal | undefined },
): Promise<void> {
  const { dim, heads, eps, text_dim, text_padded = false } = config;
  const rows = text.rows + Number(text_padded);
  const hidden = gpu.buffer('text hidden', rows * dim * 4);
  // New buffers hold zeros, which is what padding is before it is embedded.
  const padded = text_padded ? gpu.buffer('padded text', rows * text_dim * 4) : null;
  try {
    const [first, second] = weights.text;
    const a = padded ?? text.features;
    const commands: Command[] = [
      ...(padded ? [{ from: text.features, to: padded, bytes: text.rows * text_dim * 4 }] : []),
      await gemm(gpu, { a, y: hidden, rows, epilogue: 'gelu', ...first }),
      await gemm(gpu, { a: hidden, y: context, rows, ...second }),
    ];
    for (const [i, block] of weights.blocks.entries()) {
      commands.push(...weights.load(i));
      const k = keys[i];
      const v = values[i];
      invariant(k && v, 'a block has no text buffers');
      commands.push(
        ...(await Promise.all([
          gemm(gpu, { a: context, y: k, rows, ...block.cross.k }),
          qkNorm(gpu, { x: k, weight: block.cross.normK, rows, heads, headSize: dim / heads, eps }),
          gemm(gpu, { a: context, y: v, rows, ...block.cross.v }),
        ])),
      );
    }
    await runner.run(commands, signal ? { signal } : {});
  } finally {
    gpu.free(hidden, ...(padded ? [padded] : []));
  }
}
