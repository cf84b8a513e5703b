/**
 * A noise level moved towards the noisy end as rectified-flow transformers want it for long sequences
 * (Esser et al. 2024, eq. 23): s * u / (1 + (s - 1) * u).
 */
export function shiftSigma(u: number, shift: number): number {
  return (shift * u) / (1 + (shift - 1) * u);
}

/** Noise levels of a run: steps + 1 shifted values from 1 to 0. */
export function shiftedSigmas(steps: number, shift: number): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => shiftSigma(1 - i / steps, shift));
}

/** The model's time input for a noise level: 0 to 1000. */
export function timestepOf(sigma: number): number {
  return 1000 * sigma;
}
