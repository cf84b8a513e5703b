import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { multiply } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import { rmsNorm } from '../kernels/norm.ts';
import { relativeBuckets, textAttention } from '../kernels/textAttention.ts';
import type { GpuWeights, Linear } from '../weights/gpuWeights.ts';

/** Of every RMSNorm in a UMT5 encoder. */
export const encoderEps = 1e-6;

/** One layer of a UMT5 encoder on the GPU. */
export interface EncoderLayer {
  norm1: GPUBuffer;
  norm2: GPUBuffer;
  q: Linear;
  k: Linear;
  v: Linear;
  o: Linear;
  gate: Linear;
  fc1: Linear;
  fc2: Linear;
  /** [buckets, heads] */
  bias: GPUBuffer;
}

/** What the two tensors are called inside a layer whose names differ between Papercut and Wan. */
export interface EncoderNames {
  gate: string;
  bias: string;
}

/** Reads `<prefix>norm1.weight` and so on. */
export async function loadEncoderLayer(
  weights: GpuWeights,
  { dim, ffn, heads, buckets }: ModelConfig['text_encoder'],
  prefix: string,
  names: EncoderNames,
): Promise<EncoderLayer> {
  const linear = (name: string, columns: number, inner: number): Promise<Linear> =>
    weights.linear(prefix + name, columns, inner, false);
  return {
    norm1: await weights.tensor(`${prefix}norm1.weight`, [dim]),
    norm2: await weights.tensor(`${prefix}norm2.weight`, [dim]),
    q: await linear('attn.q', dim, dim),
    k: await linear('attn.k', dim, dim),
    v: await linear('attn.v', dim, dim),
    o: await linear('attn.o', dim, dim),
    gate: await linear(names.gate, ffn, dim),
    fc1: await linear('ffn.fc1', ffn, dim),
    fc2: await linear('ffn.fc2', dim, ffn),
    bias: await weights.tensor(`${prefix}${names.bias}.weight`, [buckets, heads]),
  };
}

/** What prompts are encoded in, all of them at once. */
export interface EncoderScratch {
  rows: number;
  /** Length of the longest prompt. */
  reach: number;
  /** Residual stream [rows, dim], which begins as the words' embeddings. */
  x: GPUBuffer;
  h: GPUBuffer;
  q: GPUBuffer;
  k: GPUBuffer;
  v: GPUBuffer;
  attended: GPUBuffer;
  /** [rows, ffn] */
  gate: GPUBuffer;
  hidden: GPUBuffer;
  spans: GPUBuffer;
  buckets: GPUBuffer;
}

/** Room for prompts of these lengths; `embedded` holds their words' embeddings [rows, dim]. */
export function encoderScratch(
  gpu: Gpu,
  { dim, ffn, buckets, max_dist }: ModelConfig['text_encoder'],
  lengths: readonly number[],
  embedded: Float32Array<ArrayBuffer>,
): EncoderScratch {
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const reach = Math.max(...lengths);
  return {
    rows,
    reach,
    x: gpu.upload('text x', embedded),
    h: gpu.buffer('text h', rows * dim * 4),
    q: gpu.buffer('text q', rows * dim * 4),
    k: gpu.buffer('text k', rows * dim * 4),
    v: gpu.buffer('text v', rows * dim * 4),
    attended: gpu.buffer('text attended', rows * dim * 4),
    gate: gpu.buffer('text gate', rows * ffn * 4),
    hidden: gpu.buffer('text hidden', rows * ffn * 4),
    spans: gpu.upload('text spans', spansOf(lengths)),
    buckets: gpu.upload('text buckets', relativeBuckets(reach, buckets, max_dist)),
  };
}

/** The program of one layer, on the residual stream in place. */
export function encoderLayerProgram(
  gpu: Gpu,
  { dim, ffn, heads }: ModelConfig['text_encoder'],
  layer: EncoderLayer,
  scratch: EncoderScratch,
): Promise<Command[]> {
  const { rows, reach, x, h, q, k, v, attended, gate, hidden, spans, buckets } = scratch;
  const eps = encoderEps;
  const project = (a: GPUBuffer, linear: Linear, y: GPUBuffer, epilogue: 'none' | 'gelu' | 'add' = 'none') =>
    // UMT5's hidden values go past what f16 holds.
    gemm(gpu, { a, y, rows, epilogue, ...linear, exact: true, label: 'text' });
  const sizes = { rows, heads, headSize: dim / heads, reach };
  return Promise.all([
    rmsNorm(gpu, { x, weight: layer.norm1, y: h, rows, width: dim, eps }),
    project(h, layer.q, q),
    project(h, layer.k, k),
    project(h, layer.v, v),
    textAttention(gpu, { q, k, v, spans, buckets, bias: layer.bias, y: attended, ...sizes }),
    project(attended, layer.o, x, 'add'),
    rmsNorm(gpu, { x, weight: layer.norm2, y: h, rows, width: dim, eps }),
    project(h, layer.gate, gate, 'gelu'),
    project(h, layer.fc1, hidden),
    multiply(gpu, { a: gate, y: hidden, count: rows * ffn }),
    project(hidden, layer.fc2, x, 'add'),
  ]);
}

/** [rows, 2]: first row and length of the prompt that each row belongs to. */
function spansOf(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const spans: number[] = [];
  let first = 0;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) spans.push(first, length);
    first += length;
  }
  return new Uint32Array(spans);
}
