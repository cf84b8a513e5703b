import { memoryPanel } from './memory.ts';
import type { BenchReport, BlockResult, FilmBench, GpuResults } from './report.ts';
import { rateOf } from './summary.ts';
import { bar, curve, drawing, line, type Mark, type Tone, text } from './svg.ts';

const width = 880;
const margin = 24;
const labelWidth = 230;
const plotRight = width - 90;

/** A part of the chart: what it draws below `top`, and how high that is. */
interface Panel {
  marks: Mark[];
  height: number;
}

/** The report as one SVG: kernels beside the peer, block time over film length, and the film by stage. */
export function drawReport(report: BenchReport): string {
  const { gpu, film, minute } = report;
  const marks: Mark[] = [];
  let top = margin;
  const add = ({ marks: drawn, height }: Panel): void => {
    marks.push(...drawn);
    top += height + margin;
  };
  if (gpu && gpu.kernels.length > 0) add(kernelPanel(gpu, top));
  if (gpu && gpu.blocks.length > 0) {
    for (const model of new Set(gpu.blocks.map((block) => block.model))) {
      const blocks = gpu.blocks.filter((block) => block.model === model);
      // A single length makes no curve; the table has it.
      if (new Set(blocks.map(({ tokens }) => tokens)).size > 1) add(blockPanel(model, blocks, top));
    }
  }
  if (film) add(filmPanel(film, top));
  if (minute) add(memoryPanel(minute, { top, left: margin, right: plotRight - 30 }));
  const facts = gpu?.adapter ?? (film ?? minute)?.facts.adapter;
  const adapter = facts ? `${facts.description || facts.architecture}, ` : '';
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  const load = report.machine.load.map((value) => value.toFixed(1)).join(' to ');
  marks.push(
    text(
      margin,
      top + 8,
      `${adapter}${report.machine.processor}, ${report.machine.cores} cores, load ${load}`,
      {
        tone: 'quiet',
      },
    ),
    text(margin, top + 26, `${report.date.slice(0, 10)}, ${versions.join(', ')}`, { tone: 'quiet' }),
  );
  return drawing(width, top + 26 + margin, marks);
}

function kernelPanel({ kernels, peak, peer }: GpuResults, top: number): Panel {
  const rates = kernels.flatMap(({ flops, ours, peer: theirs }) => [
    rateOf(flops, ours.ms),
    ...(theirs ? [rateOf(flops, theirs.ms)] : []),
  ]);
  const scale = (plotRight - margin - labelWidth) / Math.max(...rates, peak?.gflops ?? 0);
  const left = margin + labelWidth;
  const rowHeight = 26;
  const marks = [
    text(margin, top + 14, 'Kernels, GFLOP/s', { tone: 'title' }),
    ...legend(left, top + 14, [['ours', 'Shotweave'], ...(peer ? ([['peer', peer]] as const) : [])]),
  ];
  const bottom = top + 34 + rowHeight * kernels.length;
  if (peak) {
    const x = left + scale * peak.gflops;
    marks.push(
      line(x, top + 30, x, bottom, 'ink', true),
      text(x, bottom + 12, `measured peak ${format(peak.gflops)}`, { anchor: 'end', tone: 'quiet' }),
    );
  }
  for (const [i, { kernel, model, part, flops, ours, peer: theirs }] of kernels.entries()) {
    const y = top + 34 + rowHeight * i;
    const rate = rateOf(flops, ours.ms);
    marks.push(
      text(left - 10, y + 14, `${kernel}, ${model} ${part}`, { anchor: 'end' }),
      bar(left, y + 2, scale * rate, theirs ? 11 : 18, 'ours'),
      text(left + scale * rate + 6, y + 12, format(rate)),
    );
    if (theirs) marks.push(bar(left, y + 14, scale * rateOf(flops, theirs.ms), 7, 'peer'));
  }
  return { marks, height: bottom + 16 - top };
}

const curveTones: readonly Tone[] = ['peer', 'ours', 'second', 'third', 'fourth'];

/** Seconds over tokens, both in powers: straight lines whose slope is the power with which cost grows. */
function blockPanel(model: string, blocks: readonly BlockResult[], top: number): Panel {
  const left = margin + 60;
  const plotTop = top + 34;
  const bottom = plotTop + 220;
  const x = logScale(
    blocks.map(({ tokens }) => tokens),
    left + 20,
    plotRight - 20,
  );
  const y = logScale(
    blocks.map(({ timing }) => timing.ms),
    bottom - 16,
    plotTop + 16,
  );
  const kinds = [...new Set(blocks.map(({ groups }) => groups))];
  const tone = (i: number): Tone => curveTones[i % curveTones.length] ?? 'ours';
  const marks = [
    text(margin, top + 14, `One block of ${model}, seconds over tokens`, { tone: 'title' }),
    ...legend(
      margin + 440,
      top + 14,
      kinds.map((groups, i) => [tone(i), groups === null ? 'dense' : `M = ${groups}`] as const),
    ),
    line(left, bottom, plotRight, bottom, 'grid'),
    line(left, plotTop, left, bottom, 'grid'),
  ];
  for (const tokens of new Set(blocks.map((block) => block.tokens))) {
    marks.push(
      line(x(tokens), plotTop, x(tokens), bottom, 'grid'),
      text(x(tokens), bottom + 16, tokens.toLocaleString('en'), { anchor: 'middle', tone: 'quiet' }),
    );
  }
  for (const ms of roundValues(blocks.map(({ timing }) => timing.ms))) {
    marks.push(
      line(left, y(ms), plotRight, y(ms), 'grid'),
      text(left - 8, y(ms) + 4, `${ms / 1e3} s`, { anchor: 'end', tone: 'quiet' }),
    );
  }
  for (const [i, groups] of kinds.entries()) {
    const own = blocks.filter((block) => block.groups === groups).sort((a, b) => a.tokens - b.tokens);
    marks.push(
      curve(
        own.map(({ tokens, timing }) => [x(tokens), y(timing.ms)] as const),
        tone(i),
      ),
    );
  }
  return { marks, height: bottom + 20 - top };
}

function filmPanel({ storyboard, steps, facts }: FilmBench, top: number): Panel {
  const stages = Object.entries(facts.secondsByStage);
  const scale = (plotRight - margin - labelWidth) / Math.max(...stages.map(([, seconds]) => seconds));
  const left = margin + labelWidth;
  const title = `“${storyboard}”, ${facts.frames} frames in ${steps} steps, seconds by stage`;
  const marks = [text(margin, top + 14, title, { tone: 'title' })];
  for (const [i, [stage, seconds]] of stages.entries()) {
    const y = top + 30 + 24 * i;
    marks.push(
      text(left - 10, y + 14, stage, { anchor: 'end' }),
      bar(left, y + 2, scale * seconds, 16, 'second'),
      text(left + scale * seconds + 6, y + 14, format(seconds)),
    );
  }
  return { marks, height: 30 + 24 * stages.length };
}

function legend(left: number, y: number, entries: readonly (readonly [Tone, string])[]): Mark[] {
  let x = left;
  return entries.flatMap(([tone, name]) => {
    const marks = [bar(x, y - 9, 10, 10, tone), text(x + 15, y, name)];
    x += 40 + 7 * name.length;
    return marks;
  });
}

/** Maps the range of the values to [from, to] by their logarithms. */
function logScale(values: readonly number[], from: number, to: number): (value: number) => number {
  const low = Math.log(Math.min(...values));
  const high = Math.log(Math.max(...values));
  return (value) => from + ((to - from) * (Math.log(value) - low)) / Math.max(high - low, 1e-9);
}

/** 1, 2, 5, 10, 20, ... inside the range of the values. */
function roundValues(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
    .flatMap((power) => [power, 2 * power, 5 * power])
    .filter((value) => value >= low && value <= high);
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
