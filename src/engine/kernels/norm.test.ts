import { describe, expect, it } from 'vitest';
import { rotaryPairs, rotaryTable } from './norm.ts';

describe('rotaryPairs', () => {
  // Wan splits a head of d as d - 4 * floor(d / 6), 2 * floor(d / 6), 2 * floor(d / 6).
  it.each([
    [64, 12, 10],
    [128, 22, 21],
    [12, 2, 2],
    [4, 2, 0],
  ])('splits a head of %i into %i pairs for the frame and %i for each side', (headSize, frame, side) => {
    expect(rotaryPairs(headSize)).toEqual({ frame, side });
  });
});

describe('rotaryTable', () => {
  it('holds the angles of frames, then rows, then columns', () => {
    const table = rotaryTable({ frames: 2, rows: 1, columns: 3 }, 12);
    const angles = [0, 0, 1, 0.01, 0, 0, 0, 0, 1, 0.01, 2, 0.02];
    expect(table).toHaveLength(2 * angles.length);
    for (const [i, angle] of angles.entries()) {
      expect(table[2 * i]).toBeCloseTo(Math.cos(angle), 6);
      expect(table[2 * i + 1]).toBeCloseTo(Math.sin(angle), 6);
    }
  });
});
