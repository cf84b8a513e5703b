import { describe, expect, it } from 'vitest';
import type { ShotSpan } from '../../plan/types.ts';
import { alignFrame } from './alignFrame.ts';

function cut(fps: number, ...shots: [id: string, frames: number][]) {
  let start = 0;
  const spans = shots.map(([id, count], index): ShotSpan => {
    const run = { start, count };
    start += count;
    return { index, id, latent: run, frames: run, tokens: run, seconds: count / fps };
  });
  return { fps, shots: spans };
}

describe('alignFrame', () => {
  const take = cut(24, ['a', 5], ['b', 8]);

  it('is the same frame in a take of the same cut', () => {
    for (let frame = 0; frame < 13; frame++) expect(alignFrame(frame, take, take)).toBe(frame);
  });

  it('follows a shot to where the other take has it, and waits where it ends sooner', () => {
    const other = cut(24, ['b', 4], ['a', 9]);
    expect([0, 4, 5, 8, 9, 12].map((frame) => alignFrame(frame, take, other))).toEqual([4, 8, 0, 3, 3, 3]);
  });

  it('goes by seconds where the frame rates differ', () => {
    expect([0, 2, 4, 7].map((frame) => alignFrame(frame, take, cut(12, ['a', 3], ['b', 4])))).toEqual([
      0, 1, 2, 4,
    ]);
  });

  it('is null where the other take lacks the shot, and past the end', () => {
    expect(alignFrame(6, take, cut(24, ['a', 5]))).toBeNull();
    expect(alignFrame(13, take, take)).toBeNull();
  });
});
