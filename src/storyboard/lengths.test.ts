import { describe, expect, it } from 'vitest';
import { latentFramesOf } from '../plan/geometry.ts';
import { limits } from './document.ts';
import { legalSeconds, rollCut } from './lengths.ts';

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

describe('rollCut', () => {
  const frames = (seconds: number) => latentFramesOf(seconds, 24, 4);
  const rolled = (by: number) => rollCut([1, 2], by, 24, 4).map(frames);

  it('gives one shot what it takes from the other', () => {
    expect(rolled(0)).toEqual([6, 12]);
    expect(rolled(3)).toEqual([9, 9]);
    expect(rolled(-2)).toEqual([4, 14]);
  });

  it('leaves both as long as a shot may be', () => {
    expect(rolled(-100)).toEqual([1, 17]);
    expect(rolled(100)).toEqual([17, 1]);
    const { max } = limits.shotSeconds;
    expect(rollCut([1, max], -3, 24, 4).map(frames)).toEqual([6, 360]);
    expect(rollCut([max, 1], 3, 24, 4).map(frames)).toEqual([360, 6]);
  });
});
