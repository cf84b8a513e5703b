import type { ModelConfig, PapercutDecoderConfig } from '../model/config.ts';
import { linearBytes, storedWeightBytes } from './weightMemory.ts';

const f32 = 4;

/** Bytes of a built-in model's weights on the GPU: matrices stay f16, as their file has them. */
export function modelBytes({ dit, text_encoder, ae }: ModelConfig): number {
  const transformer = storedWeightBytes(dit, { format: 'f16', storage: 'resident' });
  return transformer + textEncoderBytes(text_encoder) + (ae.kind === 'papercut' ? decoderBytes(ae) : 0);
}

/** Matrices in f16 with a scale and a bias for every row; norms and position biases in f32. */
function textEncoderBytes({ dim, ffn, layers, heads, buckets }: ModelConfig['text_encoder']): number {
  const linear = (columns: number, inner: number): number => linearBytes(columns, inner, 'f16');
  const layer = 4 * linear(dim, dim) + 2 * linear(ffn, dim) + linear(dim, ffn);
  return layers * (layer + (2 * dim + buckets * heads) * f32) + dim * f32;
}

/** Convolutions in f32; matrices that spread a latent over pixels and frames in f16. */
function decoderBytes({ z, ps, dec, dec_mem, temporal }: PapercutDecoderConfig): number {
  const picture = 3 * ps * ps;
  const conv = (outputs: number, inputs: number): number => (9 * inputs + 1) * outputs;
  const [first, second, third] = dec;
  const blocks = dec.reduce(
    (sum, channels, stage) =>
      sum + (dec_mem[stage] ?? 0) * (conv(channels, 2 * channels) + 2 * conv(channels, channels)),
    0,
  );
  const spreading =
    linearBytes(temporal * 16 * picture, z, 'f16') +
    linearBytes(8 * second, first, 'f16') +
    linearBytes(8 * third, second, 'f16');
  const values = 2 * z + conv(first, z) + blocks + conv(third, picture) + conv(picture, third);
  return spreading + values * f32;
}
