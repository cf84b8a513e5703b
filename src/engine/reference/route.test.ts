import { describe, expect, it } from 'vitest';
import { groupSort, route } from './route.ts';

describe('route', () => {
  it('takes the most probable group, the first of equal ones', () => {
    const x = new Float64Array([0, Math.log(3), 1, 1]);
    const router = new Float64Array([1, 0, 0, 1]);
    const group = new Uint32Array(3).fill(9);
    const weight = new Float64Array(3).fill(9);
    route({ x, router, group, weight, rows: 2, firstRow: 1, width: 2, groups: 2 });
    expect([...group]).toEqual([9, 1, 0]);
    expect(weight[0]).toBe(9);
    expect(weight[1]).toBeCloseTo(0.75, 12);
    expect(weight[2]).toBeCloseTo(0.5, 12);
  });
});

describe('groupSort', () => {
  it('keeps the order of rows inside a group and the place of empty groups', () => {
    const { queryRows, keyRows, segments } = groupSort(new Uint32Array([3, 0, 3, 1, 0]), 4);
    expect([...(queryRows ?? [])]).toEqual([1, 4, 3, 0, 2]);
    expect(keyRows).toBe(queryRows);
    const runs = [
      { start: 0, count: 2 },
      { start: 2, count: 1 },
      { start: 3, count: 0 },
      { start: 3, count: 2 },
    ];
    expect(segments).toEqual(runs.map((run) => ({ queries: run, keys: [run] })));
  });
});
