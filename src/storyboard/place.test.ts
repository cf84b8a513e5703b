import { describe, expect, it } from 'vitest';
import { limits, type Place } from './document.ts';
import { halfPlaces, movedTo, scaledTo } from './place.ts';

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
      from: { x: max },
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
