import type { Run, ShotSpan } from '../../plan/types.ts';
import { mapFrame, shotAt } from './mapFrame.ts';
import { noOrigins, type Origins } from './origins.ts';

/** The range from a frame on: to where the range ended, or to the end of the film where that lies before. */
export function withIn(range: Run | null, frame: number, frames: number): Run {
  const end = range && frame < endOf(range) ? endOf(range) : frames;
  return { start: frame, count: end - frame };
}

/** The range up to a frame and with it: from where the range started, or from the film's start where that lies behind. */
export function withOut(range: Run | null, frame: number): Run {
  const start = range && frame >= range.start ? range.start : 0;
  return { start, count: frame + 1 - start };
}

/** As much of a range as a film of so many frames has; null when that is nothing. */
export function fitRange({ start, count }: Run, frames: number): Run | null {
  return start >= frames ? null : { start, count: Math.min(count, frames - start) };
}

/** First frame behind a range. */
export function endOf({ start, count }: Run): number {
  return start + count;
}

/** Where a range lies in another cut of the film: it goes with its first and last shot, and is gone when one of them is. */
export function mapRange(
  range: Run,
  from: readonly ShotSpan[],
  to: readonly ShotSpan[],
  origins: Origins = noOrigins,
): Run | null {
  const start = mapFrame(range.start, from, to, origins);
  const end = mapEnd(endOf(range), from, to, origins);
  return start === null || end === null || end <= start ? null : { start, count: end - start };
}

/** An end at a cut stays at that cut; one inside a shot keeps its share of the shot. */
function mapEnd(
  end: number,
  from: readonly ShotSpan[],
  to: readonly ShotSpan[],
  origins: Origins,
): number | null {
  const source = shotAt(end - 1, from);
  const target = source && to.find(({ id }) => id === source.id);
  if (!target) {
    const last = mapFrame(end - 1, from, to, origins);
    return last === null ? null : last + 1;
  }
  const share = (end - source.frames.start) / source.frames.count;
  return target.frames.start + Math.max(1, Math.round(share * target.frames.count));
}
