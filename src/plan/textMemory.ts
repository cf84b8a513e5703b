import type { ModelConfig } from '../model/config.ts';
import { linearBytes, type WeightFormat } from './weightMemory.ts';

type TextEncoder = Pick<
  ModelConfig['text_encoder'],
  'dim' | 'ffn' | 'layers' | 'heads' | 'buckets' | 'streamed'
>;

/** Layers of a streamed text encoder that are on the GPU at once: one computes, the next is read. */
export const streamedLayers = 2;
/** Bytes of the widest activation of prompts that are encoded together: a binding that every WebGPU has. */
const activationBytes = 128 * 2 ** 20;

/** Rows of prompts that go through the layers together, at most. */
export function textBatchRows({ ffn }: Pick<TextEncoder, 'ffn'>): number {
  return Math.floor(activationBytes / (4 * ffn));
}

/** Bytes of one layer's weights on the GPU. */
export function textLayerBytes({ dim, ffn, heads, buckets }: TextEncoder, format: WeightFormat): number {
  const linears =
    4 * linearBytes(dim, dim, format) + 2 * linearBytes(ffn, dim, format) + linearBytes(dim, ffn, format);
  return linears + (2 * dim + buckets * heads) * 4;
}

/** Bytes on the GPU while prompts of `rows` rows together go through a streamed text encoder; else 0. */
export function textStageBytes(encoder: TextEncoder, format: WeightFormat, rows: number): number {
  if (!encoder.streamed) return 0;
  const { dim, ffn, layers } = encoder;
  const together = Math.min(rows, textBatchRows(encoder));
  const activations = together * (6 * dim + 2 * ffn) * 4;
  return Math.min(layers, streamedLayers) * textLayerBytes(encoder, format) + activations;
}
