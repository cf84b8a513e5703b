import type { AdapterReport } from '../render/protocol.ts';

/** What kernels are called in the studio, and in which order they are told. */
const titles = [
  ['gemm', 'Matrix products'],
  ['attention', 'Attention'],
  ['conv', 'Convolutions'],
  ['layerNorm', 'Norms'],
  ['qkNorm', 'Query norms'],
  ['route', 'Router'],
  ['sort', 'Sort'],
] as const;

/** The variant that every kernel runs in on this adapter; where shapes differ, each with its own. */
export function kernelRows({ kernels }: AdapterReport): [string, string][] {
  if (!kernels) return [['Kernels', 'chosen with the first film']];
  return titles.flatMap(([kernel, title]): [string, string][] => {
    const picked = Object.entries(kernels.variants).filter(([key]) => key.split(':')[0] === kernel);
    const variants = new Set(picked.map(([, variant]) => variant));
    const [only] = variants;
    if (only === undefined) return [];
    const each = picked.map(([key, variant]) => `${variant} for ${key.split(':')[1]}`);
    return [[title, variants.size === 1 ? only : each.join(', ')]];
  });
}

/** A sentence about variants that gave wrong numbers here; null where all are right. */
export function droppedWords({ kernels }: AdapterReport): string | null {
  const dropped = kernels?.dropped ?? [];
  if (dropped.length === 0) return null;
  const names = dropped.map(({ kernel, variant, reason }) => `${kernel} ${variant} (${reason})`);
  return `Left out because this driver does not run them right: ${names.join('; ')}.`;
}
