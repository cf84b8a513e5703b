import type { Run, SegmentList } from '../../plan/types.ts';
import type { RouteArguments } from '../kernels/route.ts';
import { softmax } from './attention.ts';
import { at, type OnHost } from './values.ts';

/** Sends every token to its most probable group; of equal ones, to the first. */
export function route(args: OnHost<RouteArguments>): void {
  const { x, router, group, weight, rows, firstRow = 0, width, groups } = args;
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: groups }, (_, g) => {
      let logit = 0;
      for (let i = 0; i < width; i++) logit += at(x, row * width + i) * at(router, g * width + i);
      return logit;
    });
    const probabilities = softmax(logits);
    const best = logits.indexOf(Math.max(...logits));
    group[firstRow + row] = best;
    weight[firstRow + row] = at(probabilities, best);
  }
}

/**
 * The attention list of the groups: rows in a stable order by group, a segment for every group and span of rows. Of several
 * spans each sees its own rows first, then those before and those after it.
 */
export function groupSort(
  group: Uint32Array,
  groups: number,
  spans: readonly Run[] = [{ start: 0, count: group.length }],
): SegmentList {
  const order = Array.from(group.keys()).sort((a, b) => at(group, a) - at(group, b));
  const segments = Array.from({ length: groups }, (_, g) => {
    const first = group.filter((other) => other < g).length;
    const end = first + group.filter((other) => other === g).length;
    return spans.map(({ start, count }) => {
      const here = (other: number, row: number): boolean =>
        other === g && row >= start && row < start + count;
      const queries = {
        start: first + group.filter((other, row) => other === g && row < start).length,
        count: group.filter(here).length,
      };
      if (spans.length === 1) return { queries, keys: [queries] };
      const after = queries.start + queries.count;
      const before = { start: first, count: queries.start - first };
      return { queries, keys: [queries, before, { start: after, count: end - after }] };
    });
  }).flat();
  const rows = Uint32Array.from(order);
  return { queryRows: rows, keyRows: rows, segments };
}
