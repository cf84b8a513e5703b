import { describe, expect, it } from 'vitest';
import { layerNorm, qkNorm, rmsNorm } from './norm.ts';

describe('layerNorm', () => {
  it('centres and scales, then modulates by 1 + scale or is affine', () => {
    const y = new Float64Array(2);
    const operands = {
      x: new Float64Array([1, 3]),
      scale: new Float64Array([1, 2]),
      shift: new Float64Array([5, 6]),
    };
    layerNorm({ ...operands, y, rows: 1, width: 2, modulated: true, eps: 0 });
    expect([...y]).toEqual([3, 9]);
    layerNorm({ ...operands, y, rows: 1, width: 2, modulated: false, eps: 0 });
    expect([...y]).toEqual([4, 8]);
    // Variance 1 and eps 3: half of the deviation is left.
    layerNorm({ ...operands, y, rows: 1, width: 2, modulated: false, eps: 3 });
    expect([...y]).toEqual([4.5, 7]);
  });
});

describe('rmsNorm', () => {
  it('divides each row by its root mean square', () => {
    const y = new Float64Array(4);
    const operands = { x: new Float64Array([1, 7, 10, 10]), weight: new Float64Array([5, 10]) };
    rmsNorm({ ...operands, y, rows: 2, width: 2, eps: 0 });
    expect([...y]).toEqual([1, 14, 5, 10]);
  });
});

describe('qkNorm', () => {
  it('turns the pairs of a head by frame, row and column', () => {
    const x = new Float64Array([1, 0, 1, 0, 1, 0]);
    const weight = new Float64Array(6).fill(Math.SQRT1_2);
    const rope = { grid: { frames: 2, rows: 3, columns: 4 }, firstRow: 1 * 12 + 2 * 4 + 3 };
    qkNorm({ x, weight, rows: 1, heads: 1, headSize: 6, eps: 0, rope });
    const expected = [1, 2, 3].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
    for (const [i, value] of expected.entries()) expect(x[i]).toBeCloseTo(value, 12);
  });

  it('turns later pairs of an axis more slowly, in every head', () => {
    const x = new Float64Array([1, 0, 0, 1, 1, 0, 0, 1]);
    const weight = new Float64Array(8).fill(Math.SQRT1_2);
    const rope = { grid: { frames: 9, rows: 1, columns: 1 }, firstRow: 5 };
    qkNorm({ x, weight, rows: 1, heads: 2, headSize: 4, eps: 0, rope });
    // Heads of 4 leave everything to the frame: angles 5 and 5 / 10000^(1/2).
    const head = [Math.cos(5), Math.sin(5), -Math.sin(0.05), Math.cos(0.05)];
    for (const [i, value] of [...head, ...head].entries()) expect(x[i]).toBeCloseTo(value, 12);
  });
});
