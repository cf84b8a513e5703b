import { describe, expect, it } from 'vitest';
import type { SegmentList } from '../../plan/types.ts';
import { attention } from './attention.ts';

/** Three query rows and three key rows of one head of 4; row 0 asks with a logit of ln 3 for key row 0, 0 else. */
const q = new Float64Array([2 * Math.log(3), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const k = new Float64Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
const v = new Float64Array([4, 0, 0, 0, 0, 8, 0, 0, 0, 0, 6, 0]);
const heads = { heads: 1, headSize: 4 };

describe('attention', () => {
  it('weighs values by softmax over the keys of the segment', () => {
    const list: SegmentList = {
      queryRows: null,
      keyRows: null,
      segments: [
        { queries: { start: 0, count: 1 }, keys: [{ start: 0, count: 2 }] },
        { queries: { start: 1, count: 1 }, keys: [{ start: 2, count: 1 }] },
      ],
    };
    const out = new Float64Array(12).fill(-1);
    attention({ q, k, v, list, out, ...heads });
    expect([...out.slice(0, 4)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([3, 2, 0, 0]);
    expect([...out.slice(4)]).toEqual([0, 0, 6, 0, -1, -1, -1, -1]);
  });

  it('turns positions into rows, joins runs, scales, weighs and adds', () => {
    const list: SegmentList = {
      queryRows: new Uint32Array([2, 1]),
      keyRows: new Uint32Array([2, 0, 1]),
      segments: [
        {
          queries: { start: 1, count: 1 },
          keys: [
            { start: 0, count: 1 },
            { start: 2, count: 1 },
          ],
        },
        { queries: { start: 0, count: 1 }, keys: [] },
      ],
    };
    const out = new Float64Array(12).fill(10);
    const weight = new Float64Array([9, 0.5, 9]);
    attention({ q, k, v, list, weight, out, ...heads, outputScale: 2, accumulate: true });
    // Row 1 averages key rows 2 and 1.
    expect([...out]).toEqual([10, 10, 10, 10, 10, 14, 13, 10, 10, 10, 10, 10]);
  });
});
