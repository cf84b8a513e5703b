import { type AdapterFacts, openDevice } from '../engine/device.ts';
import type { Gpu } from '../engine/gpu/gpu.ts';
import { Runner } from '../engine/gpu/runner.ts';
import { gemm } from '../engine/kernels/gemm.ts';
import { loadModel, loadNetworks, type Model } from '../engine/model.ts';
import { type DecoderWeights, loadDecoderWeights } from '../engine/models/decoders.ts';
import { ensureTuned, recallPicks } from '../engine/tuning/persist.ts';
import type { ExportEvent, ExportJob, ExportResult } from '../film/export/exportJob.ts';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import { promptStore } from '../library/promptStore.ts';
import { isWanModel } from '../model/wanConfig.ts';
import { type ChosenWeights, decodeRoomOf, type MemoryWish, roomOf } from '../plan/filmBudget.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { draftOf } from '../storyboard/draft.ts';
import { estimateFilm } from './estimate.ts';
import { exportFilm } from './exportFilm.ts';
import { type FilmMemory, judgeFilm } from './judgeFilm.ts';
import { makeFilm } from './makeFilm.ts';
import { type ModelFacts, ModelFolder } from './modelFiles.ts';
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
    if (!this.#running) this.#flopsPerSecond ??= await measureSpeed(connection);
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
      throw new ShotweaveError('unexpected', 'A film is being made already: wait for it or cancel it first.');
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
    try {
      const connection = await this.#connect();
      const { model } = job.storyboard;
      const { config } = isWanModel(model)
        ? (await this.#wan.decoding(model)).facts
        : await this.#modelFacts(model);
      const scope = connection.gpu.scope();
      try {
        return await exportFilm({
          ...connection,
          config,
          limits: this.#memory(connection).limits,
          loadDecoder: () => this.#loadDecoder(connection, model, scope),
          job,
          onEvent,
          signal: running.signal,
        });
      } finally {
        scope.freeAll();
      }
    } finally {
      this.#running = null;
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
      loadModel: (weights) => this.#loadModel(connection, storyboard.model, weights),
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

  async #loadModel({ gpu, models }: Connection, name: string, weights: ChosenWeights | null): Promise<Model> {
    const facts = await this.#modelFacts(name);
    const key = `${keyOf(facts)} ${JSON.stringify(weights)}`;
    const known = models.get(key);
    if (known) return known;
    for (const model of models.values()) void model.then(({ free }) => free()).catch(() => undefined);
    models.clear();
    const loading = (async () => {
      if (isWanModel(name))
        return loadNetworks(
          gpu,
          facts.config,
          await this.#wan.sources(name, gpu),
          promptStore,
          weights ?? undefined,
        );
      return loadModel(gpu, facts.config, await new ModelFolder(name, this.#base).weights());
    })();
    models.set(key, loading);
    loading.catch(() => models.delete(key));
    return loading;
  }

  /** The decoder of a model: that of the loaded one, or of a large model the decoder alone, into a scope. */
  async #loadDecoder(connection: Connection, name: string, scope: Gpu): Promise<DecoderWeights> {
    const { facts, decoder } = isWanModel(name)
      ? await this.#wan.decoding(name)
      : { facts: await this.#modelFacts(name), decoder: null };
    const loaded = [...connection.models].find(([key]) => key.startsWith(`${keyOf(facts)} `));
    if (loaded) return (await loaded[1]).decoder;
    if (!decoder) return (await this.#loadModel(connection, name, null)).decoder;
    return scope.allocating(() => loadDecoderWeights(scope, facts.config.ae, decoder));
  }
}

/** Of the person's own models, other files or LoRAs make another model of the same name. */
function keyOf({ weightsSha256 }: ModelFacts): string {
  return weightsSha256.join();
}

/** Speed of the adapter on one matrix product of the size that films are made of, in FLOPs a second. */
async function measureSpeed({ gpu }: Connection): Promise<number> {
  const [rows, columns, inner] = [1024, 256, 256];
  const buffers = [
    gpu.buffer('speed a', rows * inner * 4),
    gpu.buffer('speed w', columns * inner * 4),
    gpu.buffer('speed bias', columns * 4),
    gpu.buffer('speed y', rows * columns * 4),
  ] as const;
  const [a, w, bias, y] = buffers;
  const product = await gemm(gpu, { a, w, bias, y, rows, columns, inner });
  let seconds = Number.POSITIVE_INFINITY;
  const repeats = gpu.traits.software ? 1 : 50;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    const encoder = gpu.device.createCommandEncoder();
    gpu.record(encoder, new Array(repeats).fill(product));
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.device.queue.onSubmittedWorkDone();
    seconds = Math.min(seconds, (performance.now() - started) / 1000 / repeats);
  }
  gpu.free(...buffers);
  invariant(seconds > 0, 'a measurement takes time');
  // A film also has norms, softmax and copies: it runs at about three quarters of a bare product's speed.
  return (0.75 * product.flops) / seconds;
}
