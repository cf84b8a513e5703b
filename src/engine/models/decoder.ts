import { invariant } from '../../lib/errors.ts';
import type { AutoencoderConfig } from '../../model/config.ts';
import type { DecodePlan } from '../../plan/decoder.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { PapercutDecoder } from './autoencoder.ts';
import { loadPapercutDecoder, type PapercutDecoderWeights } from './decoderWeights.ts';
import { TaehvDecoder } from './taehv.ts';
import { loadTaehvWeights, type TaehvWeights } from './taehvWeights.ts';
import { WanVaeDecoder } from './wanVae.ts';
import { loadWanVaeWeights, type WanVaeWeights } from './wanVaeWeights.ts';

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

export type DecoderWeights = PapercutDecoderWeights | WanVaeWeights | TaehvWeights;

/** Loads and checks the decoder that the config names. Throws `weights-invalid`. */
export function loadDecoderWeights(
  gpu: Gpu,
  config: AutoencoderConfig,
  file: TensorSource,
): Promise<DecoderWeights> {
  switch (config.kind) {
    case 'wan-vae':
      return loadWanVaeWeights(gpu, config, file);
    case 'taehv':
      return loadTaehvWeights(gpu, config, file);
    case 'papercut':
      return loadPapercutDecoder(gpu, config, file);
  }
}

/** A decoder for pictures of one size, in chunks and tiles as planned. */
export function createDecoder(
  gpu: Gpu,
  config: AutoencoderConfig,
  weights: DecoderWeights,
  latent: { height: number; width: number },
  plan: DecodePlan,
): Decoder {
  if (config.kind === 'wan-vae' && weights.kind === 'wan-vae') {
    return new WanVaeDecoder(gpu, config, weights, latent, plan);
  }
  if (config.kind === 'taehv' && weights.kind === 'taehv') {
    return new TaehvDecoder(gpu, config, weights, latent, plan.frames);
  }
  invariant(
    config.kind === 'papercut' && weights.kind === 'papercut',
    `weights of a ${weights.kind} for a ${config.kind}`,
  );
  return new PapercutDecoder(gpu, config, weights, latent, plan.frames);
}
