import { describe, expect, it } from 'vitest';
import { shiftedSigmas, timestepOf } from './sampler.ts';

describe('shiftedSigmas', () => {
  it.each([
    [4, 3, [1, 0.9, 0.75, 0.5, 0]],
    [4, 1, [1, 0.75, 0.5, 0.25, 0]],
    [5, 5, [1, 20 / 21, 15 / 17, 10 / 13, 5 / 9, 0]],
    [1, 3, [1, 0]],
  ])('goes from 1 to 0 in %i steps with a shift of %i', (steps, shift, expected) => {
    const sigmas = shiftedSigmas(steps, shift);
    expect(sigmas).toHaveLength(steps + 1);
    for (const [i, sigma] of expected.entries()) expect(sigmas[i]).toBeCloseTo(sigma, 12);
  });

  it('starts and ends exactly and falls all the way', () => {
    const sigmas = shiftedSigmas(50, 3);
    expect([sigmas[0], sigmas[50]]).toEqual([1, 0]);
    expect(sigmas.every((sigma, i) => i === 0 || sigma < (sigmas[i - 1] ?? 0))).toBe(true);
  });
});

it('timestepOf counts noise in thousandths', () => {
  expect([0, 0.25, 1].map(timestepOf)).toEqual([0, 250, 1000]);
});
