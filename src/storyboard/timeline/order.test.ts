import { describe, expect, it } from 'vitest';
import { cutOfPlace, placeAt, shiftToPlace } from './order.ts';

/** Shots of these lengths in frames, one after the other. */
function shots(...lengths: number[]) {
  let start = 0;
  return lengths.map((count) => {
    const frames = { start, count };
    start += count;
    return { frames };
  });
}

const film = shots(10, 20, 40, 10);

describe('placeAt', () => {
  it('is the place that a shot has while its edges pass the middle of no other', () => {
    for (const index of film.keys()) expect(placeAt(film, index, 0)).toBe(index);
    // The first shot ends at frame 10, and the middle of the second is at frame 20.
    expect(placeAt(film, 0, 10)).toBe(0);
    expect(placeAt(film, 0, 11)).toBe(1);
    // The third, long as it is, starts at frame 30.
    expect(placeAt(film, 2, -9)).toBe(2);
    expect(placeAt(film, 2, -10)).toBe(1);
  });

  it('ends at both ends of the film', () => {
    expect(placeAt(film, 2, -100)).toBe(0);
    expect(placeAt(film, 1, 1000)).toBe(3);
  });
});

describe('cutOfPlace', () => {
  it('is the start of what the shot goes before, or the end of what it goes behind', () => {
    expect(cutOfPlace(film, 2, 0)).toBe(0);
    expect(cutOfPlace(film, 2, 1)).toBe(10);
    expect(cutOfPlace(film, 0, 2)).toBe(70);
    expect(cutOfPlace(film, 0, 3)).toBe(80);
    expect(cutOfPlace(film, 1, 1)).toBeNull();
  });
});

describe('shiftToPlace', () => {
  it('takes the shot to where it will lie', () => {
    expect(shiftToPlace(film, 2, 1)).toBe(-20);
    // Behind the third shot, which moves up by the ten frames of the first.
    expect(shiftToPlace(film, 0, 2)).toBe(60);
    expect(shiftToPlace(film, 3, 3)).toBe(0);
  });
});
