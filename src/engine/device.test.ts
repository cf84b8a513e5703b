import { describe, expect, it } from 'vitest';
import { matrixShape } from './device.ts';

const limits = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupSizeX: 256 };

/** An adapter with subgroups of up to `lanes` lanes and the given matrices: sizes, what goes in and what comes out. */
function adapterWith(
  configs: readonly (readonly [m: number, n: number, k: number, input: string, output: string])[],
  lanes = 32,
  feature = 'chromium-experimental-subgroup-matrix',
) {
  const subgroupMatrixConfigs = configs.map(([M, N, K, componentType, resultComponentType]) => ({
    ...{ M, N, K, componentType, resultComponentType },
  }));
  const info = { subgroupMaxSize: lanes, subgroupMatrixConfigs };
  return { features: new Set([feature]), info, limits } as unknown as Parameters<typeof matrixShape>[0];
}

describe('matrixShape', () => {
  const mixed = adapterWith([
    [16, 16, 32, 'u8', 'u32'],
    [16, 16, 16, 'f16', 'f16'],
    [32, 32, 16, 'f16', 'f32'],
    [16, 8, 16, 'f16', 'f32'],
    [16, 16, 16, 'f16', 'f32'],
    [8, 8, 8, 'f32', 'f32'],
  ]);

  it('takes the first that multiplies in a precision, adds up in f32 and fits into tiles', () => {
    expect(matrixShape(mixed, 'f16')).toEqual({ m: 16, n: 8, inner: 16, lanes: 32 });
    expect(matrixShape(mixed, 'f32')).toEqual({ m: 8, n: 8, inner: 8, lanes: 32 });
  });

  it('takes none where sums would be f16', () => {
    const adapter = adapterWith([[8, 8, 8, 'f16', 'f16']]);
    expect([matrixShape(adapter, 'f16'), matrixShape(adapter, 'f32')]).toEqual([null, null]);
  });

  it('takes none without the feature, or where four subgroups are too many for a workgroup', () => {
    const half = [[16, 16, 16, 'f16', 'f32']] as const;
    expect(matrixShape(adapterWith(half, 64), 'f16')).toMatchObject({ lanes: 64 });
    expect(matrixShape(adapterWith(half, 128), 'f16')).toBeNull();
    expect(matrixShape(adapterWith(half, 32, 'subgroups'), 'f16')).toBeNull();
  });
});
