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
  it('is the place that a shot has while it is not dragged past the middle of another', () => {
    for (const [index, { frames }] of film.entries()) {
      expect(placeAt(film, index, frames.start + frames.count / 2)).toBe(index);
    }
    expect(placeAt(film, 0, 20)).toBe(0);
    expect(placeAt(film, 0, 21)).toBe(1);
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
