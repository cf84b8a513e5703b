import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { type ByteSource, blobSource } from '../engine/weights/byteSource.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { type ModelConfig, parseModelConfig } from '../model/config.ts';
import { createTokenizer, parseVocabulary, type Tokenizer } from '../model/tokenizer.ts';
import { modelBytes } from '../plan/modelMemory.ts';

const manifestSchema = z.looseObject({
  format: z.literal('shotweave/model'),
  version: z.literal(1),
  files: z.record(
    z.string(),
    z.object({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

type Manifest = z.infer<typeof manifestSchema>;

const weightFiles = ['dit.safetensors', 'ae.safetensors'] as const;

/** The small files of a model: enough to plan a film. */
export interface ModelFacts {
  name: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
  /** Bytes of the weights on the GPU that are kept in one way only. */
  fixedBytes: number;
  /** Whether the transformer's weights can be kept in several formats. */
  choice: boolean;
  /** SHA-256 of every weight file, as published. */
  weightsSha256: string[];
}

/** Told how many bytes of the weight files have arrived, of all. */
export type OnArrival = (arrived: number, of: number) => void;

/** What becomes of a download while it comes. */
interface Watch {
  signal: AbortSignal;
  onBytes: (bytes: number) => void;
}

/** A model that the studio ships, at /models/<name>/. Every file is checked against the manifest's SHA-256. */
export class ModelFolder {
  readonly #name: string;
  readonly #base: URL;

  constructor(name: string, base: URL) {
    this.#name = name;
    this.#base = new URL(`models/${encodeURIComponent(name)}/`, base);
  }

  /** Rejects with `model-missing` or `model-invalid`. */
  async facts(): Promise<ModelFacts> {
    const manifest = await this.#manifest();
    const config = parseModelConfig(await this.#json(manifest, 'config.json'));
    const vocabulary = parseVocabulary(await this.#json(manifest, 'vocab.json'));
    const weights = Object.entries(manifest.files)
      .filter(([file]) => file.endsWith('.safetensors'))
      .map(([, published]) => published);
    return {
      name: this.#name,
      config,
      tokenizer: createTokenizer(vocabulary, config.text_encoder),
      fixedBytes: modelBytes(config),
      choice: false,
      weightsSha256: weights.map(({ sha256: hash }) => hash),
    };
  }

  /** The weight files, read by range. Rejects with `cancelled` once `signal` is aborted. */
  async weights(
    signal: AbortSignal,
    onArrival: OnArrival = () => undefined,
  ): Promise<{ dit: ByteSource; ae: ByteSource }> {
    const manifest = await this.#manifest();
    const of = weightFiles.reduce((sum, file) => sum + (manifest.files[file]?.bytes ?? 0), 0);
    let arrived = 0;
    const watch: Watch = {
      signal,
      onBytes(bytes) {
        arrived += bytes;
        onArrival(arrived, of);
      },
    };
    const [dit, ae] = weightFiles;
    const source = async (file: string): Promise<ByteSource> =>
      blobSource(file, await this.#verified(manifest, file, watch));
    return { dit: await source(dit), ae: await source(ae) };
  }

  async #manifest(): Promise<Manifest> {
    const blob = await this.#fetch('manifest.json');
    const parsed = manifestSchema.safeParse(await readJson(blob));
    if (!parsed.success) throw this.#damaged('manifest.json', parsed.error);
    return parsed.data;
  }

  async #json(manifest: Manifest, file: string): Promise<unknown> {
    return readJson(await this.#verified(manifest, file));
  }

  async #verified(manifest: Manifest, file: string, watch?: Watch): Promise<Blob> {
    const expected = manifest.files[file];
    if (!expected) throw this.#damaged(file);
    const blob = await this.#fetch(file, watch);
    if (blob.size !== expected.bytes) throw this.#damaged(file);
    const hash = sha256.create();
    const reader = blob.stream().getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) hash.update(part.value);
    if (bytesToHex(hash.digest()) !== expected.sha256) throw this.#damaged(file);
    return blob;
  }

  async #fetch(file: string, watch?: Watch): Promise<Blob> {
    try {
      const response = await fetch(new URL(file, this.#base), { signal: watch?.signal ?? null });
      // The connection may go while the file comes, too.
      if (response.ok) return await counted(response, watch?.onBytes).blob();
    } catch (cause) {
      if (watch?.signal.aborted) throw new ShotweaveError('cancelled', 'Cancelled.', { cause });
      throw this.#missing(file, cause);
    }
    throw this.#missing(file);
  }

  #missing(file: string, cause?: unknown): ShotweaveError {
    return new ShotweaveError(
      'model-missing',
      `The model "${this.#name}" cannot be loaded (${file} did not arrive): check the connection to the studio's address and try again.`,
      { cause },
    );
  }

  #damaged(file: string, cause?: unknown): ShotweaveError {
    return new ShotweaveError(
      'model-invalid',
      `The model "${this.#name}" is damaged (${file} is not what was published): reload the page without its cache, or install the studio again.`,
      { cause },
    );
  }
}

/** The response, which tells of every part of its body as it is read. */
function counted(response: Response, onBytes: Watch['onBytes'] | undefined): Response {
  if (!onBytes || !response.body) return response;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, out) {
      onBytes(part.byteLength);
      out.enqueue(part);
    },
  });
  return new Response(response.body.pipeThrough(counting));
}

async function readJson(blob: Blob): Promise<unknown> {
  try {
    return JSON.parse(await blob.text());
  } catch {
    return null;
  }
}
