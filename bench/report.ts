import type { AdapterFacts } from '../src/engine/device.ts';
import type { FilmResult } from '../src/render/protocol.ts';
import type { Timing } from './measure.ts';

export type SuiteName = 'kernels' | 'attention' | 'film' | 'minute';
export const suiteNames: readonly SuiteName[] = ['kernels', 'attention', 'film', 'minute'];

/** What the adapter can do at most. */
export interface PeakResult {
  /** GFLOP/s of the best chains of multiply-adds. */
  gflops: number;
  /** What those chains look like. */
  chains: string;
  /** GFLOP/s of the multiply-adds of a product's tile, with nothing loaded: what is left where tiles outgrow registers. */
  tileGflops: number;
  /** GB/s, reads and writes both counted: a kernel that copies, and copyBufferToBuffer. */
  kernelGigabytes: number;
  copyGigabytes: number;
  copiedBytes: number;
}

export type KernelName = 'gemm' | 'conv' | 'attention';

/** One shape of a kernel, beside the peer where there is one. */
export interface KernelResult {
  kernel: KernelName;
  model: string;
  /** Which part of the model it is. */
  part: string;
  shape: string;
  /** The shape that the model uses, where the machine is too slow for it. */
  cutFrom: string | null;
  flops: number;
  ours: Timing;
  peer: Timing | null;
  /** The form in which the peer was fastest. */
  peerForm: string | null;
  /** ‖ours − theirs‖ / ‖theirs‖ against the peer, over the whole output. */
  peerError: number | null;
  /** The same against our serial reference, over the first rows. */
  referenceError: number;
}

/** Cost over length. */
export interface Growth {
  /** Growth of time over growth of the plan's FLOPs: 1 is growth as planned, above 1 is slower. */
  ofFlops: number;
  spread: number;
  samples: number;
}

/** One transformer block at one length. */
export interface BlockResult {
  model: string;
  width: number;
  tokens: number;
  shots: number;
  /** Router groups; null is dense attention. */
  groups: number | null;
  /** By the plan. */
  flops: number;
  timing: Timing;
  /** Against the next shorter film, one after the other; null for the shortest, and where it would take too long. */
  growth: Growth | null;
  /** Router and sort alone, in milliseconds. */
  sortMs: number | null;
  /** Pairs that the routed branch really had, over those of groups of equal size. */
  imbalance: number | null;
}

/** A film as the studio's page made it. */
export interface FilmBench {
  storyboard: string;
  steps: number;
  facts: Pick<
    FilmResult,
    | 'frames'
    | 'latentFrames'
    | 'tokens'
    | 'secondsByStage'
    | 'peakGpuBytes'
    | 'codec'
    | 'framesSha256'
    | 'adapter'
  >;
}

/** Memory in use at one moment of a film's making. */
export interface MemorySample {
  /** Since the film was asked for. */
  seconds: number;
  stage: FilmResult['secondsByStage'] extends Record<infer Stage, number> ? Stage : never;
  /** JavaScript heaps of the page and of its worker, garbage that is not collected yet among it. */
  heapBytes: number;
  /** All GPU buffers of the engine. */
  gpuBytes: number;
  /** Physical memory of all the browser's processes; null where the system does not tell. */
  residentBytes: number | null;
}

/** A film of a minute, with the memory it took over time. */
export interface MinuteBench extends FilmBench {
  shots: number;
  seconds: number;
  memory: MemorySample[];
}

/** What the suites that need nothing but a GPU measured. */
export interface GpuResults {
  adapter: AdapterFacts;
  peer: string | null;
  peak: PeakResult | null;
  kernels: KernelResult[];
  blocks: BlockResult[];
  /** What was left out, and why: a sentence each. */
  notes: string[];
}

export interface Machine {
  platform: string;
  processor: string;
  cores: number;
  /** Load averages over the last minute, before and after; other work makes every figure worse. */
  load: [number, number];
}

/** Everything that a run of the benchmarks tells. */
export interface BenchReport {
  format: 'shotweave/bench';
  version: 1;
  date: string;
  command: string;
  versions: Record<string, string>;
  machine: Machine;
  summary: Summary;
  gpu: GpuResults | null;
  film: FilmBench | null;
  minute: MinuteBench | null;
}

/** The figures to watch; null where the run did not measure them. Above 1 = we are faster than the peer. */
export interface Summary {
  gemmVsPeer: number | null;
  gemmWorstVsPeer: number | null;
  convVsPeer: number | null;
  attentionVsPeer: number | null;
  /** Our best product of matrices over the measured peak. */
  gemmOfPeak: number | null;
  /** The same over what its multiply-adds alone reach. */
  gemmOfTile: number | null;
  /** Measured speed-up of MoGA over the speed-up that FLOPs promise, at the largest film with both. */
  mogaOfFlops: number | null;
  /** Router and sort as a share of that block's time. */
  sortShare: number | null;
}
