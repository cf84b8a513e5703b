import type { ShotSpan } from '../../plan/types.ts';

/**
 * Frame of one cut of a film that shows what `frame` shows in another: the same shot, the same way through it.
 * null when the other cut lacks the shot.
 */
export function mapFrame(frame: number, from: readonly ShotSpan[], to: readonly ShotSpan[]): number | null {
  const source = shotAt(frame, from);
  const target = source && to.find((shot) => shot.id === source.id);
  if (!target) return null;
  const share = (frame - source.frames.start) / source.frames.count;
  return (
    target.frames.start + Math.min(Math.floor(share * target.frames.count + 1e-6), target.frames.count - 1)
  );
}

/** Shot that a frame belongs to. */
export function shotAt(frame: number, shots: readonly ShotSpan[]): ShotSpan | undefined {
  return shots.find(({ frames }) => frame >= frames.start && frame < frames.start + frames.count);
}
