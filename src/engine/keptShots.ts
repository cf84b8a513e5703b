import type { Run } from '../plan/types.ts';
import type { Gpu } from './gpu/gpu.ts';
import type { Command } from './gpu/runner.ts';
import { holdFrames } from './kernels/latent.ts';

/** A shot that stays as an earlier film has it. */
export interface KeptShot {
  /** Its latent frames in the film to be made. */
  at: Run;
  /** Clean latents of the earlier film [frames, height, width, channels]: of the shot, with what its decoding depends on. */
  film: Float32Array<ArrayBuffer>;
  /** Its first latent frame there. */
  from: number;
}

/**
 * Kept shots of a film on the GPU. While the others are denoised, kept ones stand beside them at the same noise
 * level, so that they are attended to and do not change.
 */
export class KeptShots {
  readonly #gpu: Gpu;
  readonly #frames: number;
  readonly #frameSize: number;
  readonly #clean: GPUBuffer;
  readonly #noise: GPUBuffer;
  readonly #held: GPUBuffer;

  /** @param noise What the film starts from, [frames, frameSize]. */
  constructor(gpu: Gpu, shots: readonly KeptShot[], noise: Float32Array<ArrayBuffer>, frames: number) {
    const frameSize = noise.length / frames;
    const clean = new Float32Array(noise.length);
    const held = new Uint32Array(frames);
    for (const { at, film, from } of shots) {
      clean.set(film.subarray(from * frameSize, (from + at.count) * frameSize), at.start * frameSize);
      held.fill(1, at.start, at.start + at.count);
    }
    this.#gpu = gpu;
    this.#frames = frames;
    this.#frameSize = frameSize;
    this.#clean = gpu.upload('kept clean', clean);
    this.#noise = gpu.upload('kept noise', noise);
    this.#held = gpu.upload('kept frames', held);
  }

  /** The command that puts the kept frames of `x` at a noise level. */
  hold(x: GPUBuffer, sigma: number): Promise<Command> {
    return holdFrames(this.#gpu, {
      x,
      clean: this.#clean,
      noise: this.#noise,
      held: this.#held,
      frames: this.#frames,
      frameSize: this.#frameSize,
      sigma,
    });
  }
}
