import { describe, expect, it } from 'vitest';
import { geometricMean, median, relativeError, spread } from './statistics.ts';

describe('median', () => {
  it('takes the middle of unsorted values and leaves them in order', () => {
    const values = [9, 1, 10];
    expect(median(values)).toBe(9);
    expect(values).toEqual([9, 1, 10]);
  });

  it('takes the mean of the two middle values', () => {
    expect(median([4, 1, 100, 2])).toBe(3);
  });

  it('is not moved by an outlier', () => {
    expect(median([5, 5, 5, 5, 1e9])).toBe(5);
  });

  it('has no value without samples', () => {
    expect(median([])).toBeNaN();
  });
});

describe('spread', () => {
  it('is the distance of the quartiles over the median', () => {
    expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(2 / 3, 12);
  });

  it('is zero where all samples are equal', () => {
    expect(spread([7, 7, 7])).toBe(0);
  });
});

describe('geometricMean', () => {
  it('balances a gain with the same loss', () => {
    expect(geometricMean([4, 0.25])).toBeCloseTo(1, 12);
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });

  it('has no value without ratios', () => {
    expect(geometricMean([])).toBeNull();
  });
});

describe('relativeError', () => {
  it('is the norm of the difference over the norm of what is expected', () => {
    expect(relativeError([3, 4.5], [3, 4])).toBeCloseTo(0.1, 12);
  });

  it('shows NaN', () => {
    expect(relativeError([1, Number.NaN], [1, 2])).toBeNaN();
  });

  it('refuses arrays of different lengths', () => {
    expect(() => relativeError([1], [1, 2])).toThrow('1 values are compared with 2');
  });
});
