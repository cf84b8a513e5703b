import { mapFrame } from '../../film/player/mapFrame.ts';
import type { Origins } from '../../film/player/origins.ts';
import { endOf, mapRange } from '../../film/player/range.ts';
import type { FilmGeometry } from '../../plan/types.ts';

type Cut = Pick<FilmGeometry, 'frames' | 'shots'>;

interface Cuts {
  /** The cut that the timeline shows. */
  edited: Cut;
  /** The cut that the stage shows; in and out points are frames of it. */
  shown: Cut;
  origins: Origins;
}

/** First frame of a range whose in point is dragged to `x`, at so many pixels a frame; null when the stage lacks it. */
export function inFrameAt(x: number, scale: number, { edited, shown, origins }: Cuts): number | null {
  return mapFrame(frameOf(Math.round(x / scale), edited), edited.shots, shown.shots, origins);
}

/** Last frame of a range whose out point is dragged to `x`: the handle stands behind it. */
export function outFrameAt(x: number, scale: number, { edited, shown, origins }: Cuts): number | null {
  const frame = frameOf(Math.round(x / scale) - 1, edited);
  const place = mapRange({ start: frame, count: 1 }, edited.shots, shown.shots, origins);
  return place && endOf(place) - 1;
}

function frameOf(frame: number, { frames }: Cut): number {
  return Math.min(Math.max(frame, 0), frames - 1);
}
