import type { ShotSpan } from '../../plan/types.ts';

type Place = Pick<ShotSpan, 'frames'>;

/**
 * Place of a shot among all when it is dragged by so many frames: past every other shot whose middle its leading edge
 * has passed, however long it is itself. `from` is the place that it has now.
 */
export function placeAt(shots: readonly Place[], from: number, shift: number): number {
  const own = shots[from]?.frames;
  if (!own) return from;
  const start = own.start + shift;
  const end = start + own.count;
  return shots.filter(({ frames }, index) => {
    const middle = frames.start + frames.count / 2;
    return index < from ? middle < start : index > from && middle < end;
  }).length;
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
