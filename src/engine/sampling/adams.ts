import { invariant } from '../../lib/errors.ts';

/** One step as factors: latents += velocity * now + velocity of the step before * old. */
export interface AdamsStep {
  now: number;
  old: number;
}

/**
 * The method of Adams and Bashforth of order 2 on noise levels of any spacing: the velocity between two levels is taken
 * to go on along the line through its last two values. The first step, which has none before it, goes straight on.
 */
export function adamsSteps(sigmas: readonly number[]): AdamsStep[] {
  const sigma = (i: number): number => {
    const value = sigmas[i];
    invariant(value !== undefined, `there is no noise level ${i}`);
    return value;
  };
  return Array.from({ length: sigmas.length - 1 }, (_, i) => {
    const stride = sigma(i + 1) - sigma(i);
    const bend = i === 0 ? 0 : (stride * stride) / (2 * (sigma(i) - sigma(i - 1)));
    return { now: stride + bend, old: -bend };
  });
}
