import tgpu, { d } from 'typegpu';
import source from '../../../shaders/text_attention.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const Params = d.struct({ rows: d.u32, heads: d.u32, headSize: d.u32, reach: d.u32 });
const kernel: KernelSource = {
  name: 'text_attention',
  wgsl: source,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    q: { storage: d.arrayOf(d.vec4f) },
    k: { storage: d.arrayOf(d.vec4f) },
    v: { storage: d.arrayOf(d.vec4f) },
    spans: { storage: d.arrayOf(d.u32) },
    buckets: { storage: d.arrayOf(d.u32) },
    bias: { storage: d.arrayOf(d.f32) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

/**
 * Bucket of every distance key - query from -reach to reach (T5, bidirectional): half of the buckets for
 * each direction, the first half of those exact, the rest logarithmic up to maxDistance.
 */
export function relativeBuckets(
  reach: number,
  buckets: number,
  maxDistance: number,
): Uint32Array<ArrayBuffer> {
  const perSide = buckets / 2;
  const exact = perSide / 2;
  return Uint32Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const distance = i - reach;
    const far = Math.abs(distance);
    const side = distance > 0 ? perSide : 0;
    if (far < exact) return side + far;
    // f32 as in the reference: at the borders of a bucket the rounding decides.
    const logarithm = Math.fround(
      Math.fround(Math.log(Math.fround(far / exact))) / Math.fround(Math.log(maxDistance / exact)),
    );
    return side + Math.min(perSide - 1, exact + Math.trunc(Math.fround(logarithm * (perSide - exact))));
  });
}

export interface TextAttentionArguments {
  /** [rows, heads * headSize] */
  q: View | GPUBuffer;
  k: View | GPUBuffer;
  v: View | GPUBuffer;
  /** [rows, 2] u32: first row and length of the prompt that the row belongs to. */
  spans: View | GPUBuffer;
  /** From relativeBuckets; as long as 2 * reach + 1. */
  buckets: View | GPUBuffer;
  /** [buckets, heads] */
  bias: View | GPUBuffer;
  y: View | GPUBuffer;
  rows: number;
  heads: number;
  headSize: number;
  reach: number;
}

/** T5 self-attention with relative position bias, each prompt by itself. */
export function textAttention(gpu: Gpu, args: TextAttentionArguments): Promise<Dispatch> {
  const { q, k, v, spans, buckets, bias, y, ...sizes } = args;
  const params = gpu.uniform('text attention params', Params, sizes);
  const { rows, heads, headSize, reach } = sizes;
  const flops = 6 * rows * reach * heads * headSize;
  return gpu.dispatch(
    kernel,
    {},
    { params, q, k, v, spans, buckets, bias, y },
    Math.ceil((rows * heads) / 16),
    flops,
    'text attention',
  );
}
