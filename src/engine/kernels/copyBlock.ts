import tgpu, { d } from 'typegpu';
import source from '../../../shaders/copy_block.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

const Params = d.struct({
  rows: d.u32,
  words: d.u32,
  fromStart: d.u32,
  fromStride: d.u32,
  toStart: d.u32,
  toStride: d.u32,
});
const kernel: KernelSource = {
  name: 'copy_block',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    source: { storage: d.arrayOf(d.u32) },
    grid: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

export interface CopyBlockArguments {
  source: View | GPUBuffer;
  grid: View | GPUBuffer;
  /** Rows of the rectangle, and 32-bit words of each. */
  rows: number;
  words: number;
  /** First word in `source`, and words from row to row there. */
  fromStart: number;
  fromStride: number;
  /** The same in `grid`. */
  toStart: number;
  toStride: number;
}

/** Copies a rectangle of words from one grid into another. */
export function copyBlock(gpu: Gpu, { source, grid, ...sizes }: CopyBlockArguments): Promise<Dispatch> {
  const params = gpu.uniform('copy block params', Params, sizes);
  const count = sizes.rows * sizes.words;
  return gpu.dispatch(kernel, {}, { params, source, grid }, Math.ceil(count / perWorkgroup), count);
}
