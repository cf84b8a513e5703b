import type { PapercutDecoderConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type Conv, GpuWeights, type Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

/** Three 3x3 convolutions; the first also sees the frame before. */
export interface MemBlockWeights {
  conv1: Conv;
  conv2: Conv;
  conv3: Conv;
}

/** Papercut's decoder on the GPU. */
export interface PapercutDecoderWeights {
  kind: 'papercut';
  /** [z]: scale of the latents that the decoder was trained on. */
  mean: GPUBuffer;
  deviation: GPUBuffer;
  /** Latent cell to its block of pixels, outputs ordered (frame, dy, dx, colour feature). */
  linear: Linear;
  convIn: Conv;
  stages: readonly (readonly MemBlockWeights[])[];
  /** 1x1 convolutions before the doublings, outputs ordered (frame, dy, dx, channel). */
  ups: readonly Linear[];
  linIn: Conv;
  convOut: Conv;
}

/** Loads and checks the decoder half of ae.safetensors. Throws `weights-invalid`. */
export async function loadPapercutDecoder(
  gpu: Gpu,
  config: PapercutDecoderConfig,
  file: TensorSource,
): Promise<PapercutDecoderWeights> {
  const { z, ps, dec, dec_mem, temporal } = config;
  const [first, second, third] = dec;
  const pixelFeatures = 3 * ps * ps;
  const weights = new GpuWeights(gpu, file);

  const memBlock = async (name: string, channels: number): Promise<MemBlockWeights> => ({
    conv1: await weights.conv(`${name}.conv1`, channels, channels, 2),
    conv2: await weights.conv(`${name}.conv2`, channels, channels),
    conv3: await weights.conv(`${name}.conv3`, channels, channels),
  });
  const stages: MemBlockWeights[][] = [];
  for (const [i, channels] of dec.entries()) {
    const blocks: MemBlockWeights[] = [];
    for (let j = 0; j < (dec_mem[i] ?? 0); j++)
      blocks.push(await memBlock(`decoder.mem${i + 1}.${j}`, channels));
    stages.push(blocks);
  }

  const shuffled = async (weight: string, bias: string, inner: number, spread: Spread): Promise<Linear> => {
    const columns = spread.time * spread.space ** 2 * spread.channels;
    const shape = weight.endsWith('lin_w') ? [columns, inner] : [columns, inner, 1, 1];
    return {
      w: weights.reordered(
        weight,
        blocksLast(await file.floats(weight, shape), inner, spread),
        columns,
        inner,
      ),
      bias: weights.keep(bias, blocksLast(await file.floats(bias, [columns]), 1, spread)),
      columns,
      inner,
    };
  };
  const up = (index: number, inner: number, channels: number): Promise<Linear> => {
    const name = `decoder.up${index}.conv`;
    return shuffled(`${name}.weight`, `${name}.bias`, inner, { time: 2, space: 2, channels });
  };

  return {
    kind: 'papercut',
    mean: await weights.tensor('latent_mean', [z]),
    deviation: await weights.tensor('latent_std', [z]),
    linear: await shuffled('decoder.lin_w', 'decoder.lin_b', z, {
      time: temporal,
      space: 4,
      channels: pixelFeatures,
    }),
    convIn: await weights.conv('decoder.conv_in', first, z),
    stages,
    ups: [await up(1, first, second), await up(2, second, third)],
    linIn: await weights.conv('decoder.lin_in', third, pixelFeatures),
    convOut: await weights.conv('decoder.conv_out', pixelFeatures, third),
  };
}

/** How a vector of features is spread over time and space. */
interface Spread {
  time: number;
  space: number;
  channels: number;
}

/**
 * Reorders rows from PyTorch's pixel shuffle, (frame, channel, dy, dx), to (frame, dy, dx, channel), so that
 * spreading them moves whole runs of channels. values: [rows, inner].
 */
function blocksLast(
  values: Float32Array,
  inner: number,
  { time, space, channels }: Spread,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  const cells = space * space;
  let row = 0;
  for (let frame = 0; frame < time; frame++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = ((frame * channels + channel) * cells + cell) * inner;
        out.set(values.subarray(from, from + inner), row * inner);
        row += 1;
      }
    }
  }
  return out;
}
