import type { BlockResult, GpuResults, KernelName, KernelResult, Summary } from './report.ts';
import { geometricMean } from './statistics.ts';

/** Groups at which MoGA is judged, where the run has them. */
const judgedGroups = 8;

/** How much faster we are than the peer; null without a peer. */
export function ratioOf({ ours, peer }: KernelResult): number | null {
  return peer && peer.ms / ours.ms;
}

/** GFLOP/s of something that took `ms`. */
export function rateOf(flops: number, ms: number): number {
  return flops / ms / 1e6;
}

/** Speed-up of a block with groups over the dense block of the same film, and the one that FLOPs promise. */
export interface SpeedUp {
  measured: number;
  promised: number;
  /** measured / promised */
  share: number;
}

/** Null for dense blocks, and where the dense block of that film was left out. */
export function speedUpOf(block: BlockResult, blocks: readonly BlockResult[]): SpeedUp | null {
  const dense = denseOf(block, blocks);
  if (block.groups === null || dense === undefined) return null;
  const measured = dense.timing.ms / block.timing.ms;
  const promised = dense.flops / block.flops;
  return { measured, promised, share: measured / promised };
}

function denseOf({ model, tokens }: BlockResult, blocks: readonly BlockResult[]): BlockResult | undefined {
  return blocks.find((other) => other.groups === null && other.model === model && other.tokens === tokens);
}

/** The figures to watch. */
export function summarize(results: GpuResults | null): Summary {
  const kernels = results?.kernels ?? [];
  const ratios = (name: KernelName) =>
    kernels.flatMap((result) => (result.kernel === name ? (ratioOf(result) ?? []) : []));
  const gemmRatios = ratios('gemm');
  const gemmRates = kernels
    .filter(({ kernel }) => kernel === 'gemm')
    .map(({ flops, ours }) => rateOf(flops, ours.ms));
  const best = results?.peak && gemmRates.length > 0 ? Math.max(...gemmRates) : null;
  const ofBest = (gflops: number | undefined) => (best !== null && gflops ? best / gflops : null);
  const judged = judgedBlock(results?.blocks ?? []);
  return {
    gemmVsPeer: geometricMean(gemmRatios),
    gemmWorstVsPeer: gemmRatios.length > 0 ? Math.min(...gemmRatios) : null,
    convVsPeer: geometricMean(ratios('conv')),
    attentionVsPeer: geometricMean(ratios('attention')),
    gemmOfPeak: ofBest(results?.peak?.gflops),
    gemmOfTile: ofBest(results?.peak?.tileGflops),
    mogaOfFlops: judged?.speedUp.share ?? null,
    sortShare: judged?.block.sortMs ? judged.block.sortMs / judged.block.timing.ms : null,
  };
}

/** The longest film that has both kinds of attention, with eight groups if it can be, else the most. */
function judgedBlock(blocks: readonly BlockResult[]): { block: BlockResult; speedUp: SpeedUp } | null {
  const candidates = blocks.flatMap((block) => {
    const speedUp = speedUpOf(block, blocks);
    return speedUp ? [{ block, speedUp }] : [];
  });
  const longest = Math.max(...candidates.map(({ block }) => block.tokens));
  const atLongest = candidates.filter(({ block }) => block.tokens === longest);
  const preferred = atLongest.find(({ block }) => block.groups === judgedGroups);
  return preferred ?? atLongest.sort((a, b) => (b.block.groups ?? 0) - (a.block.groups ?? 0))[0] ?? null;
}
