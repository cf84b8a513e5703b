import { describe, expect, it } from 'vitest';
import { colours, groupPaint, inkOn, linearRgb } from './palette.ts';

/**
 * Linear RGB as it looks to who lacks one kind of cone altogether (Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", 2009, severity 1).
 */
const eyes: Record<string, number[]> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const toXyz = [
  0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041,
];

function times(matrix: readonly number[], vector: readonly number[]): number[] {
  return [0, 3, 6].map((row) => vector.reduce((sum, value, i) => sum + (matrix[row + i] ?? 0) * value, 0));
}

/** CIE Lab under D65, in which equal distances look about equally far apart. */
function lab(eye: readonly number[], colour: string): number[] {
  const seen = times(eye, linearRgb(colour)).map((value) => Math.min(Math.max(value, 0), 1));
  const white = [0.95047, 1, 1.08883];
  const [x = 0, y = 0, z = 0] = times(toXyz, seen).map((value, i) => {
    const share = value / (white[i] ?? 1);
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function nearest(eye: readonly number[], shown: readonly string[]): number {
  const points = shown.map((colour) => lab(eye, colour));
  return Math.min(
    ...points.flatMap((a, i) =>
      points.slice(i + 1).map((b) => Math.hypot(...a.map((value, k) => value - (b[k] ?? 0)))),
    ),
  );
}

describe.each(Object.entries(eyes))('the colours of groups to eyes with %s vision', (_, eye) => {
  // 2.3 is the least difference that is seen at all, side by side.
  it('are far apart for the four groups of the built-in model', () => {
    expect(nearest(eye, colours.slice(0, 4))).toBeGreaterThan(30);
  });

  it('are told apart, all ten', () => {
    expect(nearest(eye, colours)).toBeGreaterThan(20);
  });
});

it('hatches what comes after the last colour', () => {
  const paints = Array.from({ length: 20 }, (_, group) => groupPaint(group));
  expect(new Set(paints.map(({ colour, hatched }) => `${colour} ${hatched}`)).size).toBe(20);
});

it('writes on every colour with enough contrast to read small digits', () => {
  for (const colour of colours) {
    const [light, dark] = [colour, inkOn(colour)]
      .map((shade) => times(toXyz, linearRgb(shade))[1] ?? 0)
      .sort((a, b) => b - a);
    expect(((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05), colour).toBeGreaterThan(4.5);
  }
});
