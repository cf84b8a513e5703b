import { expect, it } from 'vitest';
import type { RoutingRow } from './measure.ts';
import { meanRows, routingTable } from './table.ts';

const row = (changes: Partial<RoutingRow>): RoutingRow => ({
  activations: 'papercut, step 4 of 10, block 1',
  routing: 'chunks',
  setting: 'top 1',
  density: 0.25,
  mass: 0.5,
  error: 0.1,
  ...changes,
});

it('takes the mean of the blocks and steps of a model', () => {
  const rows = [row({}), row({ activations: 'papercut, step 9 of 10, block 6', density: 0.35, error: 0.3 })];
  expect(meanRows([...rows, row({ setting: 'top 2' })])).toEqual([
    { ...row({ activations: 'papercut' }), density: 0.3, error: 0.2 },
    row({ activations: 'papercut', setting: 'top 2' }),
  ]);
});

it('lists routings from few pairs to many', () => {
  const table = routingTable([row({ setting: 'top 5', density: 0.6 }), row({}), row({ routing: 'k-means' })]);
  expect(table.split('\n').map((line) => line.split(/\s{2,}/).slice(1, 4))).toEqual([
    ['routing', 'setting', 'density'],
    ['chunks', 'top 1', '25.0%'],
    ['chunks', 'top 5', '60.0%'],
    ['k-means', 'top 1', '25.0%'],
  ]);
});
