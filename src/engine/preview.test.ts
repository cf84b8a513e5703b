import { describe, expect, it } from 'vitest';
import { filmOf, randomFilms, seededIntegers } from '../plan/testing.ts';
import { previewFrames } from './preview.ts';

describe('previewFrames', () => {
  it('takes every latent frame of a short film', () => {
    expect(previewFrames(filmOf(1, 1, [3, 2]), 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes every n-th of a longer one, and the first of every shot', () => {
    expect(previewFrames(filmOf(1, 1, [5, 5]), 6)).toEqual([0, 2, 4, 5, 7, 9]);
  });

  it('takes one a shot when there are more shots than room', () => {
    expect(previewFrames(filmOf(1, 1, [3, 1, 2]), 2)).toEqual([0, 3, 4]);
  });

  it('never takes more than it may', () => {
    const next = seededIntegers(11);
    for (const film of randomFilms(300)) {
      const most = next(1, 20);
      const frames = previewFrames(film, most);
      expect(frames.length).toBeLessThanOrEqual(Math.max(most, film.shots.length));
      expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
      expect(frames).toEqual(expect.arrayContaining(film.shots.map(({ latent }) => latent.start)));
    }
  });
});
