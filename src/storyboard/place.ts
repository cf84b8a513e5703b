import { limits, type Place } from './document.ts';

export type Point = Place['from'];
/** Which end of a subject's way a person moves. */
export type End = 'from' | 'to';

/** A place whose one end is moved to a point; `both`: the other goes along with it, and neither out of reach. */
export function movedTo(place: Place, end: End, point: Point, both = false): Place {
  if (!both) return { ...place, [end]: inReach(point) };
  const { min, max } = limits.place;
  const { from, to } = place;
  const by = (axis: 'x' | 'y'): number => {
    const least = min - Math.min(from[axis], to[axis]);
    const most = max - Math.max(from[axis], to[axis]);
    return Math.min(most, Math.max(least, point[axis] - place[end][axis]));
  };
  const [x, y] = [by('x'), by('y')];
  const moved = (at: Point): Point => inReach({ x: at.x + x, y: at.y + y });
  return { ...place, from: moved(from), to: moved(to) };
}

/** The place of the shot that two become: from where the first begins to where the second ends, if both have one. */
export function mergedPlace(first: Place | undefined, second: Place | undefined): Place | undefined {
  return first && second ? { ...first, to: second.to } : first;
}

export function samePlace(a: Place, b: Place): boolean {
  const values = ({ from, to, scale }: Place) => [from.x, from.y, to.x, to.y, scale];
  const others = values(b);
  return values(a).every((value, i) => value === others[i]);
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
