import { describe, expect, it } from 'vitest';
import { blendDistances, framesAround, framesBeside } from './detail.ts';
import { filmOf, randomFilms } from './testing.ts';

describe('frames around a run', () => {
  it('reach past both its ends, inside the film', () => {
    expect(framesAround({ start: 4, count: 2 }, 12, 3)).toEqual({ start: 1, count: 8 });
    expect(framesAround({ start: 1, count: 2 }, 4, 3)).toEqual({ start: 0, count: 4 });
    expect(framesAround({ start: 1, count: 2 }, 4)).toEqual({ start: 1, count: 2 });
  });
});

describe('frames beside a frame', () => {
  it('are those of its shot, and itself past the shot’s ends', () => {
    const { shots } = filmOf(1, 1, [3, 1]);
    expect(blendDistances(2)).toEqual([-2, -1, 1, 2]);
    expect([...framesBeside(shots, { start: 0, count: 4 }, 2)]).toEqual([
      ...[0, 0, 1, 2],
      ...[1, 0, 2, 1],
      ...[0, 1, 2, 2],
      ...[3, 3, 3, 3],
    ]);
    // Of a part of the film, counted from the first frame that the part sees.
    expect([...framesBeside(shots, { start: 2, count: 1 }, 1)]).toEqual([0, 1]);
  });

  it('are the same for a film in parts as for the film at once', () => {
    for (const { shots, latent } of randomFilms(20)) {
      for (const reach of [0, 1, 3]) {
        const distances = blendDistances(reach).length;
        const whole = framesBeside(shots, { start: 0, count: latent.frames }, reach);
        expect(whole).toHaveLength(latent.frames * distances);
        for (let start = 0; start < latent.frames; start += 2) {
          const run = { start, count: Math.min(2, latent.frames - start) };
          const around = framesAround(run, latent.frames, reach);
          const part = framesBeside(shots, run, reach);
          expect([...part].every((frame) => frame < around.count)).toBe(true);
          expect([...part].map((frame) => frame + around.start)).toEqual([
            ...whole.slice(start * distances, (start + run.count) * distances),
          ]);
        }
      }
    }
  });
});
