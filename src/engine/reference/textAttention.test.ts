import { describe, expect, it } from 'vitest';
import { relativeBucket, textAttention } from './textAttention.ts';

describe('relativeBucket', () => {
  // Buckets 8 to 15 begin at 8 * 16^(i/8): 8, 11.3, 16, 22.6, 32, 45.3, 64 and 90.5.
  it.each([
    [0, 0],
    [-1, 1],
    [-7, 7],
    [-8, 8],
    [-11, 8],
    [-12, 9],
    [-15, 9],
    [-16, 10],
    [-63, 13],
    [-64, 14],
    [-90, 14],
    [-91, 15],
    [-5000, 15],
    [1, 17],
    [12, 25],
    [128, 31],
  ])('puts distance %i into bucket %i of 32', (distance, bucket) => {
    expect(relativeBucket(distance, 32, 128)).toBe(bucket);
  });
});

describe('textAttention', () => {
  it('adds the bias of the distance and stays inside the prompt', () => {
    const rows = { rows: 3, heads: 1, headSize: 1 };
    // One prompt of two words and one of one word; queries are zero, so only the bias counts.
    const spans = new Uint32Array([0, 2, 0, 2, 2, 1]);
    const bias = new Float64Array(32);
    bias[17] = Math.log(3);
    const y = new Float64Array(3);
    textAttention({
      q: new Float64Array(3),
      k: new Float64Array([1, 1, 1]),
      v: new Float64Array([4, 8, 100]),
      spans,
      bias,
      y,
      ...rows,
      bucketCount: 32,
      maxDistance: 128,
    });
    // The first word sees the next one with three times the weight of itself.
    expect(y[0]).toBeCloseTo(7, 12);
    expect(y[1]).toBeCloseTo(6, 12);
    expect(y[2]).toBeCloseTo(100, 12);
  });

  it('does not scale logits by the head size', () => {
    const y = new Float64Array(8);
    const q = new Float64Array([1, 1, 1, 1, 0, 0, 0, 0]);
    const k = new Float64Array([0, 0, 0, Math.log(3), 0, 0, 0, 0]);
    const v = new Float64Array([4, 0, 0, 0, 0, 4, 0, 0]);
    const spans = new Uint32Array([0, 2, 0, 2]);
    const rest = { rows: 2, heads: 1, headSize: 4, bucketCount: 32, maxDistance: 128 };
    textAttention({ q, k, v, spans, bias: new Float64Array(32), y, ...rest });
    expect(y[0]).toBeCloseTo(3, 12);
    expect(y[1]).toBeCloseTo(1, 12);
  });
});
