import { describe, expect, it } from 'vitest';
import { eulerStep, patchify } from './latent.ts';

describe('patchify', () => {
  it('cuts patches with the channel as the slowest part of a feature', () => {
    const shape = { grid: { frames: 1, rows: 1, columns: 2 }, channels: 2, patchSize: 2 };
    // Two channels a cell, 4 cells a line: the second channel is the first plus 100.
    const x = new Float64Array([0, 1, 2, 3, 4, 5, 6, 7].flatMap((cell) => [cell, cell + 100]));
    const y = new Float64Array(16);
    patchify(shape, { x, y });
    expect([...y]).toEqual([0, 1, 4, 5, 100, 101, 104, 105, 2, 3, 6, 7, 102, 103, 106, 107]);
  });
});

describe('eulerStep', () => {
  it('guides, expects and moves', () => {
    const x = new Float64Array([10]);
    const estimate = new Float64Array(1);
    const velocities = { vCond: new Float64Array([3]), vNull: new Float64Array([1]) };
    const shape = { grid: { frames: 1, rows: 1, columns: 1 }, channels: 1, patchSize: 1 };
    eulerStep(shape, { x, ...velocities, estimate, guidance: 2, sigma: 0.5, nextSigma: 0.25 });
    // v = 1 + 2 * (3 - 1) = 5
    expect([...estimate, ...x]).toEqual([7.5, 8.75]);
  });

  it('puts patches back with the channel as the fastest part of a feature', () => {
    const shape = { grid: { frames: 1, rows: 1, columns: 2 }, channels: 2, patchSize: 2 };
    const v = Float64Array.from({ length: 16 }, (_, i) => i);
    const x = new Float64Array(16);
    const step = { guidance: 1, sigma: 0, nextSigma: 1 };
    eulerStep(shape, { x, vCond: v, vNull: v, estimate: new Float64Array(16), ...step });
    expect([...x]).toEqual([0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]);
  });
});
