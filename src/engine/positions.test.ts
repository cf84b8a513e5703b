import { describe, expect, it } from 'vitest';
import { rotaryTable } from './kernels/norm.ts';
import { relativeBuckets } from './kernels/textAttention.ts';
import { timestepSinusoid } from './models/timeEmbedding.ts';

describe('timestepSinusoid', () => {
  it('is cosines, then sines, of t slowed down from pair to pair', () => {
    const [c0, c1, c2, c3, s0, s1, s2, s3] = timestepSinusoid(500, 8);
    for (const [i, [cosine, sine]] of [
      [c0, s0],
      [c1, s1],
      [c2, s2],
      [c3, s3],
    ].entries()) {
      const angle = [500, 50, 5, 0.5][i] ?? 0;
      expect(cosine).toBeCloseTo(Math.cos(angle), 12);
      expect(sine).toBeCloseTo(Math.sin(angle), 12);
    }
  });

  it('of zero is ones, then zeros', () => {
    expect(timestepSinusoid(0, 6)).toEqual([1, 1, 1, 0, 0, 0]);
  });
});

describe('rotaryTable', () => {
  it('turns the pairs of a head of 64 by frame, row and column', () => {
    const table = rotaryTable({ frames: 3, rows: 2, columns: 5 }, 64);
    // 12 pairs turn with the frame, 10 with the row and 10 with the column.
    expect(table).toHaveLength(2 * (3 * 12 + 2 * 10 + 5 * 10));
    const at = (pair: number): [number, number] => [table[2 * pair] ?? 0, table[2 * pair + 1] ?? 0];
    const turned = (angle: number): [number, number] => [
      Math.fround(Math.cos(angle)),
      Math.fround(Math.sin(angle)),
    ];
    expect(at(2 * 12)).toEqual(turned(2));
    expect(at(2 * 12 + 3)).toEqual(turned(2 * 10000 ** (-3 / 12)));
    expect(at(3 * 12 + 10 + 5)).toEqual(turned(0.01));
    expect(at(3 * 12 + 2 * 10 + 4 * 10)).toEqual(turned(4));
    expect(at(3 * 12 + 2 * 10 + 4 * 10 + 5)).toEqual(turned(0.04));
  });
});

describe('relativeBuckets', () => {
  it('is as in T5: eight exact distances a side, then logarithmic ones up to 128', () => {
    const reach = 200;
    const buckets = relativeBuckets(reach, 32, 128);
    // 8 + trunc(8 ln(distance / 8) / ln 16), by hand; 16, 32 and 64 lie on the border of a bucket.
    const expected: Record<number, number> = {
      0: 0,
      1: 1,
      7: 7,
      8: 8,
      11: 8,
      12: 9,
      15: 9,
      16: 10,
      22: 10,
      23: 11,
      31: 11,
      32: 12,
      45: 12,
      46: 13,
      63: 13,
      64: 14,
      90: 14,
      91: 15,
      127: 15,
      128: 15,
      200: 15,
    };
    for (const [key, bucket] of Object.entries(expected)) {
      const distance = Number(key);
      expect(buckets[reach - distance], `${distance} before`).toBe(bucket);
      if (distance > 0) expect(buckets[reach + distance], `${distance} after`).toBe(16 + bucket);
    }
  });
});
