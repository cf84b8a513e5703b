import { expect, it } from 'vitest';
import type { AdapterReport } from '../render/protocol.ts';
import { droppedWords, kernelRows } from './kernelWords.ts';

const report: AdapterReport = {
  vendor: 'v',
  architecture: 'a',
  description: 'd',
  software: false,
  precision: 'f32',
};
const picked: AdapterReport = {
  ...report,
  kernels: {
    precision: 'f32',
    variants: { 'gemm:many': 'huge', 'gemm:few rows': 'shuffle', attention: 'split' },
    dropped: [{ kernel: 'attention', variant: 'half', reason: 'its error was 0.3' }],
  },
};

it('names the variant of every kernel, by shape where they differ', () => {
  expect(kernelRows(picked)).toEqual([
    ['Matrix products', 'huge for many, shuffle for few rows'],
    ['Attention', 'split'],
  ]);
});

it('names a variant once that all shapes share', () => {
  const variants = { 'gemm:many': 'quad', 'gemm:few rows': 'quad' };
  const kernels = { precision: 'f32' as const, variants, dropped: [] };
  expect(kernelRows({ ...report, kernels })).toEqual([['Matrix products', 'quad']]);
});

it('says when kernels are chosen', () => {
  expect(kernelRows(report)).toEqual([['Kernels', 'chosen with the first film']]);
});

it('tells of variants that were dropped, with the reason', () => {
  expect(droppedWords(report)).toBeNull();
  expect(droppedWords(picked)).toMatch(/attention half \(its error was 0\.3\)/);
});
