import { describe, expect, it } from 'vitest';
import { previewFrames } from './previewFrames.ts';
import { filmOf, randomFilms, seededIntegers } from './testing.ts';

describe('previewFrames', () => {
  it('takes every latent frame of a short film', () => {
    expect(previewFrames(filmOf(1, 1, [3, 2]), 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes every n-th of a longer one, and the first of every shot', () => {
    expect(previewFrames(filmOf(1, 1, [5, 5]), 6)).toEqual([0, 2, 4, 5, 7, 9]);
  });

  it('takes the first frames of some shots where there are more shots than room', () => {
    expect(previewFrames(filmOf(1, 1, [3, 1, 2]), 2)).toEqual([0, 3]);
    expect(previewFrames(filmOf(1, 1, Array(200).fill(2)))).toHaveLength(48);
  });

  it('takes fewer of large pictures, which have to fit into memory together', () => {
    const film = filmOf(34, 60, Array(100).fill(1));
    expect(film.width * film.height * 4 * previewFrames(film).length).toBeLessThan(64 * 2 ** 20);
    expect(previewFrames(film)).toHaveLength(8);
    expect(previewFrames(filmOf(250, 250, [3, 2]))).toEqual([0]);
  });

  it('never takes more than it may', () => {
    const next = seededIntegers(11);
    for (const film of randomFilms(300)) {
      const most = next(1, 20);
      const frames = previewFrames(film, most);
      expect(frames.length).toBeLessThanOrEqual(most);
      expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
      const starts = film.shots.map(({ latent }) => latent.start);
      if (starts.length <= most) expect(frames).toEqual(expect.arrayContaining(starts));
      else expect(starts).toEqual(expect.arrayContaining(frames));
    }
  });
});
