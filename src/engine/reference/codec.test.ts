import { describe, expect, it } from 'vitest';
import { activation, channelNorm, copyBlock, softmaxRows } from './codec.ts';

describe('channelNorm', () => {
  const operands = { x: new Float64Array([3, 4, 0, 0]), gamma: new Float64Array([1, 2]) };

  it('gives every pixel the length of its number of channels, and black stays black', () => {
    const y = new Float64Array(4);
    channelNorm({ ...operands, y, rows: 2, width: 2, silu: false });
    expect([...y]).toEqual([0.6 * Math.SQRT2, 1.6 * Math.SQRT2, 0, 0]);
  });

  it('ends with SiLU', () => {
    const y = new Float64Array(4);
    channelNorm({ ...operands, y, rows: 1, width: 2, silu: true });
    const value = 0.6 * Math.SQRT2;
    expect(y[0]).toBeCloseTo(value / (1 + Math.exp(-value)), 12);
  });
});

describe('softmaxRows', () => {
  it('shares one among the columns of a row', () => {
    const x = new Float64Array([0, Math.log(3), 9, 5, 5, 9]);
    softmaxRows({ x, rows: 2, columns: 2, stride: 3, scale: 1 });
    expect([...x].map((value) => Number(value.toFixed(12)))).toEqual([0.25, 0.75, 0, 0.5, 0.5, 0]);
  });

  it('scales first', () => {
    const x = new Float64Array([0, Math.log(9)]);
    softmaxRows({ x, rows: 1, columns: 2, stride: 2, scale: 0.5 });
    expect(x[1]).toBeCloseTo(0.75, 12);
  });
});

describe('activation', () => {
  it('cuts what is negative or limits what is large', () => {
    const x = new Float64Array([-2, 5]);
    activation({ x, count: 2, kind: 'relu' });
    expect([...x]).toEqual([0, 5]);
    activation({ x, count: 2, kind: { softLimit: 3 } });
    expect(x[1]).toBeCloseTo(3 * Math.tanh(5 / 3), 12);
  });
});

describe('copyBlock', () => {
  it('moves a rectangle', () => {
    const source = Uint32Array.of(1, 2, 3, 4, 5, 6);
    const grid = new Uint32Array(6);
    copyBlock({ source, grid, rows: 2, words: 2, fromStart: 1, fromStride: 3, toStart: 2, toStride: 2 });
    expect([...grid]).toEqual([0, 0, 2, 3, 5, 6]);
  });
});
