import tgpu, { d } from 'typegpu';
import source from '../../../shaders/activation.wgsl?raw';
import { invariant } from '../../lib/errors.ts';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

const Params = d.struct({ count: d.u32, limit: d.f32 });
const kernel: KernelSource = {
  name: 'activation',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface ActivationArguments {
  /** [count], changed in place. */
  x: View | GPUBuffer;
  /** A multiple of 4. */
  count: number;
  /** 'relu', 'gelu' by its tanh, or the value that limit * tanh(x / limit) never reaches. */
  kind: 'relu' | 'gelu' | { softLimit: number };
}

/** An activation of every value, in place. */
export function activation(gpu: Gpu, { x, count, kind }: ActivationArguments): Promise<Dispatch> {
  invariant(count % 4 === 0, `an activation needs a multiple of 4 values, not ${count}`);
  const numbers = { relu: 0, gelu: 2 };
  const limit = typeof kind === 'string' ? 0 : kind.softLimit;
  const params = gpu.uniform('activation params', Params, { count: count / 4, limit });
  const workgroups = Math.ceil(count / 4 / perWorkgroup);
  return gpu.dispatch(
    kernel,
    { KIND: typeof kind === 'string' ? numbers[kind] : 1 },
    { params, x },
    workgroups,
    4 * count,
  );
}
