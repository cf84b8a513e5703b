import { invariant } from '../../lib/errors.ts';
import type { Copy } from '../gpu/runner.ts';

/**
 * The last two input frames of a convolution over time. How many there are is known when a program is made, so that
 * frames before the film, which count as zeros, cost nothing.
 */
export class FrameMemory {
  /** The frame before first. */
  #frames: GPUBuffer[];
  #held = 0;

  constructor(frames: readonly GPUBuffer[]) {
    this.#frames = [...frames];
  }

  /** Frames before the one at hand, the latest first: none at the start of a film, then one, then two. */
  get before(): readonly GPUBuffer[] {
    return this.#frames.slice(0, this.#held);
  }

  /** Takes a frame of `bytes` in place of the oldest. */
  remember(frame: GPUBuffer, bytes: number): Copy {
    const oldest = this.#frames.at(-1);
    invariant(oldest, 'a memory without room');
    this.#frames = [oldest, ...this.#frames.slice(0, -1)];
    this.#held = Math.min(this.#held + 1, this.#frames.length);
    return { from: frame, to: oldest, bytes };
  }

  forget(): void {
    this.#held = 0;
  }
}
