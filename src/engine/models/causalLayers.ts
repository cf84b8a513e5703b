import { invariant } from '../../lib/errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { channelNorm } from '../kernels/channelNorm.ts';
import { conv } from '../kernels/conv.ts';
import { gemm } from '../kernels/gemm.ts';
import type { CausalConv } from './convWeights.ts';
import type { FrameMemory } from './frameMemory.ts';
import type { ResidualBlock } from './wanVaeWeights.ts';

const f32 = 4;
const label = 'decode';

/** Pixels of one frame. */
export interface Size {
  height: number;
  width: number;
}

export interface CausalArguments {
  /** [height, width, inputs] */
  x: GPUBuffer;
  /** [height, width, outputs] */
  y: GPUBuffer;
  size: Size;
  memory: FrameMemory;
  /** A picture by itself: it neither looks at the frames before nor is remembered. */
  still: boolean;
  /** Adds to what `y` holds. */
  add: boolean;
}

/** A convolution over a frame and the two before it: one over each of them, added up. */
export async function causalConv(
  gpu: Gpu,
  { taps, inputs }: CausalConv,
  { x, y, size, memory, still, add }: CausalArguments,
): Promise<Command[]> {
  const seen = still ? [x] : [x, ...memory.before];
  const commands: Command[] = await Promise.all(
    seen.map((frame, age) => {
      const tap = taps[age];
      invariant(tap, 'a memory of more frames than taps');
      const epilogue = add || age > 0 ? 'add' : 'none';
      return conv(gpu, { x: frame, y, frames: 1, ...size, ...tap, epilogue, label });
    }),
  );
  if (!still) commands.push(memory.remember(x, size.height * size.width * inputs * f32));
  return commands;
}

export interface ResidualArguments {
  /** Input [height, width, inputs]; the same buffer as `x` where channels stay. */
  source: GPUBuffer;
  /** Output [height, width, outputs]. */
  x: GPUBuffer;
  /** Scratch for the wider of both. */
  h: GPUBuffer;
  y: GPUBuffer;
  size: Size;
  /** One for each convolution. */
  memories: readonly FrameMemory[];
  still: boolean;
}

/** x = conv(silu(norm(conv(silu(norm(source)))))) + source, with a 1x1 convolution of `source` where channels change. */
export async function residualBlock(
  gpu: Gpu,
  { norm1, conv1, norm2, conv2, shortcut }: ResidualBlock,
  { source, x, h, y, size, memories, still }: ResidualArguments,
): Promise<Command[]> {
  const [memory1, memory2] = memories;
  invariant(memory1 && memory2, 'a block has two memories');
  const rows = size.height * size.width;
  return [
    await channelNorm(gpu, { x: source, gamma: norm1, y: h, rows, width: conv1.inputs, silu: true }),
    ...(await causalConv(gpu, conv1, { x: h, y, size, memory: memory1, still, add: false })),
    await channelNorm(gpu, { x: y, gamma: norm2, y: h, rows, width: conv2.inputs, silu: true }),
    ...(shortcut ? [await gemm(gpu, { a: source, y: x, rows, ...shortcut, label })] : []),
    ...(await causalConv(gpu, conv2, { x: h, y: x, size, memory: memory2, still, add: true })),
  ];
}
