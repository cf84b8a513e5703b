import tgpu, { d } from 'typegpu';
import type { Gpu, KernelSource } from '../src/engine/gpu/gpu.ts';
import { invariant } from '../src/lib/errors.ts';
import { type Contestant, dispatched, type Effort, race, timed } from './measure.ts';
import type { PeakResult } from './report.ts';
import copySource from './shaders/copy_vectors.wgsl?raw';
import chainSource from './shaders/fma_chain.wgsl?raw';
import tileSource from './shaders/fma_tile.wgsl?raw';

const ChainParams = d.struct({ iterations: d.u32, factor: d.f32, addend: d.f32, never: d.f32 });
const chainLayout = tgpu.bindGroupLayout({
  params: { uniform: ChainParams },
  out: { storage: d.arrayOf(d.f32), access: 'mutable' },
});
const chainKernel: KernelSource = { name: 'fma_chain', wgsl: chainSource, layout: chainLayout };
const tileKernel: KernelSource = { name: 'fma_tile', wgsl: tileSource, layout: chainLayout };

const CopyParams = d.struct({ count: d.u32 });
const copyKernel: KernelSource = {
  name: 'copy_vectors',
  wgsl: copySource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: CopyParams },
    x: { storage: d.arrayOf(d.vec4f) },
    y: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

interface ChainShape {
  width: 1 | 4;
  chains: number;
  /** Steps of a chain in one round of the loop. */
  unroll: number;
  explicit: boolean;
}

/**
 * How many chains hide the latency and still fit into registers differs from adapter to adapter. Software
 * adapters keep what lives across rounds of a loop in memory, so long rounds pay there.
 */
const chainShapes: readonly ChainShape[] = [false, true].flatMap((explicit) =>
  [4, 32].flatMap((unroll) => [
    ...[4, 8, 10, 12, 14, 16, 32, 64].map((chains) => ({ width: 1, chains, unroll, explicit }) as const),
    ...[1, 2, 3, 4, 8, 16].map((chains) => ({ width: 4, chains, unroll, explicit }) as const),
  ]),
);

/** Rows, columns and inner values: from tiles that fit into a GPU's registers to those of the kernels for quads of lanes. */
const tileShapes = [
  [8, 8, 1],
  [4, 4, 4],
  [8, 4, 8],
  [16, 8, 8],
] as const;

const finalistCount = 4;
/** Multiply-adds of an invocation, whatever its shape. */
const perInvocation = { software: 16_384, hardware: 65_536 };
const invocationsPerWorkgroup = 64;
const copyBytes = { software: 128 * 2 ** 20, hardware: 512 * 2 ** 20 };

/** Measures what the adapter can do at most: multiply-adds a second and bytes copied a second. */
export async function measurePeak(
  outer: Gpu,
  effort: Effort,
  progress: (text: string) => void,
): Promise<Peak> {
  const gpu = outer.scope();
  try {
    progress('peak: multiply-adds');
    const best = await bestChain(gpu, effort);
    const tileGflops = (await bestTile(gpu, effort)) / 1e9;
    progress('peak: copies');
    const copies = await measureCopies(gpu, effort);
    const { chains, width, unroll, explicit } = best.shape;
    const form = explicit ? 'fma()' : 'a * factor + addend';
    const result = {
      gflops: best.rate / 1e9,
      chains: `${chains} chains of ${width === 4 ? 'vec4f' : 'f32'}, ${unroll} times ${form} a round`,
      tileGflops,
      ...copies,
    };
    return { result, again: () => measureAgain(outer, best.shape, result, effort) };
  } finally {
    gpu.freeAll();
  }
}

/** What was measured, and a way to measure the best multiply-adds once more. */
export interface Peak {
  result: PeakResult;
  /** The peak cannot be lower than what was ever seen: gives the better of both. */
  again(): Promise<PeakResult>;
}

async function measureAgain(
  outer: Gpu,
  shape: ChainShape,
  before: PeakResult,
  effort: Effort,
): Promise<PeakResult> {
  const gpu = outer.scope();
  try {
    const gflops = (await chainRate(gpu, shape, effort)) / 1e9;
    return { ...before, gflops: Math.max(before.gflops, gflops) };
  } finally {
    gpu.freeAll();
  }
}

/** A short race over all shapes, then a proper measurement of the best few. */
async function bestChain(gpu: Gpu, effort: Effort): Promise<{ shape: ChainShape; rate: number }> {
  const heat = { samples: 3, sampleMs: effort.sampleMs / 4 };
  const seen = await chainRates(gpu, chainShapes, heat);
  const finalists = seen.slice(0, finalistCount).map(({ shape }) => shape);
  const [best] = await chainRates(gpu, finalists, effort);
  invariant(best, 'no chain was timed');
  return best;
}

/** FLOPs a second of every shape, best first. */
async function chainRates(
  gpu: Gpu,
  shapes: readonly ChainShape[],
  effort: Effort,
): Promise<{ shape: ChainShape; rate: number }[]> {
  const rates = [];
  for (const shape of shapes) rates.push({ shape, rate: await chainRate(gpu, shape, effort) });
  return rates.sort((a, b) => b.rate - a.rate);
}

/** FLOPs a second. */
function chainRate(
  gpu: Gpu,
  { width, chains, unroll, explicit }: ChainShape,
  effort: Effort,
): Promise<number> {
  const defines = { WIDTH: width, CHAINS: chains, EXPLICIT: Number(explicit), UNROLL: unroll };
  // The chains run towards addend / (1 - factor) = 0.5, far from overflow and from denormal numbers.
  return rateOf(gpu, chainKernel, defines, unroll * chains * width, { factor: 0.75, addend: 0.125 }, effort);
}

/** FLOPs a second of the best tile. */
async function bestTile(gpu: Gpu, effort: Effort): Promise<number> {
  const rates: number[] = [];
  for (const [ROWS, COLUMNS, INNER] of tileShapes) {
    const defines = { ROWS, COLUMNS, INNER };
    const operands = { factor: 1e-4, addend: 1e-4 };
    rates.push(await rateOf(gpu, tileKernel, defines, ROWS * COLUMNS * INNER, operands, effort));
  }
  return Math.max(...rates);
}

/** FLOPs a second of a kernel that does `perRound` multiply-adds in a round of its loop. */
async function rateOf(
  gpu: Gpu,
  kernel: KernelSource,
  defines: Record<string, number>,
  perRound: number,
  operands: { factor: number; addend: number },
  effort: Effort,
): Promise<number> {
  const { software } = gpu.traits;
  const workgroups = software ? 64 : 8192;
  const wanted = software ? perInvocation.software : perInvocation.hardware;
  const iterations = Math.ceil(wanted / perRound);
  const flops = 2 * workgroups * invocationsPerWorkgroup * iterations * perRound;
  const params = gpu.uniform('chain params', ChainParams, { iterations, ...operands, never: -1 });
  const out = gpu.buffer('chain output', workgroups * 4);
  const dispatch = await gpu.dispatch(kernel, defines, { params, out }, workgroups, flops);
  const [timing] = await race([dispatched(gpu, [dispatch])], effort);
  gpu.free(out);
  return flops / ((timing?.ms ?? Number.POSITIVE_INFINITY) / 1e3);
}

async function measureCopies(
  gpu: Gpu,
  effort: Effort,
): Promise<Omit<PeakResult, 'gflops' | 'chains' | 'tileGflops'>> {
  const { maxStorageBufferBindingSize } = gpu.device.limits;
  const bytes = Math.min(
    gpu.traits.software ? copyBytes.software : copyBytes.hardware,
    maxStorageBufferBindingSize,
  );
  const x = gpu.buffer('copy source', bytes);
  const y = gpu.buffer('copy target', bytes);
  const count = bytes / 16;
  const params = gpu.uniform('copy params', CopyParams, { count });
  const workgroups = Math.ceil(count / invocationsPerWorkgroup);
  const kernel = await gpu.dispatch(copyKernel, {}, { params, x, y }, workgroups, count);
  const command: Contestant = {
    time: (repeats) =>
      timed(gpu.device, () => {
        const encoder = gpu.device.createCommandEncoder();
        for (let i = 0; i < repeats; i++) encoder.copyBufferToBuffer(x, 0, y, 0, bytes);
        gpu.device.queue.submit([encoder.finish()]);
      }),
  };
  const [byKernel, byCommand] = await race([dispatched(gpu, [kernel]), command], effort);
  // Every byte is read once and written once.
  const rate = (ms = Number.POSITIVE_INFINITY) => (2 * bytes) / 1e9 / (ms / 1e3);
  return { kernelGigabytes: rate(byKernel?.ms), copyGigabytes: rate(byCommand?.ms), copiedBytes: bytes };
}
