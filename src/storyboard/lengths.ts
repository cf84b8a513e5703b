import { latentFramesOf, secondsPerLatentFrame } from '../plan/geometry.ts';
import { limits } from './document.ts';

/** Lengths that a shot may have, in latent frames. */
export interface LengthRange {
  fewest: number;
  most: number;
}

/** What a document may hold at a frame rate. `temporal` is frames a latent frame. */
export function latentRange(fps: number, temporal: number): LengthRange {
  const unit = secondsPerLatentFrame(fps, temporal);
  const { min, max } = limits.shotSeconds;
  return { fewest: Math.max(1, Math.ceil(min / unit)), most: Math.floor(max / unit) };
}

/** Length in seconds of so many latent frames, brought within what a document may hold. */
export function legalSeconds(latentFrames: number, fps: number, temporal: number): number {
  const { fewest, most } = latentRange(fps, temporal);
  return Math.min(Math.max(latentFrames, fewest), most) * secondsPerLatentFrame(fps, temporal);
}

/**
 * Lengths in seconds of two neighbours after the cut between them was moved by so many latent frames, as far as both
 * stay within what a document may hold; together they are as long as before.
 */
export function rollCut(
  [first, second]: readonly [seconds: number, seconds: number],
  by: number,
  fps: number,
  temporal: number,
): [first: number, second: number] {
  const { fewest, most } = latentRange(fps, temporal);
  const before = latentFramesOf(first, fps, temporal);
  const after = latentFramesOf(second, fps, temporal);
  const least = Math.max(fewest - before, after - most);
  const furthest = Math.min(most - before, after - fewest);
  const moved = Math.min(Math.max(by, least), furthest);
  return [legalSeconds(before + moved, fps, temporal), legalSeconds(after - moved, fps, temporal)];
}
