import { alignColumns } from '../src/plan/flopTable.ts';
import type { MemorySample, MinuteBench } from './report.ts';
import { curve, line, type Mark, type Tone, text } from './svg.ts';

type Measure = 'gpuBytes' | 'heapBytes' | 'residentBytes';

/** What one stage of a film took of one kind of memory, in MiB. */
export interface StageMemory {
  stage: MemorySample['stage'];
  samples: number;
  first: number;
  last: number;
  most: number;
}

/** Memory by stage, in the order of the stages; null where it was never told. */
export function memoryByStage(memory: readonly MemorySample[], measure: Measure): StageMemory[] {
  const stages = [...new Set(memory.map(({ stage }) => stage))];
  return stages.flatMap((stage) => {
    const values = memory
      .filter((sample) => sample.stage === stage)
      .flatMap((sample) => sample[measure] ?? [])
      .map((bytes) => bytes / 2 ** 20);
    const first = values[0];
    const last = values.at(-1);
    if (first === undefined || last === undefined) return [];
    return { stage, samples: values.length, first, last, most: Math.max(...values) };
  });
}

/** Memory of a minute's making, stage by stage. */
export function memoryTable({ memory }: MinuteBench): string {
  const measures: readonly [Measure, string][] = [
    ['gpuBytes', 'GPU buffers'],
    ['heapBytes', 'JS heaps'],
    ['residentBytes', 'browser, resident'],
  ];
  const rows = measures.flatMap(([measure, name]) =>
    memoryByStage(memory, measure).map(({ stage, samples, first, last, most }) => [
      name,
      stage,
      `${samples}`,
      first.toFixed(0),
      last.toFixed(0),
      most.toFixed(0),
    ]),
  );
  return alignColumns([['MiB', 'stage', 'samples', 'first', 'last', 'most'], ...rows]);
}

/** Pixels that the name of a stage takes at most. */
const nameWidth = 60;

/** Memory over time: GPU buffers, JavaScript heaps and the browser's resident memory. */
export function memoryPanel(
  { storyboard, shots, seconds, memory }: MinuteBench,
  { top, left, right }: { top: number; left: number; right: number },
): { marks: Mark[]; height: number } {
  const series: readonly [Measure, string, Tone][] = [
    ['gpuBytes', 'GPU buffers', 'ours'],
    ['heapBytes', 'JS heaps', 'second'],
    ['residentBytes', 'browser, resident', 'peer'],
  ];
  const plotLeft = left + 70;
  const plotTop = top + 34;
  const bottom = plotTop + 180;
  const mebibytes = (bytes: number): number => bytes / 2 ** 20;
  const end = Math.max(...memory.map((sample) => sample.seconds), 1);
  const most = Math.max(
    ...memory.flatMap((sample) => series.flatMap(([measure]) => mebibytes(sample[measure] ?? 0))),
    1,
  );
  const ceiling = roundUp(most);
  const x = (at: number): number => plotLeft + ((right - plotLeft) * at) / end;
  const y = (value: number): number => bottom - ((bottom - plotTop) * value) / ceiling;
  const marks: Mark[] = [
    text(
      left,
      top + 14,
      `“${storyboard}”, ${seconds.toFixed(0)} s of film in ${shots} shots, MiB over seconds`,
      {
        tone: 'title',
      },
    ),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(plotLeft, y(share * ceiling), right, y(share * ceiling), 'grid'),
      text(plotLeft - 8, y(share * ceiling) + 4, `${share * ceiling}`, { anchor: 'end', tone: 'quiet' }),
    ]),
    text(right, bottom + 16, `${end.toFixed(0)} s`, { anchor: 'end', tone: 'quiet' }),
  ];
  const starts = memory.filter(({ stage }, i) => stage !== memory[i - 1]?.stage);
  for (const [i, { stage, seconds: start }] of starts.entries()) {
    marks.push(line(x(start), plotTop, x(start), bottom, 'grid', true));
    // A stage that the next one follows too soon goes without its name.
    const next = starts[i + 1];
    if (next && x(next.seconds) - x(start) < nameWidth) continue;
    marks.push(text(x(start) + 4, bottom + 16, stage, { tone: 'quiet' }));
  }
  for (const [measure, name, tone] of series) {
    const points = memory.flatMap((sample) => {
      const bytes = sample[measure];
      return bytes === null ? [] : [[x(sample.seconds), y(mebibytes(bytes))] as const];
    });
    const lastPoint = points.at(-1);
    if (!lastPoint) continue;
    marks.push(curve(points, tone, false), text(right + 8, lastPoint[1] + 4, name));
  }
  return { marks, height: bottom + 20 - top };
}

/** The next of 4, 8, 20, 40, 80, ... so that quarters of it are round. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [0.4, 0.8, 2, 4, 8, 20].map((factor) => factor * power).find((step) => step >= value) ?? value;
}
