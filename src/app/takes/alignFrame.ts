import { shotAt } from '../../film/player/mapFrame.ts';
import type { FilmGeometry } from '../../plan/types.ts';

type Cut = Pick<FilmGeometry, 'shots' | 'fps'>;

/**
 * Frame of another take that stands beside `frame`: as far into the same shot, and its last one where that shot ends
 * sooner there. null when the other take does not have the shot.
 */
export function alignFrame(frame: number, take: Cut, other: Cut): number | null {
  const shot = shotAt(frame, take.shots);
  const beside = shot && other.shots.find(({ id }) => id === shot.id);
  if (!beside) return null;
  const offset = Math.round(((frame - shot.frames.start) * other.fps) / take.fps);
  return beside.frames.start + Math.min(offset, beside.frames.count - 1);
}
