import type { ModelConfig, PapercutDecoderConfig } from '../model/config.ts';
import { blockStorage, storedWeightBytes, type WeightFormat } from './weightMemory.ts';

const f32 = 4;
const f16 = 2;

/**
 * Bytes of a model's weights on the GPU while a film is made. Papercut's matrices stay f16 as their file has them;
 * a text encoder that is streamed is gone before the transformer works; Wan's decoders are counted by their file.
 *
 * @param decoderFileBytes of the decoder's weights where their size does not follow from the config
 */
export function modelBytes(config: ModelConfig, format: WeightFormat, decoderFileBytes = 0): number {
  const { dit, text_encoder, ae } = config;
  const transformer = storedWeightBytes(dit, { format, storage: blockStorage(dit, format) });
  const text = text_encoder.streamed ? 0 : textEncoderBytes(text_encoder);
  return transformer + text + (ae.kind === 'papercut' ? papercutDecoderBytes(ae) : decoderFileBytes);
}

/** Matrices in f16 with a scale and a bias for every row; norms and position biases in f32. */
function textEncoderBytes({ dim, ffn, layers, heads, buckets }: ModelConfig['text_encoder']): number {
  const linear = (columns: number, inner: number): number => columns * inner * f16 + 2 * columns * f32;
  const layer = 4 * linear(dim, dim) + 2 * linear(ffn, dim) + linear(dim, ffn);
  return layers * (layer + (2 * dim + buckets * heads) * f32) + dim * f32;
}

/** Convolutions and spreading matrices in f32. */
function papercutDecoderBytes({ z, ps, dec, dec_mem, temporal }: PapercutDecoderConfig): number {
  const picture = 3 * ps * ps;
  const conv = (outputs: number, inputs: number): number => (9 * inputs + 1) * outputs;
  const linear = (columns: number, inner: number): number => (inner + 1) * columns;
  const [first, second, third] = dec;
  const blocks = dec.reduce(
    (sum, channels, stage) =>
      sum + (dec_mem[stage] ?? 0) * (conv(channels, 2 * channels) + 2 * conv(channels, channels)),
    0,
  );
  const values =
    2 * z +
    linear(temporal * 16 * picture, z) +
    conv(first, z) +
    blocks +
    linear(8 * second, first) +
    linear(8 * third, second) +
    conv(third, picture) +
    conv(picture, third);
  return values * f32;
}
