import { describe, expect, it } from 'vitest';
import { expectClose } from './expectClose.ts';

const tolerance = { relative: 0.01, absolute: 0.1 };

describe('expectClose', () => {
  it('accepts values on the edge of the tolerance', () => {
    expect(() => expectClose([100, 0.1, -100], [101, 0, -99], tolerance)).not.toThrow();
  });

  it('names the worst value and how many are out', () => {
    expect(() => expectClose([0, 5, 0.3], [0, 1, 0], tolerance)).toThrow(
      /^2 of 3 values .* worst at 1: 5 where 1 was expected$/,
    );
  });

  it('fails on NaN on either side, and calls it the worst', () => {
    expect(() => expectClose([9, Number.NaN], [0, 0], tolerance)).toThrow(/worst at 1: NaN/);
    expect(() => expectClose([0], [Number.NaN], tolerance)).toThrow(/1 of 1/);
    expect(() => expectClose([Number.NaN], [Number.NaN], tolerance)).toThrow(/1 of 1/);
  });

  it('fails on infinity and on another length', () => {
    expect(() => expectClose([Number.POSITIVE_INFINITY], [1], tolerance)).toThrow(/Infinity/);
    expect(() => expectClose([1, 2], [1], tolerance)).toThrow(/2 values where 1/);
  });
});
