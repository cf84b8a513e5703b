/** `actual` is close when |actual - expected| <= absolute + relative * |expected|. */
export interface Tolerance {
  relative: number;
  absolute: number;
}

/** Rounding of f32: half a unit in the last place of 1. */
const f32Rounding = 2 ** -24;

/**
 * Tolerance of a sum of `terms` f32 products up to `magnitude` each, added in any order. Every addition rounds a
 * partial sum, which random signs keep near sqrt(terms) * magnitude; the factor leaves room for the few
 * operations before and after the sum.
 */
export function sumTolerance(terms: number, magnitude = 1): Tolerance {
  return { relative: 16 * f32Rounding, absolute: 4 * (terms + 4) * f32Rounding * magnitude };
}

/** Tolerance where the GPU's own exp, tanh or inverse square root took part, which WGSL lets be a few ulp off. */
export const builtinTolerance: Tolerance = { relative: 2e-5, absolute: 2e-5 };

/**
 * Tolerance of a variant that multiplies in f16, for operands up to `magnitude` squared: its operands are rounded to
 * 11 bits, and the sums of its products are f32.
 */
export function halfTolerance(magnitude = 1): Tolerance {
  return { relative: 2e-2, absolute: 2e-2 * magnitude };
}

/**
 * Compares two arrays value by value and throws with the worst index, both values there and the number of
 * values out of tolerance. NaN on either side is out of tolerance.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: Tolerance,
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values where ${expected.length} were expected`);
  }
  let failures = 0;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] ?? Number.NaN;
    const difference = Math.abs((actual[i] ?? Number.NaN) - wanted);
    const allowed = absolute + relative * Math.abs(wanted);
    // Written so that NaN fails.
    if (!(difference <= allowed)) {
      failures += 1;
      const excess = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / allowed;
      if (worst < 0 || excess > worstExcess) {
        worst = i;
        worstExcess = excess;
      }
    }
  }
  if (failures > 0) {
    throw new Error(
      `${failures} of ${expected.length} values are out of tolerance (relative ${relative}, absolute ${absolute}); ` +
        `worst at ${worst}: ${actual[worst]} where ${expected[worst]} was expected`,
    );
  }
}
