import { describe, expect, it } from 'vitest';
import { adamsSteps } from './adams.ts';
import { scheduleOf } from './schedule.ts';

/** Follows dx/dsigma = velocity(sigma) from `start` at the first level to the last. */
function follow(sigmas: readonly number[], start: number, velocity: (sigma: number) => number): number {
  let x = start;
  let last = 0;
  for (const [i, { now, old }] of adamsSteps(sigmas).entries()) {
    const v = velocity(sigmas[i] ?? Number.NaN);
    x += now * v + old * last;
    last = v;
  }
  return x;
}

describe('adamsSteps', () => {
  it('takes the first step straight on', () => {
    expect(follow([1, 0.75], 5, () => 2)).toBe(4.5);
  });

  it('has the factors 3/2 and -1/2 where levels are even', () => {
    expect(adamsSteps([1, 0.75, 0.5])[1]).toEqual({ now: -0.375, old: 0.125 });
  });

  it('is exact after its first step where the velocity is a line, whatever the spacing', () => {
    const line = (sigma: number) => 3 - 2 * sigma;
    const whole = (sigma: number) => 3 * sigma - sigma ** 2;
    const { sigmas } = scheduleOf('adams', 7, 3);
    const [first = 0, second = 0] = sigmas;
    const afterFirst = 5 + (second - first) * line(first);
    const exact = afterFirst + whole(0) - whole(second);
    expect(follow(sigmas, 5, line)).toBeCloseTo(exact, 12);
  });

  it('halves its steps for a quarter of the error', () => {
    const error = (steps: number): number => {
      const sigmas = Array.from({ length: steps + 1 }, (_, i) => 1 - i / steps);
      // d/dsigma exp(-2 sigma)
      return Math.abs(follow(sigmas, Math.exp(-2), (sigma) => -2 * Math.exp(-2 * sigma)) - 1);
    };
    expect(error(64) / error(128)).toBeGreaterThan(3.6);
    expect(error(64) / error(128)).toBeLessThan(4.4);
  });

  it('has no steps without levels to go to', () => {
    expect(adamsSteps([1])).toEqual([]);
  });
});
