import { limits, type Place } from './document.ts';

export type Point = Place['from'];
/** Which end of a subject's way a person moves. */
export type End = 'from' | 'to';

/** A place whose one end is moved to a point; `both`: the other goes along with it. */
export function movedTo(place: Place, end: End, point: Point, both = false): Place {
  const by = { x: point.x - place[end].x, y: point.y - place[end].y };
  const other = end === 'from' ? 'to' : 'from';
  const beside = both ? { x: place[other].x + by.x, y: place[other].y + by.y } : place[other];
  return { ...place, [end]: inReach(point), [other]: inReach(beside) };
}

/** A place of another size. */
export function scaledTo(place: Place, scale: number): Place {
  const { min, max } = limits.placeScale;
  return { ...place, scale: round(Math.min(max, Math.max(min, scale))) };
}

/** The places of the two shots that one is cut into, the first taking `share` of its time: none where it has none. */
export function halfPlaces(
  place: Place | undefined,
  share: number,
): readonly [{ place?: Place }, { place?: Place }] {
  if (!place) return [{}, {}];
  const { from, to } = place;
  const cut = { x: round(from.x + share * (to.x - from.x)), y: round(from.y + share * (to.y - from.y)) };
  return [{ place: { ...place, to: cut } }, { place: { ...place, from: cut } }];
}

function inReach({ x, y }: Point): Point {
  const { min, max } = limits.place;
  const within = (value: number) => round(Math.min(max, Math.max(min, value)));
  return { x: within(x), y: within(y) };
}

/** To a thousandth: finer than a pixel of most films, and short in the file. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
