import type { Conv, GpuWeights } from '../weights/gpuWeights.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

/** A causal convolution over three frames and 3x3 pixels: one 3x3 convolution for each frame that it sees. */
export interface CausalConv {
  /** Of the frame itself (with the bias), of the frame before, and of the one before that (with zeros). */
  taps: readonly [Conv, Conv, Conv];
  inputs: number;
  outputs: number;
}

const taps = 9;

/** One frame's taps of a weight [outputs, inputs, frames, 3, 3], channels last: [outputs, 3, 3, inputs]. */
export function frameTaps(
  weight: Float32Array,
  { outputs, inputs, frames }: { outputs: number; inputs: number; frames: number },
  frame: number,
): Float32Array<ArrayBuffer> {
  const last = new Float32Array(outputs * taps * inputs);
  let at = 0;
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let input = 0; input < inputs; input++) {
        last[at] = weight[((output * inputs + input) * frames + frame) * taps + tap] ?? 0;
        at += 1;
      }
    }
  }
  return last;
}

/** `<name>.weight` [outputs, inputs, 3, 3, 3] and `<name>.bias`. PyTorch's last frame of taps is for the frame itself. */
export async function loadCausalConv(
  weights: GpuWeights,
  file: TensorSource,
  name: string,
  outputs: number,
  inputs: number,
): Promise<CausalConv> {
  const shape = { outputs, inputs, frames: 3 };
  const weight = await file.floats(`${name}.weight`, [outputs, inputs, 3, 3, 3]);
  const bias = await weights.tensor(`${name}.bias`, [outputs]);
  const none = weights.keep(`${name} no bias`, new Float32Array(outputs));
  const tap = (age: 0 | 1 | 2): Conv => ({
    w: weights.keep(`${name}.weight`, frameTaps(weight, shape, 2 - age)),
    bias: age === 0 ? bias : none,
    inputs,
    outputs,
    sources: 1,
  });
  return { taps: [tap(0), tap(1), tap(2)], inputs, outputs };
}

/**
 * A 3x3 convolution of a picture whose sides were doubled by repeating pixels, as one 3x3 convolution of the small
 * picture with four times the outputs, ordered (dy, dx, channel): the four pixels that a small one becomes. Taps that
 * fall on the same small pixel are added; the result is the same and the large picture is never made.
 * weight: [outputs, inputs, 3, 3]; result: [4 * outputs, 3, 3, inputs].
 */
export function doublingTaps(
  weight: Float32Array,
  outputs: number,
  inputs: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(4 * outputs * taps * inputs);
  for (let dy = 0; dy < 2; dy++) {
    for (let dx = 0; dx < 2; dx++) {
      const phase = (2 * dy + dx) * outputs;
      for (let ky = 0; ky < 3; ky++) {
        for (let kx = 0; kx < 3; kx++) {
          // Row 2y + dy + ky - 1 of the large picture lies in row y + (dy + ky - 1 >> 1) of the small one.
          const tap = (1 + ((dy + ky - 1) >> 1)) * 3 + 1 + ((dx + kx - 1) >> 1);
          for (let output = 0; output < outputs; output++) {
            for (let input = 0; input < inputs; input++) {
              const at = ((phase + output) * taps + tap) * inputs + input;
              const from = (output * inputs + input) * taps + ky * 3 + kx;
              values[at] = (values[at] ?? 0) + (weight[from] ?? 0);
            }
          }
        }
      }
    }
  }
  return values;
}

/** `<name>.weight` [outputs, inputs, 3, 3] as a convolution that doubles the sides first; `<name>.bias` where it has one. */
export async function loadDoubling(
  weights: GpuWeights,
  file: TensorSource,
  name: string,
  { outputs, inputs, bias }: { outputs: number; inputs: number; bias: boolean },
): Promise<Conv> {
  const weight = await file.floats(`${name}.weight`, [outputs, inputs, 3, 3]);
  const biases = bias ? await file.floats(`${name}.bias`, [outputs]) : new Float32Array(outputs);
  return {
    w: weights.keep(`${name}.weight`, doublingTaps(weight, outputs, inputs)),
    bias: weights.keep(`${name}.bias`, repeated(biases, 4)),
    inputs,
    outputs: 4 * outputs,
    sources: 1,
  };
}

function repeated(values: Float32Array, times: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(times * values.length);
  for (let i = 0; i < times; i++) out.set(values, i * values.length);
  return out;
}
