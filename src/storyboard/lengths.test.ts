import { describe, expect, it } from 'vitest';
import { latentFramesOf } from '../plan/geometry.ts';
import { limits } from './document.ts';
import { legalSeconds } from './lengths.ts';

describe('legalSeconds', () => {
  it.each([8, 12, 24, 30, 60])('gives back the latent frames asked for at %i fps', (fps) => {
    for (const count of [2, 3, 7, 24]) {
      expect(latentFramesOf(legalSeconds(count, fps, 4), fps, 4)).toBe(count);
    }
  });

  it.each([8, 24, 60])('stays within what a document may hold at %i fps', (fps) => {
    expect(legalSeconds(-5, fps, 4)).toBeGreaterThanOrEqual(limits.shotSeconds.min);
    expect(legalSeconds(1e6, fps, 4)).toBeLessThanOrEqual(limits.shotSeconds.max);
  });
});
