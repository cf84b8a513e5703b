import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { freeTileList, type TileList, uploadSegments } from '../kernels/attention.ts';
import { gemm } from '../kernels/gemm.ts';
import { qkNorm } from '../kernels/norm.ts';
import type { DitWeights } from './ditWeights.ts';
import type { EncodedText } from './textEncoder.ts';

/** The prompts of a film as keys and values of every block's cross-attention. */
export interface TextContext {
  /** Output of the text embedding [rows, dim]. */
  context: GPUBuffer;
  /** Per block, [rows, dim]. */
  keys: GPUBuffer[];
  values: GPUBuffer[];
  list: TileList;
  free(): void;
}

interface TextRequest {
  runner: Runner;
  text: EncodedText;
  /** Which rows of the text each token of the film attends to. */
  segments: SegmentList;
  /** Of the film. */
  tokens: number;
  signal: AbortSignal | undefined;
}

/** Text embedding, then the keys and values of every block's cross-attention. */
export async function prepareText(
  gpu: Gpu,
  config: ModelConfig['dit'],
  weights: DitWeights,
  { runner, text, segments, tokens, signal }: TextRequest,
): Promise<TextContext> {
  const { dim, heads, eps } = config;
  const { rows } = text;
  const make = (label: string): GPUBuffer => gpu.buffer(label, rows * dim * 4);
  const hidden = make('text hidden');
  const context = make('context');
  const keys = weights.blocks.map(() => make('cross keys'));
  const values = weights.blocks.map(() => make('cross values'));
  const list = uploadSegments(gpu, 'cross', segments, tokens, rows);
  const [first, second] = weights.text;
  const commands: Command[] = [
    await gemm(gpu, { a: text.features, y: hidden, rows, epilogue: 'gelu', ...first }),
    await gemm(gpu, { a: hidden, y: context, rows, ...second }),
  ];
  for (const [i, block] of weights.blocks.entries()) {
    const k = keys[i];
    const v = values[i];
    invariant(k && v, 'a block has no text buffers');
    commands.push(
      await gemm(gpu, { a: context, y: k, rows, ...block.cross.k }),
      await qkNorm(gpu, { x: k, weight: block.cross.normK, rows, heads, headSize: dim / heads, eps }),
      await gemm(gpu, { a: context, y: v, rows, ...block.cross.v }),
    );
  }
  await runner.run(commands, signal ? { signal } : {});
  gpu.free(hidden);
  return {
    context,
    keys,
    values,
    list,
    free: () => {
      gpu.free(context, ...keys, ...values);
      freeTileList(gpu, list);
    },
  };
}
