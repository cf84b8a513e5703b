import { alignColumns } from '../../src/plan/flopTable.ts';
import type { RoutingRow } from './measure.ts';

/** Rows of the same kind of activations, routing and setting as one: their means. */
export function meanRows(rows: readonly RoutingRow[]): RoutingRow[] {
  const groups = new Map<string, RoutingRow[]>();
  for (const row of rows) {
    const model = row.activations.split(',')[0] ?? '';
    const key = `${model} ${row.routing} ${row.setting}`;
    groups.set(key, [...(groups.get(key) ?? []), { ...row, activations: model }]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const mean = (of: (row: RoutingRow) => number): number =>
      group.reduce((sum, row) => sum + of(row), 0) / group.length;
    return first
      ? [
          {
            ...first,
            density: mean(({ density }) => density),
            mass: mean(({ mass }) => mass),
            error: mean(({ error }) => error),
          },
        ]
      : [];
  });
}

/** The rows by activations and routing, from few pairs to many. */
export function routingTable(rows: readonly RoutingRow[]): string {
  const sorted = [...rows].sort(
    (a, b) =>
      a.activations.localeCompare(b.activations) ||
      a.routing.localeCompare(b.routing) ||
      a.density - b.density,
  );
  return alignColumns([
    ['activations', 'routing', 'setting', 'density', 'mass kept', 'relative error'],
    ...sorted.map(({ activations, routing, setting, density, mass, error }) => [
      activations,
      routing,
      setting,
      `${(100 * density).toFixed(1)}%`,
      `${(100 * mass).toFixed(1)}%`,
      error.toPrecision(3),
    ]),
  ]);
}
