import { describe, expect, it } from 'vitest';
import { testGpu } from '../testing/device.ts';
import { randomFloats } from '../testing/random.ts';
import { gpuLowRankProduct } from './gpuLowRankProduct.ts';
import { lowRankProduct } from './mergedTensors.ts';

const gpu = await testGpu();

describe('the product of a LoRA on the GPU', () => {
  it.each([
    [96, 32, 64],
    [65, 4, 130],
    [33, 5, 7],
    [1, 1, 1],
  ])('[%i, %i] @ [., %i] is that of the CPU', async (rows, rank, columns) => {
    const up = randomFloats(1, rows * rank);
    const down = randomFloats(2, rank * columns);
    const before = gpu.bytes;
    const actual = await gpuLowRankProduct(gpu)(up, down, { rows, rank, columns });
    const expected = await lowRankProduct(up, down, { rows, rank, columns });
    expect(actual.length).toBe(rows * columns);
    const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? 0))), 0);
    expect(worst).toBeLessThan(1e-5);
    expect(gpu.bytes).toBe(before);
  });
});
