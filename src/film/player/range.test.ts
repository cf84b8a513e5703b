import { describe, expect, it } from 'vitest';
import type { ShotSpan } from '../../plan/types.ts';
import { mapRange, withIn, withOut } from './range.ts';

/** Shots of so many frames each, named a, b, c, ... or as given. */
function shots(lengths: Record<string, number>): ShotSpan[] {
  let start = 0;
  return Object.entries(lengths).map(([id, count], index) => {
    const frames = { start, count };
    start += count;
    return { index, id, frames, latent: frames, tokens: frames, seconds: count / 24 };
  });
}

describe('in and out', () => {
  it.each([
    [null, 10, { start: 10, count: 38 }],
    [{ start: 4, count: 20 }, 10, { start: 10, count: 14 }],
    [{ start: 4, count: 20 }, 0, { start: 0, count: 24 }],
    [{ start: 4, count: 20 }, 23, { start: 23, count: 1 }],
    // An in point at or behind the out point starts anew.
    [{ start: 4, count: 20 }, 24, { start: 24, count: 24 }],
  ])('with %j the in point at frame %i of 48 gives %j', (range, frame, expected) => {
    expect(withIn(range, frame, 48)).toEqual(expected);
  });

  it.each([
    [null, 10, { start: 0, count: 11 }],
    [{ start: 4, count: 20 }, 10, { start: 4, count: 7 }],
    [{ start: 4, count: 20 }, 4, { start: 4, count: 1 }],
    [{ start: 4, count: 20 }, 47, { start: 4, count: 44 }],
    [{ start: 4, count: 20 }, 3, { start: 0, count: 4 }],
  ])('with %j the out point at frame %i gives %j', (range, frame, expected) => {
    expect(withOut(range, frame)).toEqual(expected);
  });
});

describe('mapRange', () => {
  const before = shots({ a: 9, b: 12, c: 12 });

  it('stays as it is where the cut stays as it is', () => {
    for (const range of [
      { start: 0, count: 33 },
      { start: 9, count: 12 },
      { start: 8, count: 2 },
      { start: 20, count: 1 },
    ]) {
      expect(mapRange(range, before, before)).toEqual(range);
    }
  });

  it('keeps to its shot when one before it gets longer', () => {
    const after = shots({ a: 21, b: 12, c: 12 });
    expect(mapRange({ start: 9, count: 12 }, before, after)).toEqual({ start: 21, count: 12 });
    expect(mapRange({ start: 10, count: 4 }, before, after)).toEqual({ start: 22, count: 4 });
  });

  it('grows and shrinks with its shots', () => {
    const after = shots({ a: 9, b: 24, c: 6 });
    expect(mapRange({ start: 9, count: 12 }, before, after)).toEqual({ start: 9, count: 24 });
    expect(mapRange({ start: 9, count: 24 }, before, after)).toEqual({ start: 9, count: 30 });
  });

  it('goes with a shot that moves, and with one that is gone', () => {
    expect(mapRange({ start: 9, count: 12 }, before, shots({ b: 12, a: 9, c: 12 }))).toEqual({
      start: 0,
      count: 12,
    });
    expect(mapRange({ start: 9, count: 12 }, before, shots({ a: 9, c: 12 }))).toBeNull();
    // Its ends have changed places.
    expect(mapRange({ start: 9, count: 24 }, before, shots({ c: 12, b: 12, a: 9 }))).toBeNull();
  });
});
