import type { ShotSpan } from '../../plan/types.ts';

type Place = Pick<ShotSpan, 'frames'>;

/**
 * Place of a shot among all when its middle is dragged to a frame: behind every other shot whose middle lies before.
 * `from` is the place that it has now.
 */
export function placeAt(shots: readonly Place[], from: number, middle: number): number {
  return shots.filter(({ frames }, index) => index !== from && frames.start + frames.count / 2 < middle)
    .length;
}

/** Frame of the cut that a shot would be put at; null when it would stay. */
export function cutOfPlace(shots: readonly Place[], from: number, place: number): number | null {
  const target = shots[place]?.frames;
  if (!target || place === from) return null;
  return place < from ? target.start : target.start + target.count;
}

/** Frames by which a shot moves to come to lie at a place. */
export function shiftToPlace(shots: readonly Place[], from: number, place: number): number {
  const own = shots[from]?.frames;
  const cut = cutOfPlace(shots, from, place);
  if (!own || cut === null) return 0;
  return place < from ? cut - own.start : cut - (own.start + own.count);
}
