import { describe, expect, it } from 'vitest';
import { duration, timecode } from './timecode.ts';

describe('timecode', () => {
  it.each([
    [0, 24, '00:00:00'],
    [23, 24, '00:00:23'],
    [24, 24, '00:01:00'],
    [24 * 61 + 5, 24, '01:01:05'],
    [31, 30, '00:01:01'],
  ])('frame %i at %i fps is %s', (frame, fps, expected) => {
    expect(timecode(frame, fps)).toBe(expected);
  });
});

describe('duration', () => {
  it.each([
    [0.2, '1 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [59.9, '1 min'],
    [83, '1 min 23 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
  ])('%f seconds read %s', (seconds, expected) => {
    expect(duration(seconds)).toBe(expected);
  });
});
