import { describe, expect, it } from 'vitest';
import type { Epilogue } from '../kernels/gemm.ts';
import { gemm } from './gemm.ts';

describe('gemm', () => {
  const product = (epilogue: Epilogue, before: number[]): number[] => {
    const y = new Float64Array(before);
    const operands = {
      a: new Float64Array([1, 2]),
      w: new Float64Array([3, 4, 5, 6]),
      bias: new Float64Array([10, 20]),
      gate: new Float64Array([2, 0.5]),
    };
    gemm({ ...operands, y, rows: 1, columns: 2, inner: 2, epilogue });
    return [...y];
  };

  it('multiplies rows of both operands and adds the bias', () => {
    expect(product('none', [7, 7])).toEqual([21, 37]);
  });

  it('adds to what is there, with a gate for each column', () => {
    expect(product('add', [1, 2])).toEqual([22, 39]);
    expect(product('gatedAdd', [1, 2])).toEqual([43, 20.5]);
  });

  it.each([
    ['gelu', 1, 0.8411919906],
    ['gelu', -1, -0.1588080094],
    ['silu', 1, 0.7310585786],
    ['silu', -2, -0.238405844],
  ] as const)('%s(%d) is %d', (epilogue, x, expected) => {
    const y = new Float64Array(1);
    const one = new Float64Array([1]);
    const shape = { rows: 1, columns: 1, inner: 1 };
    gemm({ a: one, w: new Float64Array([x]), bias: new Float64Array(1), y, ...shape, epilogue });
    expect(y[0]).toBeCloseTo(expected, 9);
  });
});
