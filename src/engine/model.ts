import type { ModelConfig } from '../model/config.ts';
import type { Gpu } from './gpu/gpu.ts';
import { type DecoderWeights, loadDecoderWeights } from './models/decoders.ts';
import { type BlockStorage, type DitWeights, loadDitWeights } from './models/ditWeights.ts';
import type { PromptStore } from './models/promptCache.ts';
import { type PromptEncoder, TextEncoder } from './models/textEncoder.ts';
import { StreamedTextEncoder } from './models/umt5.ts';
import type { ByteSource } from './weights/byteSource.ts';
import type { WeightStorage } from './weights/gpuWeights.ts';
import { Safetensors } from './weights/safetensors.ts';
import type { TensorSource } from './weights/tensorSource.ts';
import { untilAborted } from './weights/untilAborted.ts';

/** The three networks of a checkpoint on the GPU. */
export interface Model {
  config: ModelConfig;
  textEncoder: PromptEncoder;
  dit: DitWeights;
  decoder: DecoderWeights;
  free(): void;
}

/**
 * Reads a model's weight files and puts the networks on the GPU. Throws what `loadNetworks` throws, and then leaves
 * nothing on the GPU.
 */
export async function loadModel(
  gpu: Gpu,
  config: ModelConfig,
  sources: { dit: ByteSource; ae: ByteSource },
  signal?: AbortSignal,
): Promise<Model> {
  const dit = await Safetensors.open(sources.dit);
  const decoder = await Safetensors.open(sources.ae);
  return loadNetworks(gpu, config, { dit, textEncoder: dit, decoder }, { signal });
}

/** The three networks of a checkpoint, wherever their tensors lie. */
export interface NetworkSources {
  dit: TensorSource;
  textEncoder: TensorSource;
  decoder: TensorSource;
}

/** How a model's weights are kept on the GPU. */
export interface KeptWeights {
  dit: { format: WeightStorage; storage: BlockStorage };
  /** Of a text encoder that is streamed. */
  text: WeightStorage;
}

const asStored: KeptWeights = { dit: { format: 'auto', storage: 'resident' }, text: 'f16' };

/** How networks are loaded, where not as they are stored. */
export interface LoadOptions {
  /** Where a streamed text encoder keeps what it has encoded. */
  prompts?: PromptStore;
  kept?: KeptWeights | undefined;
  /** Ends the loading. */
  signal?: AbortSignal | undefined;
}

/**
 * Puts networks on the GPU whose files are open; a large text encoder stays in its file. Throws `weights-invalid`,
 * `gpu-out-of-memory` or `cancelled`, and then leaves nothing on the GPU.
 */
export async function loadNetworks(
  gpu: Gpu,
  config: ModelConfig,
  { dit, textEncoder, decoder }: NetworkSources,
  { prompts, kept = asStored, signal }: LoadOptions = {},
): Promise<Model> {
  const scope = gpu.scope();
  const { text_encoder } = config;
  const loading = (source: TensorSource): TensorSource => untilAborted(source, signal);
  try {
    return {
      config,
      textEncoder: text_encoder.streamed
        ? await StreamedTextEncoder.open(text_encoder, textEncoder, prompts, kept.text)
        : await scope.allocating(() => TextEncoder.load(scope, text_encoder, loading(textEncoder))),
      dit: await loadDitWeights(scope, config.dit, dit, kept.dit.storage, kept.dit.format, signal),
      decoder: await scope.allocating(() => loadDecoderWeights(scope, config.ae, loading(decoder))),
      free: () => scope.freeAll(),
    };
  } catch (error) {
    scope.freeAll();
    throw error;
  }
}
