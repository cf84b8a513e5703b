import { expect, it } from 'vitest';
import { matrixDefines } from './attentionMatrix.ts';

const sizes = [8, 16];
const shapes = sizes.flatMap((m) => sizes.flatMap((n) => sizes.map((inner) => ({ m, n, inner, lanes: 32 }))));

it.each([
  ['f16', 16384],
  ['f32', 32768],
] as const)('cuts whole matrices in %s that fit into %i bytes', (precision, bytes) => {
  for (const shape of shapes) {
    for (let vectors = 1; vectors <= 32; vectors++) {
      const { D, KEYS, M, N, K } = matrixDefines(shape, vectors, precision, bytes);
      expect(D).toBeGreaterThanOrEqual(4 * vectors);
      expect(D).toBeLessThan(4 * vectors + Math.max(N, K));
      expect([D % N, D % K, KEYS % M, KEYS % N, KEYS % K]).toEqual([0, 0, 0, 0, 0]);
    }
  }
});

it.each([
  [8, 64, 1],
  [16, 64, 1],
  [32, 128, 2],
  [64, 256, 4],
  [128, 512, 4],
])('shares rows of scores among the invocations where subgroups have up to %i lanes', (lanes, all, split) => {
  const shape = { m: 16, n: 16, inner: 16, lanes };
  expect(matrixDefines(shape, 16, 'f16', 16384)).toMatchObject({ INVOCATIONS: all, SPLIT: split });
});

it('takes more keys at a time where there is more memory', () => {
  const shape = { m: 16, n: 16, inner: 16, lanes: 32 };
  expect([16384, 32768].map((bytes) => matrixDefines(shape, 32, 'f16', bytes).KEYS)).toEqual([16, 32]);
});
