import { type AdapterFacts, openDevice } from '../engine/device.ts';
import type { Gpu } from '../engine/gpu/gpu.ts';
import { Runner } from '../engine/gpu/runner.ts';
import { loadModel, loadNetworks, type Model } from '../engine/model.ts';
import { loadDecoderWeights } from '../engine/models/decoders.ts';
import { ensureTuned, recallPicks } from '../engine/tuning/persist.ts';
import { untilAborted } from '../engine/weights/untilAborted.ts';
import type { ExportEvent, ExportJob, ExportResult } from '../film/export/exportJob.ts';
import { ShotweaveError } from '../lib/errors.ts';
import type { DecoderKind } from '../library/filmLatents.ts';
import { promptStore } from '../library/promptStore.ts';
import { isWanModel } from '../model/wanConfig.ts';
import { type ChosenWeights, decodeRoomOf, type MemoryWish, roomOf } from '../plan/filmBudget.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { draftOf } from '../storyboard/draft.ts';
import { estimateFilm } from './estimate.ts';
import { exportFilm, type FilmDecoding } from './exportFilm.ts';
import { type FilmMemory, judgeFilm } from './judgeFilm.ts';
import { makeFilm } from './makeFilm.ts';
import { measureSpeed } from './measureSpeed.ts';
import { type ModelFacts, ModelFolder, type OnArrival } from './modelFiles.ts';
import { type ModelChoices, type ModelFile, type ModelReport, usualChoices } from './modelReport.ts';
import type { Estimate, FilmResult, RenderEvent, RenderOptions, RenderWorkerApi } from './protocol.ts';
import { RunControl } from './runControl.ts';
import { tuningCache } from './tuningCache.ts';
import { findUnfinished } from './unfinished.ts';
import { WanModels } from './wanModels.ts';

/** An open device with what lives on it. */
interface Connection {
  gpu: Gpu;
  adapter: AdapterFacts;
  runner: Runner;
  /** By the hashes of what it is loaded from, and how its weights are kept. */
  models: Map<string, Promise<Model>>;
}

/** Makes films from storyboards: device, model, engine and film writer together. Lives in the worker. */
export class RenderSession implements RenderWorkerApi {
  readonly #base: URL;
  #connection: Promise<Connection> | null = null;
  #facts: Promise<ModelFacts> | null = null;
  #flopsPerSecond: number | null = null;
  #running: RunControl | null = null;
  /** What runs is an export, not a film in the making. */
  #exporting = false;
  readonly #wan = new WanModels();
  #wish: MemoryWish = usualChoices;
  /** Bytes that films may take, as the GPU itself has shown by having no room for more; null until it did. */
  #shownRoom: number | null = null;

  /** @param base Address of the studio; its models lie below it. */
  constructor(base: URL) {
    this.#base = base;
  }

  async connect(): Promise<AdapterFacts> {
    return (await this.#connect()).adapter;
  }

  async estimate(storyboard: Storyboard, base?: string): Promise<Estimate> {
    const connection = await this.#connect();
    const facts = await this.#modelFacts(storyboard.model);
    // A measurement beside a film would slow both down and measure nothing.
    if (!this.#running) this.#flopsPerSecond ??= await measureSpeed(connection.gpu);
    const memory = this.#memory(connection);
    const judged = judgeFilm(storyboard, facts, memory);
    const weights = judged.budget?.weights ?? null;
    const unfinished = await findUnfinished(storyboard, facts, connection.adapter, base, weights);
    return estimateFilm(storyboard, facts, judged, memory, this.#flopsPerSecond, unfinished);
  }

  async takeModelFiles(files: readonly ModelFile[], choices: ModelChoices): Promise<ModelReport> {
    if (choices.memory !== this.#wish.memory) this.#shownRoom = null;
    this.#wish = choices;
    return this.#wan.use(files, choices);
  }

  async cancel(): Promise<void> {
    this.#running?.cancel();
  }

  async stop(): Promise<void> {
    this.#running?.stop();
  }

  async pause(): Promise<void> {
    this.#running?.pause();
  }

  async resume(): Promise<void> {
    this.#running?.resume();
  }

  async loseDevice(): Promise<void> {
    const connection = await this.#connection;
    connection?.gpu.device.destroy();
  }

  async render(
    document: Storyboard,
    options: RenderOptions,
    onEvent: (event: RenderEvent) => void,
  ): Promise<FilmResult> {
    if (this.#running) {
      throw new ShotweaveError(
        'unexpected',
        this.#exporting
          ? 'An export is being written, which needs the engine: wait for it or cancel it, then generate again.'
          : 'A film is being made already: wait for it or cancel it first.',
      );
    }
    const running = new RunControl();
    this.#running = running;
    try {
      return await this.#render(validateStoryboard(document), options, onEvent, running);
    } finally {
      this.#running = null;
    }
  }

  async exportFilm(job: ExportJob, onEvent: (event: ExportEvent) => void): Promise<ExportResult> {
    if (this.#running) {
      throw new ShotweaveError(
        'unexpected',
        'The engine is at work on another film: wait for it or cancel it first.',
      );
    }
    const running = new RunControl();
    this.#running = running;
    this.#exporting = true;
    try {
      const connection = await this.#connect();
      const { signal } = running;
      const scope = connection.gpu.scope();
      try {
        return await exportFilm({
          ...connection,
          limits: this.#memory(connection).limits,
          decoding: (kind) => this.#decoding(connection, { name: job.storyboard.model, kind, scope, signal }),
          job,
          onEvent,
          signal,
        });
      } finally {
        scope.freeAll();
      }
    } finally {
      this.#running = null;
      this.#exporting = false;
    }
  }

  async #render(
    storyboard: Storyboard,
    options: RenderOptions,
    onEvent: (event: RenderEvent) => void,
    control: RunControl,
  ): Promise<FilmResult> {
    const connection = await this.#connect();
    const facts = await this.#modelFacts(storyboard.model);
    // On an adapter's first film only; from then on its picks are kept, and so are its films bit for bit.
    await ensureTuned(connection.gpu, connection.adapter, tuningCache);
    const { film, flopsPerSecond } = await makeFilm({
      ...connection,
      storyboard: options.draft ? draftOf(storyboard) : storyboard,
      document: storyboard,
      options,
      onEvent,
      control,
      facts,
      memory: this.#memory(connection),
      onOutOfMemory: (bytes) => {
        this.#shownRoom = bytes - 1;
      },
      loadModel: (weights, onArrival) =>
        this.#loadModel(connection, storyboard.model, weights, control.signal, onArrival),
    });
    this.#flopsPerSecond = flopsPerSecond;
    return film;
  }

  #connect(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const connection = openDevice().then(async ({ gpu, adapter }) => {
      await recallPicks(gpu, adapter, tuningCache);
      void gpu.device.lost.then(() => {
        if (this.#connection === connection) this.#connection = null;
      });
      return { gpu, adapter, runner: new Runner(gpu), models: new Map() };
    });
    this.#connection = connection;
    // A browser that gave no adapter may give one later.
    connection.catch(() => {
      this.#connection = null;
    });
    return connection;
  }

  async #modelFacts(name: string): Promise<ModelFacts> {
    if (isWanModel(name)) return this.#wan.facts(name);
    const known = await this.#facts?.catch(() => null);
    if (known?.name === name) return known;
    this.#facts = new ModelFolder(name, this.#base).facts();
    return this.#facts;
  }

  #memory({ gpu }: Connection): FilmMemory {
    const room = roomOf(this.#wish);
    return {
      limits: {
        bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
        dispatchFlops: gpu.traits.dispatchFlops,
        decodeBytes: decodeRoomOf(this.#wish),
      },
      room: Math.min(room, this.#shownRoom ?? room),
      wish: this.#wish,
    };
  }

  async #loadModel(
    connection: Connection,
    name: string,
    weights: ChosenWeights | null,
    signal: AbortSignal,
    onArrival?: OnArrival,
  ): Promise<Model> {
    const { gpu, runner, models } = connection;
    const facts = await this.#modelFacts(name);
    const key = `${keyOf(facts)} ${JSON.stringify(weights)}`;
    const known = models.get(key);
    if (known) return known;
    for (const model of models.values()) void model.then(({ free }) => free()).catch(() => undefined);
    models.clear();
    const loading = (async () => {
      try {
        if (!isWanModel(name)) {
          return await loadModel(
            gpu,
            facts.config,
            await new ModelFolder(name, this.#base).weights(signal, onArrival),
            signal,
          );
        }
        const options = { prompts: promptStore, kept: weights ?? undefined, signal };
        return await loadNetworks(gpu, facts.config, await this.#wan.sources(name, gpu), options);
      } catch (error) {
        throw await runner.faultBehind(error);
      }
    })();
    models.set(key, loading);
    loading.catch(() => models.delete(key));
    return loading;
  }

  /** What decodes films of a model: the decoder of the loaded one, or of a large model the decoder alone, into a scope. */
  async #decoding(
    connection: Connection,
    film: { name: string; kind: DecoderKind | undefined; scope: Gpu; signal: AbortSignal },
  ): Promise<FilmDecoding> {
    const { name, kind, scope, signal } = film;
    const { facts, decoder } = isWanModel(name)
      ? await this.#wan.decoding(name, kind)
      : { facts: await this.#modelFacts(name), decoder: null };
    const { config } = facts;
    return {
      config,
      load: async () => {
        const loaded = [...connection.models].find(([key]) => key.startsWith(`${keyOf(facts)} `));
        if (loaded) return (await loaded[1]).decoder;
        if (!decoder) return (await this.#loadModel(connection, name, null, signal)).decoder;
        return scope.allocating(() => loadDecoderWeights(scope, config.ae, untilAborted(decoder, signal)));
      },
    };
  }
}

/** Of the person's own models, other files or LoRAs make another model of the same name. */
function keyOf({ weightsSha256 }: ModelFacts): string {
  return weightsSha256.join();
}
