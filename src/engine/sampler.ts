/**
 * Noise levels of a run: steps + 1 values from 1 to 0, shifted towards the noisy end as rectified-flow
 * transformers want it for long sequences (Esser et al. 2024, eq. 23): s * u / (1 + (s - 1) * u).
 */
export function shiftedSigmas(steps: number, shift: number): number[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const u = 1 - i / steps;
    return (shift * u) / (1 + (shift - 1) * u);
  });
}

/** The model's time input for a noise level: 0 to 1000. */
export function timestepOf(sigma: number): number {
  return 1000 * sigma;
}
