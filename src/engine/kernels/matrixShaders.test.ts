import { afterAll, describe, expect, it } from 'vitest';
import { create, globals } from 'webgpu';
import { Gpu } from '../gpu/gpu.ts';
import type { KernelFeatures, MatrixShape } from '../tuning/variants.ts';
import { attention, tileWords } from './attention.ts';
import { gemm } from './gemm.ts';

/**
 * Hardly a machine has subgroup matrices, but Dawn's null backend takes every shader that Dawn would, and says what is
 * wrong with the others. It computes nothing: whether the numbers are right is for tests on a GPU.
 */
Object.assign(globalThis, globals);
const dawn = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
const adapter = await dawn.requestAdapter();
const matrixFeature = 'chromium-experimental-subgroup-matrix' as GPUFeatureName;
const device = await adapter?.requestDevice({
  requiredFeatures: ['subgroups', 'shader-f16', matrixFeature],
});
if (!device) throw new Error('Dawn has no null backend here');
afterAll(() => {
  device.destroy();
  // Dawn ends with what made it, which must live until here.
  expect(dawn).toBeDefined();
});

/** A device with matrices of one shape. */
function gpuWith(matrix: MatrixShape): Gpu {
  const kernels: KernelFeatures = {
    quads: false,
    f16: true,
    lanes: 8,
    matrix: { f16: matrix, f32: matrix },
    workgroupBytes: 16384,
    invocations: 256,
  };
  return new Gpu(device as GPUDevice, { software: false, quads: false, dispatchFlops: 1e9, kernels });
}

const shapes: readonly MatrixShape[] = [
  { m: 16, n: 16, inner: 16, lanes: 32 },
  { m: 16, n: 8, inner: 16, lanes: 32 },
  { m: 8, n: 16, inner: 16, lanes: 32 },
  { m: 8, n: 8, inner: 8, lanes: 32 },
  { m: 16, n: 16, inner: 16, lanes: 64 },
];
const words = ({ m, n, inner, lanes }: MatrixShape) => `${m}x${n}x${inner}, up to ${lanes} lanes`;

describe.each(shapes.map((shape) => [words(shape), shape] as const))('matrices of %s', (_, shape) => {
  it.each([4, 20, 64, 128])('attend with heads of %i', async (headSize) => {
    const gpu = gpuWith(shape);
    const buffer = gpu.buffer('values', 64 * headSize * 4);
    const list = tileWords([{ queries: { start: 0, count: 64 }, keys: [{ start: 0, count: 64 }] }], 64);
    const rows = gpu.upload('rows', new Uint32Array(64));
    const operands = {
      ...{ q: buffer, k: buffer, v: buffer, weight: buffer, heads: 1, headSize },
      list: { queryRows: rows, keyRows: rows, list: gpu.upload('list', list), tiles: 1, pairs: 4096 },
      out: gpu.buffer('out', 64 * headSize * 4),
    };
    const rowsOf = (first: boolean) => ({ merge: { rows: 64, first } });
    const later = { ...rowsOf(true), laterAt: 64 };
    for (const combine of [{}, { accumulate: true }, rowsOf(true), rowsOf(false), later]) {
      expect(await attention(gpu, { ...operands, ...combine, variant: 'matrixHalf' })).toHaveLength(1);
    }
    if (shape.inner === 8) expect(await attention(gpu, { ...operands, variant: 'matrix' })).toHaveLength(1);
    gpu.freeAll();
  });

  it.each(['f32', 'f16', 'int8', 'int4'] as const)('multiply by weights in %s', async (format) => {
    const gpu = gpuWith(shape);
    const buffer = (): GPUBuffer => gpu.buffer('values', 65536);
    const w = format === 'f32' ? buffer() : { format, words: buffer(), scales: buffer() };
    const operands = { a: buffer(), w, bias: buffer(), y: buffer(), rows: 70, columns: 70, inner: 64 };
    for (const epilogue of ['none', 'gelu'] as const) {
      expect(await gemm(gpu, { ...operands, epilogue, variant: 'matrix' })).toHaveProperty('pipeline');
    }
    gpu.freeAll();
  });
});
