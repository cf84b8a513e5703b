import type { Gpu } from '../engine/gpu/gpu.ts';
import type { NetworkSources } from '../engine/model.ts';
import { gpuLowRankProduct } from '../engine/weights/gpuLowRankProduct.ts';
import type { TensorSource } from '../engine/weights/tensorSource.ts';
import type { DecoderKind } from '../library/filmLatents.ts';
import { createUmt5Tokenizer } from '../model/umt5Tokenizer.ts';
import type { WanDecoder, WanModel } from '../model/wanConfig.ts';
import type { ModelFacts } from './modelFiles.ts';
import type { ModelChoices, ModelFile, ModelReport } from './modelReport.ts';
import { type WanCheckpoint, WanLibrary } from './wanLibrary.ts';

interface Opened {
  checkpoint: WanCheckpoint;
  facts: ModelFacts;
}

/** The person's own Wan models as the session needs them: facts to plan with, and tensors to load. */
export class WanModels {
  readonly #library = new WanLibrary();
  /** By model, and by decoder where it is not the one that is chosen. */
  readonly #opened = new Map<string, Promise<Opened>>();
  /** The files that were handed over last are looked at; a film that is asked for meanwhile is made from them. */
  #using: Promise<unknown> = Promise.resolve();

  use(files: readonly ModelFile[], choices: ModelChoices): Promise<ModelReport> {
    const using = this.#using
      .then(() => this.#library.use(files, choices))
      .finally(() => this.#opened.clear());
    this.#using = using.catch(() => undefined);
    return using;
  }

  /**
   * What films of a model are planned with. Rejects with `model-missing` when the model is not complete, `model-invalid`
   * when its tokenizer cannot be read or a LoRA that is switched on is for another model.
   */
  async facts(model: WanModel): Promise<ModelFacts> {
    const { checkpoint, facts } = await this.#open(model);
    checkpoint.checkLoras();
    return facts;
  }

  /**
   * What films that are made already are decoded with, whichever LoRAs are switched on by now: a decoder of this kind,
   * or the one that is chosen now. Rejects with `model-missing` where it is not there.
   */
  async decoding(
    model: WanModel,
    kind: DecoderKind | undefined,
  ): Promise<{ facts: ModelFacts; decoder: TensorSource }> {
    const chosen = await this.#open(model);
    const isOther = kind !== undefined && kind !== 'papercut' && kind !== chosen.facts.config.ae.kind;
    const { checkpoint, facts } = isOther ? await this.#open(model, kind) : chosen;
    return { facts, decoder: checkpoint.decoder };
  }

  /** Every tensor of the model, with its LoRAs merged in on the GPU as it is read. */
  async sources(model: WanModel, gpu: Gpu): Promise<NetworkSources> {
    const { checkpoint } = await this.#open(model);
    return { ...checkpoint.networks(gpuLowRankProduct(gpu)), decoder: checkpoint.decoder };
  }

  async #open(model: WanModel, decoder?: WanDecoder['kind']): Promise<Opened> {
    await this.#using;
    const key = decoder === undefined ? model : `${model} ${decoder}`;
    const known = this.#opened.get(key) ?? this.#read(model, decoder);
    this.#opened.set(key, known);
    known.catch(() => {
      if (this.#opened.get(key) === known) this.#opened.delete(key);
    });
    return known;
  }

  async #read(model: WanModel, decoder: WanDecoder['kind'] | undefined): Promise<Opened> {
    const checkpoint = await this.#library.open(model, decoder);
    const { config, tokenizer, identity } = checkpoint;
    const file = { kind: tokenizer.kind, name: tokenizer.name, bytes: await tokenizer.read() };
    return {
      checkpoint,
      facts: {
        name: model,
        config,
        tokenizer: createUmt5Tokenizer(file, config.text_encoder),
        fixedBytes: checkpoint.decoderBytes,
        choice: true,
        weightsSha256: identity,
      },
    };
  }
}
