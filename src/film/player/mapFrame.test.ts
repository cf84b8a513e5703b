import { describe, expect, it } from 'vitest';
import type { ShotSpan } from '../../plan/types.ts';
import { mapFrame } from './mapFrame.ts';

function spans(...shots: [id: string, frames: number][]): ShotSpan[] {
  let start = 0;
  return shots.map(([id, count], index) => {
    const run = { start, count };
    start += count;
    return { index, id, latent: run, frames: run, tokens: run, seconds: count / 24 };
  });
}

describe('mapFrame', () => {
  it('is the identity on the same cut', () => {
    const cut = spans(['a', 45], ['b', 48]);
    const frames = Array.from({ length: 93 }, (_, frame) => frame);
    expect(frames.map((frame) => mapFrame(frame, cut, cut))).toEqual(frames);
  });

  it('follows a shot to its new place and length', () => {
    const before = spans(['a', 10], ['b', 20]);
    const after = spans(['b', 40], ['a', 10]);
    expect(mapFrame(3, before, after)).toBe(43);
    expect(mapFrame(20, before, after)).toBe(20);
    expect(mapFrame(29, before, after)).toBe(38);
  });

  it('is null where the shot is gone, and past the end', () => {
    expect(mapFrame(3, spans(['a', 10]), spans(['b', 10]))).toBeNull();
    expect(mapFrame(10, spans(['a', 10]), spans(['a', 10]))).toBeNull();
  });
});
