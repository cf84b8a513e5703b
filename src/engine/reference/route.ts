import type { SegmentList } from '../../plan/types.ts';
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

/** The attention list of the groups: rows in a stable order by group, one segment a group. */
export function groupSort(group: Uint32Array, groups: number): SegmentList {
  const order = Array.from(group.keys()).sort((a, b) => at(group, a) - at(group, b));
  const segments = Array.from({ length: groups }, (_, g) => {
    const rows = {
      start: group.filter((other) => other < g).length,
      count: group.filter((other) => other === g).length,
    };
    return { queries: rows, keys: [rows] };
  });
  const rows = Uint32Array.from(order);
  return { queryRows: rows, keyRows: rows, segments };
}
