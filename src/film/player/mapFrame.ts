import type { ShotSpan } from '../../plan/types.ts';
import { carryShare, noOrigins, type Origins, partsOf, type Stretch } from './origins.ts';

/**
 * Frame of one cut of a film that shows what `frame` shows in another: the same shot, or a part of it where one of
 * the cuts has it split or merged, the same way through it. null when the other cut lacks it.
 */
export function mapFrame(
  frame: number,
  from: readonly ShotSpan[],
  to: readonly ShotSpan[],
  origins: Origins = noOrigins,
): number | null {
  const source = shotAt(frame, from);
  if (!source) return null;
  const share = (frame - source.frames.start) / source.frames.count;
  const same = to.find(({ id }) => id === source.id);
  if (same) return frameAt(same, share);

  const targets = byId(to);
  for (const part of partsOf(source.id, (id) => targets.has(id), origins)) {
    const target = targets.get(part.shotId);
    if (target && isIn(share, part.at)) return frameAt(target, carryShare(share, part.at, part.source));
  }
  const sources = byId(from);
  for (const target of to) {
    for (const part of partsOf(target.id, (id) => sources.has(id), origins)) {
      if (part.shotId !== source.id || !isIn(share, part.source)) continue;
      return frameAt(target, carryShare(share, part.source, part.at));
    }
  }
  return null;
}

/** Shot that a frame belongs to. */
export function shotAt(frame: number, shots: readonly ShotSpan[]): ShotSpan | undefined {
  return shots.find(({ frames }) => frame >= frames.start && frame < frames.start + frames.count);
}

/** Shares are quotients of whole frames: a hair past the edge is still inside. */
const hair = 1e-6;

function isIn(share: number, { from, to }: Stretch): boolean {
  return share >= from - hair && share < to - hair;
}

function frameAt({ frames }: ShotSpan, share: number): number {
  return frames.start + Math.min(Math.floor(share * frames.count + hair), frames.count - 1);
}

function byId(shots: readonly ShotSpan[]): ReadonlyMap<string, ShotSpan> {
  return new Map(shots.map((shot) => [shot.id, shot]));
}
