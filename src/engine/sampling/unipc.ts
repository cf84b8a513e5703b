import { invariant } from '../../lib/errors.ts';

/**
 * One step of UniPC as factors. With m the clean film that the model expects at this step, m1 and m2 those of the two
 * steps before, and `last` what the step before started from:
 *
 *   corrected = x * fromX + last * fromLast + m * now + m1 * old + m2 * older
 *   next      = corrected * keep + m * towards + m1 * away
 */
export interface UnipcStep {
  correct: { fromX: number; fromLast: number; now: number; old: number; older: number };
  predict: { keep: number; towards: number; away: number };
}

/** Most steps that the method looks back. */
const mostOrder = 2;

/**
 * UniPC (Zhao et al. 2023) of order 2 with B(h) = e^h - 1 ("bh2") on the clean film, as Wan samples with it: every
 * step first corrects where the one before ended, by what the model says there, and then predicts the next. The first
 * and the last step look back one step only.
 */
export function unipcSteps(sigmas: readonly number[]): UnipcStep[] {
  const steps = sigmas.length - 1;
  const sigma = (i: number): number => {
    const value = sigmas[i];
    invariant(value !== undefined && value < 1, 'UniPC needs noise levels below 1');
    return value;
  };
  const alpha = (i: number): number => 1 - sigma(i);
  // Half the logarithm of the signal-to-noise ratio; infinite without noise.
  const lambda = (i: number): number => Math.log(alpha(i)) - Math.log(sigma(i));
  const orderOf = (i: number): number => Math.min(mostOrder, steps - i, i + 1);

  return Array.from({ length: steps }, (_, i) => ({
    correct: i === 0 ? { fromX: 1, fromLast: 0, now: 0, old: 0, older: 0 } : correct(i),
    predict: predict(i),
  }));

  function predict(i: number): UnipcStep['predict'] {
    const h = lambda(i + 1) - lambda(i);
    const reach = -alpha(i + 1) * Math.expm1(-h);
    const keep = sigma(i + 1) / sigma(i);
    if (orderOf(i) === 1) return { keep, towards: reach, away: 0 };
    const ratio = (lambda(i - 1) - lambda(i)) / h;
    const slope = (0.5 * reach) / ratio;
    return { keep, towards: reach - slope, away: slope };
  }

  function correct(i: number): UnipcStep['correct'] {
    const h = lambda(i) - lambda(i - 1);
    const phi = Math.expm1(-h);
    const reach = -alpha(i) * phi;
    const fromLast = sigma(i) / sigma(i - 1);
    if (orderOf(i - 1) === 1) {
      return { fromX: 0, fromLast, now: 0.5 * reach, old: 0.5 * reach, older: 0 };
    }
    const ratio = (lambda(i - 2) - lambda(i - 1)) / h;
    const a = phi / -h - 1;
    const b1 = a / phi;
    const b2 = (2 * (a / -h - 0.5)) / phi;
    const before = (b1 - b2) / (1 - ratio);
    const now = b1 - before;
    const slope = (reach * before) / ratio;
    return { fromX: 0, fromLast, now: reach * now, old: reach * (1 - now) - slope, older: slope };
  }
}
