import { describe, expect, it } from 'vitest';
import { wanTransformers } from '../model/wan.ts';
import { countFlops } from './flops.ts';
import { alignColumns, filmTable, formatFlops, paperTable, partTable } from './flopTable.ts';
import { compareWithPaper } from './paperFigures.ts';
import { filmOf } from './testing.ts';

describe('formatFlops', () => {
  it.each([
    [0, '0.000 FLOPs'],
    [999, '999.0 FLOPs'],
    [1000, '1.000 KFLOPs'],
    [29_220_000_000, '29.22 GFLOPs'],
    [999_949, '999.9 KFLOPs'],
    [999_950, '1.000 MFLOPs'],
    [6.945e15, '6.945 PFLOPs'],
  ])('writes %d as %s', (flops, text) => {
    expect(formatFlops(flops)).toBe(text);
  });
});

describe('alignColumns', () => {
  it('aligns the first column left and the others right', () => {
    expect(
      alignColumns([
        ['part', 'FLOPs'],
        ['feed-forward', '1'],
      ]),
    ).toBe('part          FLOPs\nfeed-forward      1');
  });
});

describe('partTable', () => {
  const film = filmOf(2, 2, [1, 2]);
  const wan = wanTransformers['wan2.1-1.3b'];

  it('leaves out the branches that do not run', () => {
    const names = (table: string[][]) => table.map(([name]) => name);
    const dense = names(partTable(countFlops(wan, film, 'dense')));
    expect(dense).toContain('attention: dense');
    expect(dense).not.toContain('router');
    const grouped = names(partTable(countFlops({ ...wan, groups: 5 }, film, 'moga')));
    expect(grouped).toContain('attention: groups');
    expect(grouped).not.toContain('attention: dense');
  });

  it('shares out the whole', () => {
    const table = partTable(countFlops(wan, film, 'dense'));
    const shares = table.slice(1, -1).map((row) => Number.parseFloat(row[2] ?? ''));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    expect(table.at(-1)?.[2]).toBe('100.00%');
  });
});

describe('filmTable', () => {
  it('lists the stages', () => {
    expect(filmTable({ text: 1e6, denoise: 2e9, decode: 3e9, total: 5.001e9 })).toEqual([
      ['stage', 'FLOPs'],
      ['text', '1.000 MFLOPs'],
      ['denoise', '2.000 GFLOPs'],
      ['decode', '3.000 GFLOPs'],
      ['total', '5.001 GFLOPs'],
    ]);
  });
});

describe('paperTable', () => {
  it('gives every row a cell in every column', () => {
    const table = paperTable(compareWithPaper(4));
    expect(table).toHaveLength(17);
    expect(new Set(table.map((row) => row.length)).size).toBe(1);
    expect(table[1]?.slice(0, 4)).toEqual(['62,400', 'full', '0.88', '0.880']);
    expect(table[5]?.slice(0, 3)).toEqual(['62,400', 'M=5', '0.34']);
  });
});
