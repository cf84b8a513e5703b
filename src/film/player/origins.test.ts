import { describe, expect, it } from 'vitest';
import type { ShotSpan } from '../../plan/types.ts';
import { mapFrame } from './mapFrame.ts';
import { halvesOf, mergedOf, type Origins, partsOf } from './origins.ts';
import { type Picture, picturesOf } from './stills.ts';

function spans(...shots: [id: string, frames: number][]): ShotSpan[] {
  let start = 0;
  return shots.map(([id, count], index) => {
    const run = { start, count };
    start += count;
    return { index, id, latent: run, frames: run, tokens: run, seconds: count / 24 };
  });
}

/** "a" is split into "b" and "c", then "c" into "d" and "e". */
const [b, c] = halvesOf('a', [1, 3]);
const [d, e] = halvesOf('c', [2, 1]);
const origins: Origins = new Map([
  ['b', [b]],
  ['c', [c]],
  ['d', [d]],
  ['e', [e]],
  ['de', mergedOf(['d', 'e'], [2, 1])],
]);
const made = spans(['z', 10], ['a', 40], ['y', 10]);

describe('partsOf', () => {
  const isMade = (id: string) => id === 'a';

  it('is the shot itself where it is known', () => {
    const whole = { from: 0, to: 1 };
    expect(partsOf('a', isMade, origins)).toEqual([{ shotId: 'a', source: whole, at: whole }]);
    expect(partsOf('c', (id) => id === 'c', origins)[0]?.shotId).toBe('c');
  });

  it('goes back through as many cuts as there were', () => {
    expect(partsOf('d', isMade, origins)).toEqual([
      { shotId: 'a', source: { from: 0.25, to: 0.75 }, at: { from: 0, to: 1 } },
    ]);
    const merged = partsOf('de', isMade, origins);
    expect(merged.map(({ source }) => [source.from, source.to])).toEqual([
      [0.25, 0.75],
      [0.75, 1],
    ]);
    expect(merged[1]?.at.from).toBeCloseTo(2 / 3);
  });

  it('has nothing of a shot that nobody knows', () => {
    expect(partsOf('b', () => false, origins)).toEqual([]);
    expect(partsOf('other', isMade, origins)).toEqual([]);
  });
});

describe('mapFrame between a film and its cut', () => {
  const cut = spans(['z', 10], ['b', 10], ['d', 20], ['y', 10], ['e', 10]);

  it('finds every frame of a split shot in its parts, there and back', () => {
    for (const { frames } of made) {
      for (let frame = frames.start; frame < frames.start + frames.count; frame++) {
        const there = mapFrame(frame, made, cut, origins);
        expect(there).not.toBeNull();
        expect(mapFrame(there ?? -1, cut, made, origins)).toBe(frame);
      }
    }
    // The last part was moved behind the last shot.
    expect(mapFrame(40, made, cut, origins)).toBe(50);
  });

  it('is null without a word of where the parts come from', () => {
    expect(mapFrame(15, made, cut)).toBeNull();
  });
});

describe('picturesOf', () => {
  const pictures = [10, 20, 30, 40].map((frame): Picture => {
    return {
      latentFrame: frame,
      frame,
      image: {} as CanvasImageSource,
      width: 1,
      height: 1,
      final: true,
    };
  });
  const geometry = { shots: made } as unknown as NonNullable<Parameters<typeof picturesOf>[0]['geometry']>;
  const state = { documentId: 'one', geometry, pictures };
  const latentFrames = (id: string) => picturesOf(state, id, origins).map(({ latentFrame }) => latentFrame);

  it('gives each part the pictures of its stretch', () => {
    expect(latentFrames('a')).toEqual([10, 20, 30, 40]);
    expect(latentFrames('b')).toEqual([10]);
    expect(latentFrames('c')).toEqual([20, 30, 40]);
    expect(latentFrames('d')).toEqual([20, 30]);
    expect(latentFrames('de')).toEqual([20, 30, 40]);
    expect(latentFrames('other')).toEqual([]);
  });

  it('gives a part without a picture the one nearest to its middle', () => {
    const sliver: Origins = new Map([['s', halvesOf('a', [0.6, 0.4]).slice(1)]]);
    const few = { ...state, pictures: pictures.slice(0, 2) };
    expect(picturesOf(few, 's', sliver).map(({ latentFrame }) => latentFrame)).toEqual([20]);
  });
});
