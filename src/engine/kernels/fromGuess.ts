import tgpu, { d } from 'typegpu';
import source from '../../../shaders/from_guess.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

const Params = d.struct({ count: d.u32, channels: d.u32, cells: d.u32 });
const kernel: KernelSource = {
  name: 'from_guess',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    level: { storage: d.arrayOf(d.f32) },
    patches: { storage: d.arrayOf(d.f32) },
    guess: { storage: d.arrayOf(d.f32) },
    doubt: { storage: d.arrayOf(d.f32) },
    velocity: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

export interface FromGuessArguments {
  /** The noise's share [1]. */
  level: Buffer;
  /** The noisy latent [tokens, channels, cells], as `patchify` cuts it. */
  patches: Buffer;
  /** What clean cells are guessed to be [tokens, cells, channels], and the logarithm of the variance around it, from -6 to 1. */
  guess: Buffer;
  doubt: Buffer;
  /** What a network adds, in deviations [tokens, cells, channels]; receives the velocity. */
  velocity: Buffer;
  tokens: number;
  cells: number;
  channels: number;
}

/**
 * The velocity that is expected around a guess, and what a network adds to it (as in Karras et al. 2022, "Elucidating the
 * design space of diffusion-based generative models"): where the guess is sure, the network has no say.
 */
export function fromGuess(gpu: Gpu, args: FromGuessArguments): Promise<Dispatch> {
  const { tokens, cells, channels, ...operands } = args;
  const count = tokens * cells * channels;
  const params = gpu.uniform('from guess params', Params, { count, channels, cells });
  return gpu.dispatch(kernel, {}, { params, ...operands }, Math.ceil(count / perWorkgroup), 16 * count);
}
