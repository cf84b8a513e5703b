import type { FilmFlops } from './flops.ts';
import { linearFlops } from './flops.ts';
import type { PaperComparison } from './paperFigures.ts';
import type { FlopCount } from './types.ts';

/** FLOPs of one forward pass by part, with each part's share; parts that cost nothing are left out. */
export function partTable(count: FlopCount): string[][] {
  const parts: [string, number][] = [
    ['patch embedding', count.patch],
    ['text embedding', count.text],
    ['time embedding', count.time],
    ['Q, K, V, output', count.projections],
    ['router', count.router],
    ['attention: groups', count.attention.group],
    ['attention: windows', count.attention.window],
    ['attention: frames', count.attention.frame],
    ['attention: clusters or chunks', count.attention.routed],
    ['attention: dense', count.attention.dense],
    ['cross Q, K, V, output', count.crossProjections],
    ['cross-attention', count.cross],
    ['feed-forward', count.ffn],
    ['head', count.head],
    ['convolutions over cells', count.detail],
    ['total', count.total],
  ];
  return [
    ['part', 'FLOPs', 'share'],
    ...parts
      .filter(([, flops]) => flops > 0)
      .map(([part, flops]) => [part, formatFlops(flops), `${((100 * flops) / count.total).toFixed(2)}%`]),
  ];
}

/** FLOPs of a whole film by stage. */
export function filmTable(film: FilmFlops): string[][] {
  return [
    ['stage', 'FLOPs'],
    ['text', formatFlops(film.text)],
    ['denoise', formatFlops(film.denoise)],
    ['decode', formatFlops(film.decode)],
    ['total', formatFlops(film.total)],
  ];
}

/** Published figures beside ours, term by term, in PFLOPs. */
export function paperTable(rows: readonly PaperComparison[]): string[][] {
  const peta = (flops: number) => (flops / 1e15).toFixed(3);
  return [
    [
      'tokens',
      'attention',
      'paper',
      'ours',
      'deviation',
      'linear',
      'cross',
      'dense',
      'groups',
      'windows',
      'frames',
      'router',
    ],
    ...rows.map(({ tokens, groups, paper, ours, deviation }) => [
      tokens.toLocaleString('en'),
      groups === null ? 'full' : `M=${groups}`,
      (paper / 1e15).toFixed(2),
      peta(ours.total),
      `${deviation < 0 ? '-' : '+'}${Math.abs(100 * deviation).toFixed(1)}%`,
      peta(linearFlops(ours)),
      peta(ours.cross),
      peta(ours.attention.dense),
      peta(ours.attention.group),
      peta(ours.attention.window),
      peta(ours.attention.frame),
      peta(ours.router),
    ]),
  ];
}

/** Lays a table out for a terminal: first column left, the others right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(align).join('  ').trimEnd()).join('\n');
}

/** FLOPs with four significant digits in the largest unit that leaves at least one before the point. */
export function formatFlops(flops: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  let value = flops;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toPrecision(4)} ${units[unit]}FLOPs`;
}
