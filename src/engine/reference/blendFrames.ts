import type { BlendFramesArguments } from '../kernels/blendFrames.ts';
import { at, type OnHost } from './values.ts';

/** Frames drawn towards those beside them, what is negative put to zero. */
export function blendFrames(args: OnHost<BlendFramesArguments>): void {
  const { x, beside, weight, y, frames, cells, channels, distances, first } = args;
  const size = cells * channels;
  for (let frame = 0; frame < frames; frame++) {
    for (let i = 0; i < size; i++) {
      const own = at(x, (first + frame) * size + i);
      let sum = own;
      for (let distance = 0; distance < distances; distance++) {
        const there = at(beside, frame * distances + distance);
        sum += at(weight, distance * channels + (i % channels)) * (at(x, there * size + i) - own);
      }
      y[frame * size + i] = Math.max(sum, 0);
    }
  }
}
