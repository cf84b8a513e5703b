import { describe, expect, it } from 'vitest';
import type { FilmGeometry, Run } from '../../plan/types.ts';
import { type ExportChoice, isFilmItself, piecesOf } from './choice.ts';

function geometry(...counts: number[]): Pick<FilmGeometry, 'frames' | 'shots'> {
  let start = 0;
  const shots = counts.map((count, index) => {
    const frames: Run = { start, count };
    start += count;
    return { index, id: `${index}`, frames, latent: frames, tokens: frames, seconds: count / 24 };
  });
  return { frames: start, shots };
}

describe('piecesOf', () => {
  it('is one file for the film and for the range', () => {
    const film = geometry(9, 12);
    expect(piecesOf('film', film, { start: 3, count: 4 }, 'boat')).toEqual([
      { name: 'boat.mp4', frames: { start: 0, count: 21 } },
    ]);
    expect(piecesOf('range', film, { start: 3, count: 4 }, 'boat')).toEqual([
      { name: 'boat.mp4', frames: { start: 3, count: 4 } },
    ]);
  });

  it('is a file for every shot, numbered so that they sort', () => {
    const names = piecesOf('shots', geometry(...Array.from({ length: 11 }, () => 4)), null, 'boat').map(
      ({ name }) => name,
    );
    expect(names.slice(0, 2)).toEqual(['boat-01.mp4', 'boat-02.mp4']);
    expect(names.toSorted()).toEqual(names);
    expect(piecesOf('shots', geometry(9, 12), null, 'boat').map(({ frames }) => frames)).toEqual([
      { start: 0, count: 9 },
      { start: 9, count: 12 },
    ]);
  });
});

describe('isFilmItself', () => {
  const film = { geometry: geometry(9, 12), record: { codec: 'h264' } } as Parameters<typeof isFilmItself>[1];
  const plain: ExportChoice = { part: 'film', codec: null, quality: 'best', scale: 1 };

  it.each([
    [{}, null, true],
    [{ codec: 'h264' }, null, true],
    [{ codec: 'vp9' }, null, false],
    [{ quality: 'good' }, null, false],
    [{ scale: 2 }, null, false],
    [{ part: 'shots' }, null, false],
    [{ part: 'range' }, { start: 0, count: 20 }, false],
    [{ part: 'range' }, { start: 0, count: 21 }, true],
    [{ part: 'range' }, null, true],
  ] as const)('%j with the range %j: %s', (changes, range, expected) => {
    expect(isFilmItself({ ...plain, ...changes }, film, range)).toBe(expected);
  });
});
