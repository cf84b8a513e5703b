import { shotAt } from '../film/player/mapFrame.ts';
import { latentFramesOf } from '../plan/geometry.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Shot } from './document.ts';
import { latentRange, legalSeconds } from './lengths.ts';

/** An edit of the cut, or a sentence that says why there is none. */
export type Cut<T> = { ok: true; cut: T } | { ok: false; sentence: string };

/** Where a shot falls in two: the lengths of its halves in seconds. */
export interface Split {
  shotId: string;
  seconds: [first: number, second: number];
}

/** A shot that takes in the one behind it. */
export interface Merge {
  shotId: string;
  /** Length of both together. */
  seconds: number;
}

/**
 * Splits the shot under a frame, at the start of the latent frame nearest to it.
 * `temporal` is frames a latent frame.
 */
export function splitAt(
  frame: number,
  { shots, fps }: Pick<FilmGeometry, 'shots' | 'fps'>,
  temporal: number,
): Cut<Split> {
  const shot = shotAt(frame, shots);
  if (!shot) return refused('The playhead is outside the film: move it into a shot to split it.');
  const { fewest } = latentRange(fps, temporal);
  if (shot.latent.count < 2 * fewest) {
    return refused(
      `Shot ${shot.index + 1} is too short to be split: make it longer than ${shot.seconds.toFixed(2)} s.`,
    );
  }
  const boundary = boundaryNear(frame, temporal);
  const first = boundary - shot.latent.start;
  const second = shot.latent.count - first;
  if (first < fewest || second < fewest) {
    return refused('The playhead is at the edge of the shot: move it further into the shot to split it.');
  }
  return {
    ok: true,
    cut: {
      shotId: shot.id,
      seconds: [legalSeconds(first, fps, temporal), legalSeconds(second, fps, temporal)],
    },
  };
}

/** Frame at which a split near `frame` would cut; null where there can be none. */
export function cutFrameNear(
  frame: number,
  film: Pick<FilmGeometry, 'shots' | 'fps'>,
  temporal: number,
): number | null {
  if (!splitAt(frame, film, temporal).ok) return null;
  return 1 + temporal * (boundaryNear(frame, temporal) - 1);
}

/**
 * Latent frame whose start is nearest to a frame. The film's first latent frame has one frame, so latent frame k
 * starts at frame 1 + temporal * (k - 1).
 */
function boundaryNear(frame: number, temporal: number): number {
  return frame === 0 ? 0 : Math.round((frame - 1) / temporal) + 1;
}

/** Merges the shot at `index` with the one behind it. `temporal` is frames a latent frame. */
export function mergeAt(
  index: number,
  { shots, fps }: { shots: readonly Pick<Shot, 'id' | 'seconds'>[]; fps: number },
  temporal: number,
): Cut<Merge> {
  const shot = shots[index];
  const next = shots[index + 1];
  if (!shot || !next) {
    return refused(`Shot ${index + 1} is the last one: select a shot before it to merge it with the next.`);
  }
  const latentFrames =
    latentFramesOf(shot.seconds, fps, temporal) + latentFramesOf(next.seconds, fps, temporal);
  const { most } = latentRange(fps, temporal);
  if (latentFrames > most) {
    const longest = legalSeconds(most, fps, temporal).toFixed(0);
    return refused(`Together these shots are longer than ${longest} s: shorten one of them to merge them.`);
  }
  return { ok: true, cut: { shotId: shot.id, seconds: legalSeconds(latentFrames, fps, temporal) } };
}

function refused(sentence: string): { ok: false; sentence: string } {
  return { ok: false, sentence };
}
