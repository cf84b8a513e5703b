import { describe, expect, it } from 'vitest';
import { upscaleLevels, upscaleWeights } from './upscale.ts';

describe('upscaleWeights', () => {
  it.each([1, 2, 3, 4])('add up to one in each of %i phases', (scale) => {
    const weights = upscaleWeights(scale);
    for (let phase = 0; phase < scale; phase++) {
      const sum = weights.slice(phase * 6, phase * 6 + 6).reduce((all, weight) => all + weight, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  it('are Lanczos-3: a quarter of a pixel beside the centre', () => {
    // sinc(x) sinc(x / 3) at -2.25, -1.25, -0.25, 0.75, 1.75 and 2.75 from the second phase of two, made to add up to 1.
    const expected = [0.030112, -0.133275, 0.892771, 0.271011, -0.067997, 0.007378];
    const phase = upscaleWeights(2).slice(6);
    for (const [tap, weight] of expected.entries()) expect(phase[tap]).toBeCloseTo(weight, 5);
  });

  it('mirror each other from phase to phase', () => {
    const weights = [...upscaleWeights(3)];
    const mirrored = weights.slice(12, 18).reverse();
    for (const [tap, weight] of weights.slice(0, 6).entries()) expect(mirrored[tap]).toBeCloseTo(weight, 6);
    // The middle phase lies on a pixel: that pixel alone.
    expect(weights.slice(6, 12).map((weight) => Math.round(weight * 1e6) / 1e6 + 0)).toEqual([
      0, 0, 1, 0, 0, 0,
    ]);
  });
});

describe('upscaleLevels', () => {
  it('rise from 0 to 1', () => {
    const levels = upscaleLevels();
    expect(levels[0]).toBeCloseTo(0, 6);
    expect(levels[255]).toBeCloseTo(1, 6);
    for (let byte = 1; byte < 256; byte++) expect(levels[byte]).toBeGreaterThan(levels[byte - 1] ?? 1);
  });
});
