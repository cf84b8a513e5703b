import { describe, expect, it } from 'vitest';
import { noOrigins } from '../../film/player/origins.ts';
import { mapRange } from '../../film/player/range.ts';
import type { ShotSpan } from '../../plan/types.ts';
import { inFrameAt, outFrameAt } from './rangeHandles.ts';

/** Pixels a frame. */
const scale = 3;

/** Shots of so many frames each, in this order. */
function cut(lengths: Record<string, number>) {
  let start = 0;
  const shots = Object.entries(lengths).map(([id, count], index): ShotSpan => {
    const frames = { start, count };
    start += count;
    return { index, id, frames, latent: frames, tokens: frames, seconds: count / 24 };
  });
  return { frames: start, shots };
}

function cuts(edited: Record<string, number>, shown = edited) {
  return { edited: cut(edited), shown: cut(shown), origins: noOrigins };
}

describe('a handle', () => {
  const film = cuts({ a: 9, b: 12 });

  it('marks the frame that it stands before, or behind', () => {
    for (let frame = 0; frame < film.edited.frames; frame++) {
      expect(inFrameAt(frame * scale + 1, scale, film)).toBe(frame);
      expect(outFrameAt((frame + 1) * scale + 1, scale, film)).toBe(frame);
    }
  });

  it('reaches the first and the last frame, and nothing beyond', () => {
    for (const frameAt of [inFrameAt, outFrameAt]) {
      expect(frameAt(-100, scale, film)).toBe(0);
      expect(frameAt(1000, scale, film)).toBe(20);
    }
  });
});

describe('an out point', () => {
  it('at the end of a shot is its last frame in another order of the shots too', () => {
    const film = cuts({ b: 12, c: 5, a: 9 }, { a: 9, b: 12, c: 5 });
    expect(outFrameAt(12 * scale, scale, film)).toBe(20);
    expect(outFrameAt(17 * scale, scale, film)).toBe(25);
    expect(outFrameAt(26 * scale, scale, film)).toBe(8);
  });

  it.each([
    ['longer', { a: 9, b: 24 }],
    ['shorter', { a: 9, b: 5 }],
    ['much longer', { a: 1, b: 60 }],
  ])('stays where it is when its handle is touched while the shots are getting %s', (_, edited) => {
    const film = cuts(edited, { a: 9, b: 12 });
    const whole = { start: 0, count: 21 };
    const place = mapRange(whole, film.shown.shots, film.edited.shots);
    expect(outFrameAt((place?.count ?? 0) * scale, scale, film)).toBe(20);
  });

  it('is nowhere in a shot that the stage lacks', () => {
    expect(outFrameAt(10 * scale, scale, cuts({ a: 9, b: 12 }, { a: 9 }))).toBeNull();
  });
});
