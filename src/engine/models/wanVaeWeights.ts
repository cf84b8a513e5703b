import type { WanVaeConfig } from '../../model/config.ts';
import { blocksPerStage, wanVaeStages } from '../../plan/wanVae.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { type Conv, GpuWeights, type Linear } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { type CausalConv, loadCausalConv, loadDoubling } from './convWeights.ts';

/** Mean and deviation of the latents' channels, from Wan2.1's autoencoder (Wan-Video/Wan2.1, wan/modules/vae.py). */
export const latentMean = [
  -0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508, 0.4134, -0.0715, 0.5517, -0.3632,
  -0.1922, -0.9497, 0.2503, -0.2921,
] as const;
export const latentDeviation = [
  2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743, 3.2687, 2.1526, 2.8652, 1.5579, 1.6382,
  1.1253, 2.8251, 1.916,
] as const;

/** Two norms with their convolutions over time, and what takes the input past them. */
export interface ResidualBlock {
  norm1: GPUBuffer;
  conv1: CausalConv;
  norm2: GPUBuffer;
  conv2: CausalConv;
  /** 1x1 convolution; null where channels stay. */
  shortcut: Linear | null;
}

/** Attention of a frame's pixels to each other, with one head. */
export interface PixelAttention {
  norm: GPUBuffer;
  query: Linear;
  key: Linear;
  /** [channels, channels]; its bias is added after the weighting, which does not change it. */
  value: GPUBuffer;
  valueBias: GPUBuffer;
  proj: Linear;
}

/** One half of the convolution over time that doubles the frame rate: a Linear for each of the three frames that it sees. */
export type TimeHalf = readonly [Linear, Linear, Linear];

export interface StageWeights {
  blocks: ResidualBlock[];
  /** Earlier and later frame; null where the rate stays. */
  time: readonly [TimeHalf, TimeHalf] | null;
  /** Doubles the sides; null in the last stage. */
  up: Conv | null;
}

/** Wan-VAE's decoder on the GPU. */
export interface WanVaeWeights {
  kind: 'wan-vae';
  /** From the sampler's scale to the decoder's, and the 1x1 convolution before it. */
  first: Linear;
  conv1: CausalConv;
  middle: readonly [ResidualBlock, ResidualBlock];
  attention: PixelAttention;
  stages: StageWeights[];
  headNorm: GPUBuffer;
  head: CausalConv;
}

/** Loads and checks the decoder half of a Wan-VAE. Throws `weights-invalid`. */
export async function loadWanVaeWeights(
  gpu: Gpu,
  { dim, z }: WanVaeConfig,
  file: TensorSource,
): Promise<WanVaeWeights> {
  const weights = new GpuWeights(gpu, file);
  const wide = 4 * dim;
  const pointwise = async (name: string, columns: number, inner: number): Promise<Linear> => ({
    w: await weights.tensor(`${name}.weight`, [columns, inner, 1, 1, 1]),
    bias: await weights.tensor(`${name}.bias`, [columns]),
    columns,
    inner,
  });
  const residual = async (name: string, from: number, to: number): Promise<ResidualBlock> => ({
    norm1: await weights.tensor(`${name}.residual.0.gamma`, [from, 1, 1, 1]),
    conv1: await loadCausalConv(weights, file, `${name}.residual.2`, to, from),
    norm2: await weights.tensor(`${name}.residual.3.gamma`, [to, 1, 1, 1]),
    conv2: await loadCausalConv(weights, file, `${name}.residual.6`, to, to),
    shortcut: from === to ? null : await pointwise(`${name}.shortcut`, to, from),
  });

  const stages: StageWeights[] = [];
  for (const [index, { input, channels, doublesTime }] of wanVaeStages(dim).entries()) {
    const blocks: ResidualBlock[] = [];
    for (let block = 0; block < blocksPerStage; block++) {
      const from = block === 0 ? input : channels;
      blocks.push(await residual(`decoder.upsamples.${4 * index + block}`, from, channels));
    }
    const up = `decoder.upsamples.${4 * index + 3}`;
    stages.push({
      blocks,
      time: doublesTime ? await loadTime(weights, file, `${up}.time_conv`, channels) : null,
      up:
        index === 3
          ? null
          : await loadDoubling(weights, file, `${up}.resample.1`, {
              outputs: channels / 2,
              inputs: channels,
              bias: true,
            }),
    });
  }
  return {
    kind: 'wan-vae',
    first: await loadFirst(weights, file, z),
    conv1: await loadCausalConv(weights, file, 'decoder.conv1', wide, z),
    middle: [await residual('decoder.middle.0', wide, wide), await residual('decoder.middle.2', wide, wide)],
    attention: await loadAttention(weights, file, 'decoder.middle.1', wide),
    stages,
    headNorm: await weights.tensor('decoder.head.0.gamma', [dim, 1, 1, 1]),
    head: await loadCausalConv(weights, file, 'decoder.head.2', 3, dim),
  };
}

/** `conv2` after x * deviation + mean, as one Linear: W diag(deviation) x + (W mean + b). */
async function loadFirst(weights: GpuWeights, file: TensorSource, z: number): Promise<Linear> {
  const w = await file.floats('conv2.weight', [z, z, 1, 1, 1]);
  const b = await file.floats('conv2.bias', [z]);
  const scaled = w.map((value, i) => value * (latentDeviation[i % z] ?? 1));
  const bias = b.map((value, row) => {
    let sum = value;
    for (let i = 0; i < z; i++) sum += (w[row * z + i] ?? 0) * (latentMean[i] ?? 0);
    return sum;
  });
  return {
    w: weights.keep('conv2.weight', scaled),
    bias: weights.keep('conv2.bias', bias),
    columns: z,
    inner: z,
  };
}

async function loadAttention(
  weights: GpuWeights,
  file: TensorSource,
  name: string,
  width: number,
): Promise<PixelAttention> {
  const qkv = await file.floats(`${name}.to_qkv.weight`, [3 * width, width, 1, 1]);
  const bias = await file.floats(`${name}.to_qkv.bias`, [3 * width]);
  const part = (index: number): { w: GPUBuffer; bias: GPUBuffer } => ({
    w: weights.keep(`${name}.to_qkv.weight`, qkv.slice(index * width ** 2, (index + 1) * width ** 2)),
    bias: weights.keep(`${name}.to_qkv.bias`, bias.slice(index * width, (index + 1) * width)),
  });
  const square = { columns: width, inner: width };
  const value = part(2);
  return {
    norm: await weights.tensor(`${name}.norm.gamma`, [width, 1, 1]),
    query: { ...part(0), ...square },
    key: { ...part(1), ...square },
    value: value.w,
    valueBias: value.bias,
    proj: {
      w: await weights.tensor(`${name}.proj.weight`, [width, width, 1, 1]),
      bias: await weights.tensor(`${name}.proj.bias`, [width]),
      ...square,
    },
  };
}

/** `<name>.weight` [2 * width, width, 3, 1, 1]: the first half of its outputs is the earlier frame. */
async function loadTime(
  weights: GpuWeights,
  file: TensorSource,
  name: string,
  width: number,
): Promise<readonly [TimeHalf, TimeHalf]> {
  const weight = await file.floats(`${name}.weight`, [2 * width, width, 3, 1, 1]);
  const bias = await file.floats(`${name}.bias`, [2 * width]);
  const none = weights.keep(`${name} no bias`, new Float32Array(width));
  const half = (index: 0 | 1): TimeHalf => {
    const own = weights.keep(`${name}.bias`, bias.slice(index * width, (index + 1) * width));
    const tap = (age: 0 | 1 | 2): Linear => {
      const w = new Float32Array(width * width);
      for (let i = 0; i < w.length; i++) w[i] = weight[(index * width * width + i) * 3 + 2 - age] ?? 0;
      return {
        w: weights.keep(`${name}.weight`, w),
        bias: age === 0 ? own : none,
        columns: width,
        inner: width,
      };
    };
    return [tap(0), tap(1), tap(2)];
  };
  return [half(0), half(1)];
}
