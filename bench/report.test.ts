import { describe, expect, it } from 'vitest';
import { drawReport } from './chart.ts';
import { blockTable, describeReport, kernelTable } from './tables.ts';
import { benchReport, blockResult, gpuResults, kernelResult } from './testing.ts';

const blocks = [
  blockResult(1020, null, 8e9, 1000),
  blockResult(1020, 8, 2e9, 400),
  blockResult(4080, 8, 8e9, 2000),
];
const gpu = gpuResults({
  kernels: [kernelResult(50, 400), kernelResult(100, null, { kernel: 'conv', cutFrom: 'larger' })],
  blocks,
  notes: ['Left out: something.'],
});
const film = {
  storyboard: 'A boat',
  steps: 16,
  facts: {
    frames: 97,
    latentFrames: 25,
    tokens: 1500,
    secondsByStage: { load: 1, text: 1, denoise: 6, decode: 1.5, finish: 0.5 },
    peakGpuBytes: 3 * 2 ** 20,
    codec: 'h264' as const,
    framesSha256: 'abc',
    adapter: gpu.adapter,
  },
};

/** Cells of the lines of a table. */
function cells(table: string): string[][] {
  return table.split('\n').map((row) => row.trim().split(/ {2,}/));
}

describe('kernelTable', () => {
  it('shows rates, the share of the peak and the ratio', () => {
    const [, gemm] = cells(kernelTable(gpu.kernels, gpu.peak));
    expect(gemm).toEqual([
      ...['gemm', 'Papercut', 'ffn.0', '1440x1024x256', '50.0', '2%', '20.0', '50%'],
      ...['400', '2.50', '8.00x', '2.0e-7'],
    ]);
  });

  it('says what a shape was cut from and leaves the peer out where there is none', () => {
    const [, , conv] = cells(kernelTable(gpu.kernels, gpu.peak));
    expect(conv).toContain('larger');
    expect(conv?.slice(-2)).toEqual(['25%', '1.0e-7']);
  });
});

describe('blockTable', () => {
  it('shows the speed-up beside the one that FLOPs promise', () => {
    const [, , grouped] = cells(blockTable(blocks));
    expect(grouped?.slice(3)).toEqual([
      ...['M = 8', '400', '2%', '2.000 GFLOPs', '5.00', '2.50x', '4.00x', '63%', '1.00%', '1.010'],
    ]);
  });
});

describe('describeReport', () => {
  it('tells where the figures come from, and what was left out', () => {
    const words = describeReport(benchReport({ gpu, film }));
    expect(words).toContain('chromium 1.2.3');
    expect(words).toContain('load average 0.25 before, 1.50 after');
    expect(words).toContain('- Left out: something.');
    expect(words).toContain('97 frames');
    expect(words).toMatch(/denoise +6\.00 +60%/);
  });
});

describe('drawReport', () => {
  const chart = drawReport(benchReport({ gpu, film }));

  it('is well-formed and stays on its ground', () => {
    const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(chart) ?? []).map(Number);
    const numbers = (name: string) =>
      [...chart.matchAll(new RegExp(`\\b${name}="([-.\\d]+)"`, 'g'))].map((match) => Number(match[1]));
    for (const x of [...numbers('x'), ...numbers('x1'), ...numbers('x2'), ...numbers('cx')]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(width);
    }
    for (const y of [...numbers('y'), ...numbers('y1'), ...numbers('y2'), ...numbers('cy')]) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(height);
    }
    expect(chart).toContain('A &lt;processor&gt;');
    expect(chart).not.toContain('NaN');
  });

  it('draws bars in proportion to the rates', () => {
    const widths = [
      ...chart.matchAll(/<rect class="(?:ours|peer)" x="254" y="[\d.]+" width="([\d.]+)"/g),
    ].map((match) => Number(match[1]));
    const [ours = 0, peer = 0, conv = 0] = widths.slice(-3);
    expect(ours / peer).toBeCloseTo(8, 1);
    expect(ours / conv).toBeCloseTo(2, 1);
  });

  it('leaves out what was not measured', () => {
    expect(drawReport(benchReport({ film }))).not.toContain('GFLOP/s');
    expect(drawReport(benchReport({ gpu }))).not.toContain('by stage');
  });
});
