import type { Command } from '../gpu/runner.ts';

/** Turns latents into pictures, chunk by chunk: the network of one film with the buffers that it works in. */
export interface Decoder {
  /** Frames of the chunk decoded last, [frames, height, width] u32 RGBA. */
  readonly rgba: GPUBuffer;
  /** Latent frames before a frame that it depends on, with some to spare. */
  readonly reach: number;
  /**
   * Parts of the picture. Each is decoded by itself from the first chunk to the last and fills its own place in
   * `rgba`; more than one only where memory is too small for all of the picture.
   */
  readonly tiles: readonly PictureTile[];
  /** Pictures of a preview, at most: what a step can spare for them. */
  readonly previewPictures: number;
  /** Forgets the frames before: the next chunk is decoded as the first of a film, for this tile. */
  rewind(tile?: number): void;
  /**
   * The program that decodes `frames` latent frames from `first` on into `temporal * frames` frames in `rgba`.
   * Chunks must come in order: each starts from what the one before left in memory. Of the first latent frame after
   * rewind() only the last frame is real.
   * latents: [frames of the film, height, width, z], in the sampler's scale.
   */
  decode(latents: GPUBuffer, first: number, frames: number): Promise<Command[]>;
  /** One latent frame seen by itself and quickly; its last frame in `rgba` is what it shows, whatever the tile. */
  preview(latents: GPUBuffer, latentFrame: number): Promise<Command[]>;
  free(): void;
}

/** A rectangle of pixels. */
export interface PictureTile {
  top: number;
  left: number;
  height: number;
  width: number;
}
