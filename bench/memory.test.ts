import { describe, expect, it } from 'vitest';
import { memoryByStage, memoryPanel, memoryTable } from './memory.ts';
import type { MemorySample, MinuteBench } from './report.ts';
import { gpuResults } from './testing.ts';

const mebibyte = 2 ** 20;

function sample(
  seconds: number,
  stage: MemorySample['stage'],
  gpu: number,
  resident: number | null,
): MemorySample {
  return {
    seconds,
    stage,
    gpuBytes: gpu * mebibyte,
    heapBytes: 12 * mebibyte,
    residentBytes: resident === null ? null : resident * mebibyte,
  };
}

const minute: MinuteBench = {
  storyboard: 'A day',
  steps: 2,
  shots: 8,
  seconds: 60,
  facts: {
    frames: 1441,
    latentFrames: 361,
    tokens: 21660,
    secondsByStage: { load: 1, text: 1, denoise: 6, decode: 1.5, finish: 0.5 },
    peakGpuBytes: 3 * mebibyte,
    codec: 'h264',
    framesSha256: 'abc',
    adapter: gpuResults().adapter,
  },
  memory: [
    sample(1, 'denoise', 200, 900),
    sample(2, 'denoise', 230, null),
    sample(3, 'denoise', 210, 950),
    sample(4, 'decode', 80, null),
  ],
};

describe('memoryByStage', () => {
  it('gives the first, the last and the most of every stage', () => {
    expect(memoryByStage(minute.memory, 'gpuBytes')).toEqual([
      { stage: 'denoise', samples: 3, first: 200, last: 210, most: 230 },
      { stage: 'decode', samples: 1, first: 80, last: 80, most: 80 },
    ]);
  });

  it('leaves out what was not told', () => {
    expect(memoryByStage(minute.memory, 'residentBytes')).toEqual([
      { stage: 'denoise', samples: 2, first: 900, last: 950, most: 950 },
    ]);
  });
});

describe('memoryTable', () => {
  it('has a line for every kind of memory and stage', () => {
    const rows = memoryTable(minute).split('\n');
    expect(rows).toHaveLength(1 + 2 + 2 + 1);
    expect(rows[1]?.split(/ {2,}/)).toEqual(['GPU buffers', 'denoise', '3', '200', '210', '230']);
  });
});

describe('memoryPanel', () => {
  it('draws a line for every kind, inside the plot, and names the stages', () => {
    const { marks, height } = memoryPanel(minute, { top: 0, left: 24, right: 790 });
    const drawn = marks.join('\n');
    expect(drawn.match(/<polyline/g)).toHaveLength(3);
    for (const name of ['denoise', 'decode', 'JS heaps']) expect(drawn).toContain(`>${name}<`);
    const heights = [...drawn.matchAll(/points="([^"]+)"/g)].flatMap(([, points = '']) =>
      points.split(' ').map((point) => Number(point.split(',')[1])),
    );
    expect(Math.min(...heights)).toBeGreaterThan(20);
    expect(Math.max(...heights)).toBeLessThan(height);
  });
});
