import { massBytes } from '../../../plan/memory.ts';
import type { Dispatch } from '../../gpu/gpu.ts';
import {
  type AttentionArguments,
  type AttentionVariant,
  attention,
  attentionFamily,
  uploadSegments,
} from '../../kernels/attention.ts';
import * as attentionTwin from '../../reference/attention.ts';
import { numbers, room } from './operands.ts';
import type { Instance, Problem } from './problem.ts';

/** A list that every query sees, in a check: keys of its first run and of a later one. */
interface CheckedList extends Pick<AttentionArguments, 'merge' | 'laterAt'> {
  keys: number;
  later?: number;
  weight?: Float32Array<ArrayBuffer>;
}

export function attentionProblem(
  queries: number,
  heads: number,
  headSize: number,
): Problem<AttentionVariant> {
  const dense = (count: number, keys: number, later = 0) => ({
    queryRows: null,
    keyRows: null,
    segments: [
      {
        queries: { start: 0, count },
        keys: [
          { start: 0, count: keys },
          { start: keys, count: later },
        ],
      },
    ],
  });
  return {
    family: attentionFamily,
    shape: '',
    race: (gpu, variant) => {
      const size = queries * heads * headSize;
      const list = uploadSegments(gpu, 'race', dense(queries, queries), queries, queries, variant);
      const [q, k, v, out] = [room(gpu, size), room(gpu, size), room(gpu, size), room(gpu, size)];
      return attention(gpu, { q, k, v, out, list, heads, headSize, variant });
    },
    checks: async (gpu, variant) => {
      const instances: Instance[] = [];
      const [count, shape] = [71, { heads: 2, headSize }];
      const size = count * 2 * headSize;
      const plain: CheckedList[] = [{ keys: count }];
      // Keys of later runs gain something, as those of other shots do in films.
      const weight = numbers(4, 2 * count).map((value, i) => (i < count ? 0.1 + Math.abs(value) : value));
      const merged: CheckedList[] = [
        { keys: 40, later: count - 40, merge: { rows: count, first: true }, laterAt: count, weight },
        { keys: 23, merge: { rows: count, first: false } },
      ];
      for (const [magnitude, lists] of [
        [2, plain],
        [2, merged],
        [40, plain],
      ] as const) {
        const [q, k, v] = [numbers(1, size, magnitude), numbers(2, size, magnitude), numbers(3, size)];
        const buffers = { q: gpu.upload('q', q), k: gpu.upload('k', k), v: gpu.upload('v', v) };
        const expected = new Float64Array(size + massBytes(count, 2) / 4);
        const output = room(gpu, expected.length);
        const dispatches: Dispatch[] = [];
        for (const { keys, later, weight: factors, ...merge } of lists) {
          const list = dense(count, keys, later);
          attentionTwin.attention({
            ...{ q, k, v, list, out: expected },
            ...shape,
            ...merge,
            ...(factors && { weight: factors }),
          });
          const uploaded = uploadSegments(gpu, 'check', list, count, count, variant);
          dispatches.push(
            ...(await attention(gpu, {
              ...buffers,
              list: uploaded,
              out: output,
              ...shape,
              ...merge,
              ...(factors && { weight: gpu.upload('weight', factors) }),
              variant,
            })),
          );
        }
        // With logits in the hundreds f16 may choose another key: there only numbers are asked for, not which.
        const loose = magnitude > 2 && attentionFamily.variants[variant].precision === 'f16';
        const compared = loose ? new Float64Array(0) : expected.subarray(0, size);
        instances.push({ dispatches, output, expected: compared });
      }
      return instances;
    },
  };
}
