import tgpu, { d } from 'typegpu';
import source from '../../../shaders/channel_norm.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const rowsPerWorkgroup = 16;

const Params = d.struct({ rows: d.u32, width: d.u32 });
const kernel: KernelSource = {
  name: 'channel_norm',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.vec4f) },
    gamma: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface ChannelNormArguments {
  /** [rows, width] */
  x: View | GPUBuffer;
  /** [width] */
  gamma: View | GPUBuffer;
  y: View | GPUBuffer;
  /** Pixels. */
  rows: number;
  /** Channels, a multiple of 4. */
  width: number;
  /** Ends with x * sigmoid(x). */
  silu: boolean;
}

/** Every pixel's channels scaled to length sqrt(width), times gamma; then SiLU where asked for. */
export function channelNorm(
  gpu: Gpu,
  { x, gamma, y, rows, width, silu }: ChannelNormArguments,
): Promise<Dispatch> {
  invariant(width % 4 === 0, `channel norm needs channels that are a multiple of 4, not ${width}`);
  const params = gpu.uniform('channel norm params', Params, { rows, width });
  const workgroups = Math.ceil(rows / rowsPerWorkgroup);
  const flops = (silu ? 10 : 4) * rows * width;
  return gpu.dispatch(kernel, { SILU: Number(silu) }, { params, x, gamma, y }, workgroups, flops);
}
