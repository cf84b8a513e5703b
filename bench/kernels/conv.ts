import type { Gpu } from '../../src/engine/gpu/gpu.ts';
import { conv } from '../../src/engine/kernels/conv.ts';
import { conv as referenceConv } from '../../src/engine/reference/conv.ts';
import { randomFloats } from '../../src/engine/testing/random.ts';
import type { OnnxNode } from '../onnx.ts';
import type { PeerForm } from '../peer.ts';
import { type KernelTask, modelNames } from './task.ts';

interface ConvShape {
  model: string;
  part: string;
  frames: number;
  height: number;
  width: number;
  inputs: number;
  outputs: number;
}

/**
 * Papercut: eight latent frames of 320x192. Wan: one latent frame of 832x480 through a TAEHV-style decoder
 * (github.com/madebyollin/taehv: 256, 128 and 64 channels).
 */
export const convShapes: readonly ConvShape[] = [
  { model: modelNames.papercut, part: 'mem1', frames: 8, height: 12, width: 20, inputs: 160, outputs: 160 },
  { model: modelNames.papercut, part: 'mem2', frames: 16, height: 24, width: 40, inputs: 80, outputs: 80 },
  { model: modelNames.papercut, part: 'mem3', frames: 32, height: 48, width: 80, inputs: 32, outputs: 32 },
  { model: modelNames.wan, part: 'mem1', frames: 1, height: 60, width: 104, inputs: 256, outputs: 256 },
  { model: modelNames.wan, part: 'mem2', frames: 1, height: 120, width: 208, inputs: 128, outputs: 128 },
  { model: modelNames.wan, part: 'mem3', frames: 2, height: 240, width: 416, inputs: 64, outputs: 64 },
];

/** A 3x3 convolution with zero padding, channels last; frames, then rows of pixels are cut to the limit. */
export async function convTask(gpu: Gpu, wanted: ConvShape, maxFlops: number): Promise<KernelTask> {
  const shape = cut(wanted, maxFlops);
  const { frames, height, width, inputs, outputs } = shape;
  const x = randomFloats(3, frames * height * width * inputs);
  const w = randomFloats(4, outputs * 9 * inputs, 1 / Math.sqrt(9 * inputs));
  const bias = randomFloats(5, outputs);
  const buffers = {
    x: gpu.upload('conv x', x),
    w: gpu.upload('conv w', w),
    bias: gpu.upload('conv bias', bias),
    y: gpu.buffer('conv y', frames * height * width * outputs * 4),
  };
  return {
    kernel: 'conv',
    model: shape.model,
    part: shape.part,
    shape: describe(shape),
    cutFrom: describe(shape) === describe(wanted) ? null : describe(wanted),
    flops: flopsOf(shape),
    dispatches: [await conv(gpu, { ...buffers, frames, height, width, inputs, outputs })],
    output: buffers.y,
    outputCount: frames * height * width * outputs,
    // The first row of pixels sees no further than the second.
    expected: () => {
      const y = new Float32Array(2 * width * outputs);
      referenceConv({ x, w, bias, y, frames: 1, height: 2, width, inputs, outputs });
      return y.subarray(0, width * outputs);
    },
    peer: { inputs: { x }, forms: peerForms(shape, w, bias) },
  };
}

function cut(shape: ConvShape, maxFlops: number): ConvShape {
  const frames = Math.min(shape.frames, Math.max(1, Math.floor(maxFlops / flopsOf({ ...shape, frames: 1 }))));
  const perRow = flopsOf({ ...shape, frames, height: 1 });
  const height = Math.min(shape.height, Math.max(4, Math.floor(maxFlops / perRow)));
  return { ...shape, frames, height };
}

function flopsOf({ frames, height, width, inputs, outputs }: ConvShape): number {
  return 2 * frames * height * width * 9 * inputs * outputs;
}

function describe({ frames, height, width, inputs, outputs }: ConvShape): string {
  return `${frames}x${height}x${width}, ${inputs} to ${outputs}`;
}

/**
 * Input and output stay channels last, as in our decoder. ONNX's Conv is channels first, so transposes stand
 * around it; where the peer prefers channels last, they cancel against those that it adds itself.
 */
function peerForms(
  { frames, height, width, inputs, outputs }: ConvShape,
  w: Float32Array,
  bias: Float32Array<ArrayBuffer>,
): PeerForm[] {
  const transpose = (input: string, output: string, perm: readonly number[]): OnnxNode => ({
    operator: 'Transpose',
    inputs: [input],
    outputs: [output],
    attributes: { perm: { ints: perm } },
  });
  const attributes = { pads: { ints: [1, 1, 1, 1] }, kernel_shape: { ints: [3, 3] } };
  const graph = {
    nodes: [
      transpose('x', 'first', [0, 3, 1, 2]),
      { operator: 'Conv', inputs: ['first', 'w', 'bias'], outputs: ['convolved'], attributes },
      transpose('convolved', 'y', [0, 2, 3, 1]),
    ],
    constants: [
      { name: 'w', shape: [outputs, inputs, 3, 3], values: channelsFirst(w, outputs, inputs) },
      { name: 'bias', shape: [outputs], values: bias },
    ],
    inputs: [{ name: 'x', shape: [frames, height, width, inputs] }],
    output: { name: 'y', shape: [frames, height, width, outputs] },
  };
  return [
    { name: 'Conv, channels last', graph, layout: 'NHWC' },
    { name: 'Conv, channels first', graph, layout: 'NCHW' },
  ];
}

/** [outputs, 9, inputs] to [outputs, inputs, 9] */
function channelsFirst(w: Float32Array, outputs: number, inputs: number): Float32Array<ArrayBuffer> {
  const first = new Float32Array(w.length);
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < 9; tap++) {
      for (let input = 0; input < inputs; input++) {
        first[(output * inputs + input) * 9 + tap] = w[(output * 9 + tap) * inputs + input] ?? 0;
      }
    }
  }
  return first;
}
