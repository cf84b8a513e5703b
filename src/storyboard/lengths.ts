import { secondsPerLatentFrame } from '../plan/geometry.ts';
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
