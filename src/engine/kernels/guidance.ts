import tgpu, { d } from 'typegpu';
import guidanceSource from '../../../shaders/guidance.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

type Buffer = View | GPUBuffer;

const Params = d.struct({ count: d.u32, guidance: d.f32 });
const kernel: KernelSource = {
  name: 'guidance',
  wgsl: guidanceSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    v: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    change: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface GuidanceArguments {
  /** Velocity with the prompts; receives the guided one. */
  v: Buffer;
  /** Velocity with the negative prompt if `fresh`, else what an earlier call left: how far the prompts move it. */
  change: Buffer;
  /** Values of each, a multiple of 4. */
  count: number;
  guidance: number;
  fresh: boolean;
}

/** Classifier-free guidance by a pass of this step or by the last one that was made (as in FasterCache, Lv et al. 2024). */
export function guide(gpu: Gpu, args: GuidanceArguments): Promise<Dispatch> {
  const { v, change, guidance, fresh } = args;
  const count = args.count / 4;
  const params = gpu.uniform('guidance params', Params, { count, guidance });
  const workgroups = Math.ceil(count / perWorkgroup);
  return gpu.dispatch(kernel, { FRESH: Number(fresh) }, { params, v, change }, workgroups, 12 * count);
}
