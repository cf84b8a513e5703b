import type { ModelConfig } from '../model/config.ts';
import type { Gpu } from './gpu/gpu.ts';
import { type DecoderWeights, loadDecoderWeights } from './models/decoderWeights.ts';
import { type DitWeights, loadDitWeights } from './models/ditWeights.ts';
import { TextEncoder } from './models/textEncoder.ts';
import type { ByteSource } from './weights/byteSource.ts';
import { Safetensors } from './weights/safetensors.ts';

/** The three networks of a checkpoint on the GPU. */
export interface Model {
  config: ModelConfig;
  textEncoder: TextEncoder;
  dit: DitWeights;
  decoder: DecoderWeights;
  free(): void;
}

/**
 * Reads a model's weight files and puts the networks on the GPU. Throws `weights-invalid`, and then leaves
 * nothing on the GPU.
 */
export async function loadModel(
  gpu: Gpu,
  config: ModelConfig,
  sources: { dit: ByteSource; ae: ByteSource },
): Promise<Model> {
  const ditFile = await Safetensors.open(sources.dit);
  const aeFile = await Safetensors.open(sources.ae);
  const scope = gpu.scope();
  try {
    return {
      config,
      textEncoder: await TextEncoder.load(scope, config.text_encoder, ditFile),
      dit: await loadDitWeights(scope, config.dit, ditFile),
      decoder: await loadDecoderWeights(scope, config.ae, aeFile),
      free: () => scope.freeAll(),
    };
  } catch (error) {
    scope.freeAll();
    throw error;
  }
}
