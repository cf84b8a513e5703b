import { describe, expect, it } from 'vitest';
import { pixelsPerFrame, ticks } from './scale.ts';

describe('pixelsPerFrame', () => {
  it('fills the view with a short film, zoomed in or not', () => {
    expect(pixelsPerFrame(930, 93, 1)).toBe(10);
    expect(pixelsPerFrame(930, 93, 2)).toBe(20);
  });

  it('keeps the clips of a long film wide enough to hit', () => {
    expect(24 * pixelsPerFrame(900, 24 * 3600, 1)).toBeGreaterThan(12);
  });
});

describe('ticks', () => {
  it.each([
    [10, ['00:00:00', '00:00:12', '00:01:00', '00:01:12']],
    [4, ['00:00:00', '00:01:00']],
    [0.5, ['00:00:00']],
  ])('at %f pixels a frame two seconds read %j', (scale, labels) => {
    expect(ticks(48, 24, scale).map(({ label }) => label)).toEqual(labels);
  });

  it.each([12, 15, 24, 25, 30, 60])('leaves room for every label at %i fps', (fps) => {
    for (const scale of [0.05, 0.7, 2, 9, 40]) {
      const [first, second] = ticks(fps * 4000, fps, scale);
      expect((second?.frame ?? 0) - (first?.frame ?? 0)).toBeGreaterThanOrEqual(76 / scale);
    }
  });
});
