import type { Timing } from './measure.ts';
import type { BenchReport, BlockResult, GpuResults, KernelResult } from './report.ts';

export function timing(ms: number): Timing {
  return { ms, spread: 0.02, samples: 5, repeats: 1 };
}

/** A product of matrices that takes us `ms` and the peer `peerMs` for 1 GFLOP. */
export function kernelResult(
  ms: number,
  peerMs: number | null,
  change: Partial<KernelResult> = {},
): KernelResult {
  return {
    kernel: 'gemm',
    model: 'Papercut',
    part: 'ffn.0',
    shape: '1440x1024x256',
    cutFrom: null,
    flops: 1e9,
    ours: timing(ms),
    peer: peerMs === null ? null : timing(peerMs),
    peerForm: peerMs === null ? null : 'MatMul',
    peerError: peerMs === null ? null : 2e-7,
    referenceError: 1e-7,
    ...change,
  };
}

/** A block of Papercut; `groups` null is dense. */
export function blockResult(
  tokens: number,
  groups: number | null,
  flops: number,
  ms: number,
  change: Partial<BlockResult> = {},
): BlockResult {
  return {
    model: 'Papercut',
    width: 256,
    tokens,
    shots: 1,
    groups,
    flops,
    timing: timing(ms),
    growth: null,
    sortMs: groups === null ? null : ms / 100,
    imbalance: groups === null ? null : 1.01,
    ...change,
  };
}

export function gpuResults(change: Partial<GpuResults> = {}): GpuResults {
  return {
    adapter: { vendor: 'v', architecture: 'a', description: 'An adapter', software: false, precision: 'f32' },
    peer: 'peer 1.0',
    peak: {
      gflops: 40,
      chains: '12 chains',
      tileGflops: 25,
      kernelGigabytes: 5,
      copyGigabytes: 10,
      copiedBytes: 2 ** 20,
    },
    kernels: [],
    blocks: [],
    notes: [],
    ...change,
  };
}

export function benchReport(change: Partial<BenchReport> = {}): BenchReport {
  return {
    format: 'shotweave/bench',
    version: 1,
    date: '2026-01-02T03:04:05.000Z',
    command: 'npm run bench --',
    versions: { shotweave: '0.1.0', chromium: '1.2.3' },
    machine: { platform: 'linux x64', processor: 'A <processor>', cores: 2, load: [0.25, 1.5] },
    summary: {
      gemmVsPeer: null,
      gemmWorstVsPeer: null,
      convVsPeer: null,
      attentionVsPeer: null,
      gemmOfPeak: null,
      gemmOfTile: null,
      mogaOfFlops: null,
      sortShare: null,
    },
    gpu: null,
    film: null,
    minute: null,
    ...change,
  };
}
