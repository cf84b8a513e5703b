import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type ByteSource, blobSource } from '../engine/weights/byteSource.ts';
import { CheckpointTensors } from '../engine/weights/checkpointTensors.ts';
import { identify } from '../engine/weights/identify.ts';
import {
  type FoundPart,
  type FoundTokenizer,
  type Inspection,
  inspectFiles,
} from '../engine/weights/inspectFiles.ts';
import { type Lora, type LowRankProduct, MergedTensors } from '../engine/weights/mergedTensors.ts';
import type { TensorSource } from '../engine/weights/tensorSource.ts';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import type { DitShape } from '../model/checkpoint/dit.ts';
import type { LoraShape } from '../model/checkpoint/lora.ts';
import { loraProblem, refuseMisfit } from '../model/checkpoint/loraFit.ts';
import { chooseSet, type DecoderChoice, missingOf, type PartSet } from '../model/checkpoint/set.ts';
import { taehvInventory } from '../model/checkpoint/taehv.ts';
import { vaeInventory } from '../model/checkpoint/vae.ts';
import type { ModelConfig } from '../model/config.ts';
import { type WanDecoder, type WanModel, wanConfig, wanModels, wanTitles } from '../model/wanConfig.ts';
import { detailOfPart, titleOfPart } from './describePart.ts';
import {
  type ModelChoices,
  type ModelFile,
  type ModelItem,
  type ModelReport,
  type ModelSet,
  usualChoices,
} from './modelReport.ts';

/** The networks of a Wan model under Wan's own names. */
export interface WanNetworks {
  dit: TensorSource;
  textEncoder: TensorSource;
}

/** A whole Wan model, opened. */
export interface WanCheckpoint {
  config: ModelConfig;
  tokenizer: FoundTokenizer;
  /** Bytes of the files that it is read from. */
  bytes: number;
  /** Bytes of the decoder's weights on the GPU. */
  decoderBytes: number;
  /** Tells models apart whose films would differ, LoRAs and their strengths included. */
  identity: string[];
  /** Throws `model-invalid` when a LoRA that is switched on is for another model. */
  checkLoras(): void;
  decoder: TensorSource;
  /** What a film is made by. */
  networks(product: LowRankProduct): WanNetworks;
}

interface Part extends FoundPart {
  entryId: string;
}

interface Tokenizer extends FoundTokenizer {
  entryId: string;
}

interface ChosenLora {
  part: Part;
  shape: LoraShape;
  strength: number;
}

type Parts = PartSet<Part, Tokenizer>;

/** The choice that prefers a decoder, and the file that it comes as. */
const decoders: Record<WanDecoder['kind'], { choice: DecoderChoice; file: string }> = {
  'wan-vae': { choice: 'quality', file: 'wan_2.1_vae' },
  taehv: { choice: 'speed', file: 'taew2_1' },
};

/** The person's own Wan files: what they are, and the models that they make up. Lives in the worker. */
export class WanLibrary {
  #parts: Part[] = [];
  #tokenizers: Tokenizer[] = [];
  #choices: ModelChoices = usualChoices;
  /** By path, size and time of change: the page hands the same files over again with every choice. */
  readonly #identities = new Map<string, Promise<string>>();
  readonly #keys = new WeakMap<ByteSource, string>();

  /** Takes the files that there are now in place of all before, and says what they are. */
  async use(files: readonly ModelFile[], choices: ModelChoices): Promise<ModelReport> {
    const inspections: [entryId: string, found: Inspection][] = [];
    const parts: Part[] = [];
    const tokenizers: Tokenizer[] = [];
    for (const entryId of new Set(files.map((file) => file.entryId))) {
      const own = files.filter((file) => file.entryId === entryId);
      const sources = own.map(({ path, file }) => {
        const source = blobSource(path, file);
        this.#keys.set(source, `${entryId}/${path} ${file.size} ${file.lastModified}`);
        return source;
      });
      const found = await inspectFiles(sources);
      parts.push(...found.parts.map((part) => ({ ...part, entryId })));
      tokenizers.push(...found.tokenizers.map((tokenizer) => ({ ...tokenizer, entryId })));
      inspections.push([entryId, found]);
    }
    this.#parts = parts;
    this.#tokenizers = tokenizers;
    this.#choices = choices;
    const dits = parts.flatMap(({ recognised }) => (recognised.kind === 'dit' ? [recognised.shape] : []));
    const items = inspections.flatMap(([entryId, found]) => [
      ...found.parts.map((part) => itemOf(entryId, part, dits)),
      ...found.tokenizers.map((tokenizer) => tokenizerItem(entryId, tokenizer)),
      ...found.refused.map(({ name, bytes, sentence }) => refusedItem(entryId, name, bytes, sentence)),
    ]);
    return { items, sets: wanModels.map((model) => this.#report(model)) };
  }

  /**
   * Opens a model with the decoder that is chosen, or with one of a kind.
   * Throws `model-missing` with a sentence that names what the model lacks.
   */
  async open(model: WanModel, kind?: WanDecoder['kind']): Promise<WanCheckpoint> {
    const set = this.#set(model, kind && decoders[kind].choice);
    const { dit, textEncoder, tokenizer, decoder } = set;
    if (!dit || !textEncoder || !tokenizer || !decoder) throw incomplete(model, set);
    if (kind && decoder.recognised.kind !== kind) throw withoutDecoder(kind);
    const config = wanConfig(
      model,
      dit.recognised.shape,
      textEncoder.recognised.shape,
      decoderOf(decoder.recognised),
    );
    const used = [dit, textEncoder, decoder];
    const loras = this.#loras();
    const identity = await Promise.all(
      used.flatMap(({ files }) => files.map((file) => this.#identity(file))),
    );
    for (const { part, strength } of loras) {
      identity.push(...(await Promise.all(part.files.map((file) => this.#identity(file)))), `${strength}`);
    }
    const tokens = bytesToHex(sha256(utf8ToBytes(`${tokenizer.kind} ${tokenizer.bytes}`)));
    return {
      config,
      tokenizer,
      bytes: used.reduce((sum, { bytes }) => sum + bytes, 0),
      decoderBytes: decoderBytes(decoder.recognised),
      identity: [...identity, tokens],
      checkLoras: () => {
        for (const { part, shape } of loras) refuseMisfit(part.name, shape, dit.recognised.shape);
      },
      decoder: new CheckpointTensors(decoder.name, decoder.tensors, decoder.recognised.names),
      networks: (product) => ({
        dit: new MergedTensors(
          new CheckpointTensors(dit.name, dit.tensors, dit.recognised.names),
          loras.map(openLora),
          product,
        ),
        textEncoder: new CheckpointTensors(
          textEncoder.name,
          textEncoder.tensors,
          textEncoder.recognised.names,
        ),
      }),
    };
  }

  #set(model: WanModel, choice = this.#choices.decoder): Parts {
    return chooseSet(model, this.#parts, this.#tokenizers, choice);
  }

  #report(model: WanModel): ModelSet {
    const set = this.#set(model);
    const { dit, textEncoder, decoder } = set;
    return {
      model,
      title: wanTitles[model],
      missing: missingOf(model, set),
      bytes: [dit, textEncoder, decoder].reduce((sum, part) => sum + (part?.bytes ?? 0), 0),
      decoder: decoder?.recognised.kind ?? null,
      transformer: dit?.recognised.shape ?? null,
    };
  }

  /** LoRAs that are switched on. */
  #loras(): ChosenLora[] {
    return this.#parts.flatMap((part) => {
      const { recognised, name } = part;
      const strength = recognised.kind === 'lora' ? (this.#choices.loras[name] ?? 0) : 0;
      return recognised.kind !== 'lora' || strength === 0
        ? []
        : [{ part, shape: recognised.shape, strength }];
    });
  }

  #identity(file: ByteSource): Promise<string> {
    const key = this.#keys.get(file);
    invariant(key !== undefined, 'parts are made of files that were handed over');
    const known = this.#identities.get(key) ?? identify(file);
    this.#identities.set(key, known);
    known.catch(() => this.#identities.delete(key));
    return known;
  }
}

function decoderOf(recognised: NonNullable<Parts['decoder']>['recognised']): WanDecoder {
  const { kind, shape } = recognised;
  return kind === 'wan-vae' ? { kind, shape } : { kind, shape };
}

/** Every tensor of a decoder in f32. */
function decoderBytes(recognised: NonNullable<Parts['decoder']>['recognised']): number {
  const inventory =
    recognised.kind === 'wan-vae' ? vaeInventory(recognised.shape) : taehvInventory(recognised.shape);
  let values = 0;
  for (const shape of inventory.values()) values += shape.reduce((product, size) => product * size, 1);
  return 4 * values;
}

function openLora({ part: { name, tensors }, shape, strength }: ChosenLora): Lora {
  const stored = tensors.flatMap((file) => [...file.tensors.keys()]);
  return {
    shape,
    tensors: new CheckpointTensors(name, tensors, new Map(stored.map((key) => [key, key]))),
    strength,
  };
}

/** @param dits sizes of all transformers among the files */
function itemOf(entryId: string, part: FoundPart, dits: readonly DitShape[]): ModelItem {
  const { recognised, name, bytes } = part;
  const problem = recognised.kind === 'lora' ? loraProblem(recognised.shape, dits) : null;
  return {
    entryId,
    kind: recognised.kind,
    name,
    title: titleOfPart(recognised),
    detail: detailOfPart(part),
    ...(problem !== null && { problem }),
    bytes,
  };
}

function tokenizerItem(entryId: string, { kind, name, bytes }: FoundTokenizer): ModelItem {
  const detail = kind === 'json' ? 'tokenizer.json' : 'SentencePiece';
  return { entryId, kind: 'tokenizer', name, title: 'Tokenizer', detail, bytes };
}

function refusedItem(entryId: string, name: string, bytes: number, sentence: string): ModelItem {
  return { entryId, kind: 'refused', name, title: name, detail: sentence, bytes };
}

function incomplete(model: WanModel, set: Parts): ShotweaveError {
  const lacks = missingOf(model, set).map(({ what }) => `the ${what}`);
  const list = lacks.length > 1 ? `${lacks.slice(0, -1).join(', ')} and ${lacks.at(-1)}` : lacks[0];
  return new ShotweaveError(
    'model-missing',
    `${wanTitles[model]} is not complete here: ${list} ${lacks.length > 1 ? 'are' : 'is'} missing, so open Models in the film's settings and add ${lacks.length > 1 ? 'them' : 'it'}.`,
  );
}

function withoutDecoder(kind: WanDecoder['kind']): ShotweaveError {
  return new ShotweaveError(
    'model-missing',
    `The decoder that made this film's pictures (${decoders[kind].file}) is not here any more: add it in Models, or generate the film again.`,
  );
}
