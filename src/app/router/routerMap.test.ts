import { describe, expect, it } from 'vitest';
import type { RouterRecord } from '../../library/routerRecords.ts';
import { countGroups, countOf, pairShare, routerMap, tellingLayer, tokensOfFrame } from './routerMap.ts';

/** Two latent frames of one row of three tokens, two layers, two steps. */
const record: RouterRecord = {
  ofSteps: 8,
  layers: 2,
  groups: 3,
  grid: { frames: 2, rows: 1, columns: 3 },
  steps: [
    {
      step: 1,
      groups: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1),
      quarters: new Uint8Array(12),
    },
    {
      step: 8,
      groups: Uint8Array.of(0, 1, 0, 1, 0, 0, 2, 2, 1, 0, 2, 2),
      quarters: Uint8Array.of(3, 3, 3, 3, 3, 3, 0, 1, 2, 3, 0, 1),
    },
  ],
};

describe('routerMap', () => {
  it('is one layer of one step', () => {
    const map = routerMap(record, 1, 1);
    expect([...(map?.group ?? [])]).toEqual([2, 2, 1, 0, 2, 2]);
    expect([...(map?.quarter ?? [])]).toEqual([0, 1, 2, 3, 0, 1]);
    expect(map?.counts).toEqual([1, 1, 4]);
    expect(routerMap(record, 0, 0)?.counts).toEqual([6, 0, 0]);
  });

  it('is null where the record ends', () => {
    expect(routerMap(record, 2, 0)).toBeNull();
    expect(routerMap(record, 0, 2)).toBeNull();
    expect(routerMap(record, 0, -1)).toBeNull();
  });
});

it('counts the groups of a run of tokens', () => {
  const group = Uint8Array.of(2, 2, 1, 0, 2, 2);
  expect(countGroups(group, tokensOfFrame(1, 3), 3)).toEqual([1, 0, 2]);
  expect(countGroups(group, { start: 1, count: 0 }, 3)).toEqual([0, 0, 0]);
  expect(countOf(group, { start: 1, count: 4 }, 2)).toBe(2);
});

it('says which share of pairs is left', () => {
  expect(pairShare([6])).toBe(1);
  expect(pairShare([3, 3])).toBe(0.5);
  expect(pairShare([1, 1, 4])).toBe(0.5);
  expect(pairShare([5, 5, 5, 5])).toBe(0.25);
  expect(pairShare([])).toBe(0);
});

describe('tellingLayer', () => {
  it('is late, and always one that there is', () => {
    expect(tellingLayer(8)).toBe(6);
    for (let layers = 1; layers <= 40; layers++) {
      expect(tellingLayer(layers)).toBeGreaterThanOrEqual(0);
      expect(tellingLayer(layers)).toBeLessThan(layers);
    }
  });
});
