import { alignColumns, formatFlops } from '../src/plan/flopTable.ts';
import { memoryTable } from './memory.ts';
import type {
  BenchReport,
  BlockResult,
  FilmBench,
  KernelResult,
  MinuteBench,
  PeakResult,
  Summary,
} from './report.ts';
import { rateOf, ratioOf, speedUpOf } from './summary.ts';

/** The whole report for a terminal. */
export function describeReport(report: BenchReport): string {
  const { gpu, film, minute, summary } = report;
  const parts = [describeMachine(report)];
  if (gpu?.peak) parts.push(describePeak(gpu.peak));
  if (gpu && gpu.kernels.length > 0) {
    parts.push(`Kernels${gpu.peer ? ` beside ${gpu.peer}` : ''}\n\n${kernelTable(gpu.kernels, gpu.peak)}`);
  }
  if (gpu && gpu.blocks.length > 0) parts.push(`One transformer block\n\n${blockTable(gpu.blocks)}`);
  if (film) parts.push(describeFilm(film));
  if (minute) parts.push(describeMinute(minute));
  if (gpu && gpu.notes.length > 0) parts.push(gpu.notes.map((note) => `- ${note}`).join('\n'));
  parts.push(`Summary\n\n${summaryTable(summary)}`);
  return parts.join('\n\n');
}

function describeMachine({ date, versions, machine, gpu, film, minute }: BenchReport): string {
  const facts = gpu?.adapter ?? (film ?? minute)?.facts.adapter;
  const adapter = facts && [facts.vendor, facts.architecture, facts.description].filter(Boolean);
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const [before, after] = machine.load.map((load) => load.toFixed(2));
  return [
    `${date}, ${names.join(', ')}`,
    ...(adapter ? [`Adapter: ${adapter.join(', ')}`] : []),
    `Machine: ${machine.processor}, ${machine.cores} cores, ${machine.platform}; load average ${before} before, ${after} after`,
  ].join('\n');
}

function describePeak(peak: PeakResult): string {
  const { gflops, chains, tileGflops, kernelGigabytes, copyGigabytes, copiedBytes } = peak;
  return [
    `Peak: ${gflops.toPrecision(4)} GFLOP/s (${chains})`,
    `Multiply-adds of a product's tile, nothing loaded: ${tileGflops.toPrecision(4)} GFLOP/s`,
    `Copies of ${copiedBytes / 2 ** 20} MiB, reads and writes: ${copyGigabytes.toFixed(2)} GB/s by command, ${kernelGigabytes.toFixed(2)} GB/s by a kernel`,
  ].join('\n');
}

/** Kernels against the peer. */
export function kernelTable(kernels: readonly KernelResult[], peak: PeakResult | null): string {
  return alignColumns([
    [
      'kernel',
      'model',
      'part',
      'shape',
      'cut from',
      'ms',
      '±',
      'GFLOP/s',
      'of peak',
      'peer ms',
      'peer GFLOP/s',
      'ratio',
      'difference',
    ],
    ...kernels.map((result) => {
      const { kernel, model, part, shape, cutFrom, flops, ours, peer, peerError, referenceError } = result;
      const rate = rateOf(flops, ours.ms);
      return [
        kernel,
        model,
        part,
        shape,
        cutFrom ?? '',
        milliseconds(ours.ms),
        percent(ours.spread),
        rate.toPrecision(3),
        peak ? percent(rate / peak.gflops) : '',
        peer ? milliseconds(peer.ms) : '',
        peer ? rateOf(flops, peer.ms).toPrecision(3) : '',
        times(ratioOf(result)),
        (peerError ?? referenceError).toExponential(1),
      ];
    }),
  ]);
}

/** Blocks over lengths and groups. */
export function blockTable(blocks: readonly BlockResult[]): string {
  return alignColumns([
    [
      'model',
      'tokens',
      'shots',
      'attention',
      'ms',
      '±',
      'FLOPs',
      'GFLOP/s',
      'growth',
      '±',
      'speed-up',
      'promised',
      'share',
      'sort',
      'imbalance',
    ],
    ...blocks.map((block) => {
      const { model, tokens, shots, groups, timing, flops, growth, sortMs, imbalance } = block;
      const speedUp = speedUpOf(block, blocks);
      return [
        model,
        tokens.toLocaleString('en'),
        `${shots}`,
        groups === null ? 'dense' : `M = ${groups}`,
        milliseconds(timing.ms),
        timing.samples > 1 ? percent(timing.spread) : 'one run',
        formatFlops(flops),
        rateOf(flops, timing.ms).toPrecision(3),
        growth?.ofFlops.toFixed(2) ?? '',
        growth ? percent(growth.spread) : '',
        times(speedUp?.measured),
        times(speedUp?.promised),
        speedUp ? percent(speedUp.share) : '',
        sortMs === null ? '' : percent(sortMs / timing.ms, 2),
        imbalance?.toFixed(3) ?? '',
      ];
    }),
  ]);
}

function describeFilm({ storyboard, steps, facts }: FilmBench): string {
  const { frames, tokens, secondsByStage, peakGpuBytes, codec } = facts;
  const total = Object.values(secondsByStage).reduce((sum, seconds) => sum + seconds, 0);
  const rows = Object.entries(secondsByStage).map(([stage, seconds]) => [
    stage,
    seconds.toFixed(2),
    percent(seconds / total),
  ]);
  return [
    `Film "${storyboard}": ${frames} frames, ${tokens.toLocaleString('en')} tokens, ${steps} steps, ${codec}, peak ${(peakGpuBytes / 2 ** 20).toFixed(0)} MiB on the GPU`,
    alignColumns([['stage', 'seconds', 'share'], ...rows, ['total', total.toFixed(2), '']]),
  ].join('\n\n');
}

function describeMinute(minute: MinuteBench): string {
  return `${describeFilm(minute)}\n\n${memoryTable(minute)}`;
}

function summaryTable(summary: Summary): string {
  const { gemmVsPeer, gemmWorstVsPeer, convVsPeer, attentionVsPeer } = summary;
  const { gemmOfPeak, gemmOfTile, mogaOfFlops, sortShare } = summary;
  const share = (value: number | null) => (value === null ? 'not measured' : percent(value, 1));
  const ratio = (value: number | null) => times(value) || 'not measured';
  return alignColumns([
    ['GEMM against the peer', ratio(gemmVsPeer)],
    ['GEMM against the peer, worst', ratio(gemmWorstVsPeer)],
    ['convolution against the peer', ratio(convVsPeer)],
    ['attention against the peer', ratio(attentionVsPeer)],
    ['best GEMM of the measured peak', share(gemmOfPeak)],
    ['best GEMM of its multiply-adds alone', share(gemmOfTile)],
    ['MoGA of what FLOPs promise', share(mogaOfFlops)],
    ['router and sort of the block', share(sortShare)],
  ]);
}

function milliseconds(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}%`;
}

function times(ratio: number | null | undefined): string {
  return ratio == null ? '' : `${ratio.toFixed(2)}x`;
}
