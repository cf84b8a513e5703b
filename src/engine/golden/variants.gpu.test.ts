import { beforeAll, expect, it } from 'vitest';
import { attentionFamily } from '../kernels/attention.ts';
import { convFamily } from '../kernels/conv.ts';
import { gemmFamily } from '../kernels/gemmVariants.ts';
import { layerNormFamily, qkNormFamily } from '../kernels/norm.ts';
import { routeFamily, sortFamily } from '../kernels/route.ts';
import { testGpu } from '../testing/device.ts';
import { fetchBytes, type PapercutFiles, papercutFiles } from '../testing/papercut.ts';
import type { Family, KernelName } from '../tuning/variants.ts';
import { lacking } from '../tuning/variants.ts';
import { blobSource } from '../weights/byteSource.ts';
import fixture from './fixtures/papercut/one_frame.safetensors?url';
import { runGoldens } from './run.ts';

const { features } = (await testGpu()).choices;

const families: readonly Family[] = [
  gemmFamily,
  attentionFamily,
  convFamily,
  layerNormFamily,
  qkNormFamily,
  routeFamily,
  sortFamily,
];

type Variants = Partial<Record<KernelName, string>>;
const byLanes: Variants = { layerNorm: 'lanes', qkNorm: 'lanes', route: 'lanes', sort: 'parallel' };
const byGroup: Variants = { layerNorm: 'group', qkNorm: 'group', route: 'group', sort: 'parallel' };

/** Every variant of every kernel occurs in one of these. */
const sets: readonly (readonly [name: string, variants: Variants])[] = [
  ['tiled', { gemm: 'tiled', attention: 'tiled', conv: 'tiled', ...byGroup }],
  ['medium', { gemm: 'medium', attention: 'tiled', conv: 'large', ...byGroup }],
  ['large', { gemm: 'large', attention: 'split', conv: 'large', ...byLanes }],
  ['huge', { gemm: 'huge', attention: 'split', conv: 'huge', ...byLanes }],
  ['double', { gemm: 'double', attention: 'split', conv: 'tiled', ...byGroup }],
  ['shuffle', { gemm: 'shuffle', attention: 'split', conv: 'tiled', ...byLanes }],
  ['plain', { layerNorm: 'row', qkNorm: 'row', route: 'row', sort: 'serial' }],
  ['quads', { gemm: 'quad', attention: 'quad', conv: 'quad' }],
  ['mediumHalf', { gemm: 'mediumHalf', attention: 'half', conv: 'largeHalf', ...byGroup }],
  ['largeHalf', { gemm: 'largeHalf', attention: 'splitHalf', conv: 'largeHalf', ...byLanes }],
  ['hugeHalf', { gemm: 'hugeHalf', attention: 'splitHalf', conv: 'largeHalf', ...byLanes }],
  ['matrix', { gemm: 'large', attention: 'matrix', conv: 'large', ...byLanes }],
  ['matrixHalf', { gemm: 'matrix', attention: 'matrixHalf', conv: 'largeHalf', ...byLanes }],
];

/** What an adapter with quads runs: there every other set compiles for a minute, and its kernels have tests anyway. */
const brief = ['tiled', 'large', 'plain'];

let papercut: PapercutFiles;
beforeAll(async () => {
  papercut = await papercutFiles();
});

function reasons(variants: Variants): string[] {
  return families.flatMap((family) => {
    const name = variants[family.kernel];
    const needs = name === undefined ? undefined : family.variants[name]?.needs;
    return (needs && lacking(features, needs)) ?? [];
  });
}

it('forces every variant of every kernel', () => {
  for (const { kernel, variants } of families) {
    const forced = new Set(sets.map(([, set]) => set[kernel]));
    for (const name of Object.keys(variants)) expect(forced, kernel).toContain(name);
  }
});

for (const [name, variants] of sets) {
  const [lack] = reasons(variants);
  const missing = lack ?? (features.quads && !brief.includes(name) ? 'slow to compile' : undefined);
  const half = families.some(({ kernel, variants: all }) => all[variants[kernel] ?? '']?.precision === 'f16');
  it.skipIf(missing !== undefined)(
    `agrees with PyTorch in variants ${name}${missing ? ` (${missing} here)` : ''}`,
    async () => {
      const { config, dit, ae } = papercut;
      const files = {
        config,
        dit: blobSource('dit.safetensors', dit),
        ae: blobSource('ae.safetensors', ae),
        goldens: [blobSource('one_frame', await fetchBytes(fixture))],
      };
      const report = await runGoldens(files, () => {}, { variants, half });
      expect(report.rows.filter(({ ok }) => !ok)).toEqual([]);
      expect(report.rows.length).toBeGreaterThan(10);
    },
    900_000,
  );
}
