import tgpu, { d } from 'typegpu';
import source from '../../../shaders/softmax_rows.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const Params = d.struct({ rows: d.u32, columns: d.u32, stride: d.u32, scale: d.f32 });
const kernel: KernelSource = {
  name: 'softmax_rows',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    x: { storage: d.arrayOf(d.f32), access: 'mutable' },
  }),
};

export interface SoftmaxArguments {
  /** [rows, stride], changed in place. */
  x: View | GPUBuffer;
  rows: number;
  /** Values of a row that take part; those after them become 0. */
  columns: number;
  stride: number;
  scale: number;
  /** Invocations that share a row (tests): 1 or 64. */
  lanes?: 1 | 64;
}

/** softmax(scale * x), row by row. */
export function softmaxRows(gpu: Gpu, args: SoftmaxArguments): Promise<Dispatch> {
  const { x, rows, columns, stride, scale, lanes = gpu.traits.software ? 1 : 64 } = args;
  const params = gpu.uniform('softmax params', Params, { rows, columns, stride, scale });
  return gpu.dispatch(kernel, { LANES: lanes }, { params, x }, rows, 24 * rows * columns);
}
