import { describe, expect, it } from 'vitest';
import { limits, type Place } from './document.ts';
import { halfPlaces, mergedPlace, movedTo, samePlace, scaledTo } from './place.ts';

const place: Place = { from: { x: 0.2, y: 0.6 }, to: { x: 0.8, y: 0.4 }, scale: 1 };

describe('movedTo', () => {
  it('moves one end, or both by as much', () => {
    expect(movedTo(place, 'from', { x: 0.3, y: 0.5 })).toEqual({ ...place, from: { x: 0.3, y: 0.5 } });
    expect(movedTo(place, 'to', { x: 0.9, y: 0.5 }, true)).toEqual({
      ...place,
      from: { x: 0.3, y: 0.7 },
      to: { x: 0.9, y: 0.5 },
    });
  });

  it('keeps both ends within reach of the picture, to a thousandth', () => {
    const { min, max } = limits.place;
    expect(movedTo(place, 'from', { x: -9, y: 1 / 3 }).from).toEqual({ x: min, y: 0.333 });
    expect(movedTo(place, 'from', { x: 9, y: 0.6 }, true)).toMatchObject({
      from: { x: max - 0.6 },
      to: { x: max },
    });
  });
});

it.each([
  [1.2345, 1.235],
  [100, limits.placeScale.max],
  [0, limits.placeScale.min],
])('scales to %d within bounds', (scale, expected) => {
  expect(scaledTo(place, scale)).toEqual({ ...place, scale: expected });
});

it('tells places apart', () => {
  expect(samePlace(place, structuredClone(place))).toBe(true);
  expect(samePlace(place, { ...place, scale: 2 })).toBe(false);
  expect(samePlace(place, { ...place, to: { x: 0.8, y: 0.5 } })).toBe(false);
});

describe('mergedPlace', () => {
  it('goes the whole way again where both have one, else as the first', () => {
    const [first, second] = halfPlaces(place, 0.4);
    expect(mergedPlace(first.place, second.place)).toEqual(place);
    expect(mergedPlace(place, undefined)).toEqual(place);
    expect(mergedPlace(undefined, place)).toBeUndefined();
  });
});

describe('halfPlaces', () => {
  it('parts the way where the shot is cut', () => {
    expect(halfPlaces(place, 0.25)).toEqual([
      { place: { ...place, to: { x: 0.35, y: 0.55 } } },
      { place: { ...place, from: { x: 0.35, y: 0.55 } } },
    ]);
  });

  it('leaves shots without a place as they are', () => {
    expect(halfPlaces(undefined, 0.5)).toEqual([{}, {}]);
  });
});
