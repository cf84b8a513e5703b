import { invariant } from '../../lib/errors.ts';
import type { AutoencoderConfig } from '../../model/config.ts';
import type { DecodePlan } from '../../plan/decoder.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { PapercutDecoder } from './autoencoder.ts';
import type { Decoder } from './decoder.ts';
import { loadPapercutDecoder, type PapercutDecoderWeights } from './decoderWeights.ts';
import { TaehvDecoder } from './taehv.ts';
import { loadTaehvWeights, type TaehvWeights } from './taehvWeights.ts';
import { WanVaeDecoder } from './wanVae.ts';
import { loadWanVaeWeights, type WanVaeWeights } from './wanVaeWeights.ts';

/** Weights of a decoder of any kind that is known. */
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
