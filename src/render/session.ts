import { type AdapterFacts, openDevice } from '../engine/device.ts';
import { type FilmEvent, generateFilm } from '../engine/generate.ts';
import type { Gpu } from '../engine/gpu/gpu.ts';
import { Runner } from '../engine/gpu/runner.ts';
import { gemm } from '../engine/kernels/gemm.ts';
import { loadModel, type Model } from '../engine/model.ts';
import { shotSeed } from '../engine/noise.ts';
import { previewFrames } from '../engine/preview.ts';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import { latentFrameOf } from '../plan/geometry.ts';
import { type AdapterLimits, planFilm } from '../plan/index.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { encodePrompts, estimateFilm, filmFlops, refusalOf } from './estimate.ts';
import { FilmOutput } from './filmOutput.ts';
import { type ModelFacts, ModelFolder } from './modelFiles.ts';
import { ProgressMeter } from './progress.ts';
import type { Estimate, FilmResult, RenderEvent, RenderOptions, RenderWorkerApi, Still } from './protocol.ts';

/** An open device with what lives on it. */
interface Connection {
  gpu: Gpu;
  adapter: AdapterFacts;
  runner: Runner;
  /** By name. */
  models: Map<string, Promise<Model>>;
}

const previewMost = 48;

/** Makes films from storyboards: device, model, engine and film writer together. Lives in the worker. */
export class RenderSession implements RenderWorkerApi {
  readonly #base: URL;
  #connection: Promise<Connection> | null = null;
  #facts: Promise<ModelFacts> | null = null;
  #flopsPerSecond: number | null = null;
  #running: AbortController | null = null;

  /** @param base Address of the studio; its models lie below it. */
  constructor(base: URL) {
    this.#base = base;
  }

  async connect(): Promise<AdapterFacts> {
    return (await this.#connect()).adapter;
  }

  async estimate(storyboard: Storyboard): Promise<Estimate> {
    const connection = await this.#connect();
    const facts = await this.#modelFacts(storyboard.model);
    // A measurement beside a film would slow both down and measure nothing.
    if (!this.#running) this.#flopsPerSecond ??= await measureSpeed(connection);
    return estimateFilm(storyboard, facts, limitsOf(connection), this.#flopsPerSecond);
  }

  async cancel(): Promise<void> {
    this.#running?.abort();
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
    const running = new AbortController();
    this.#running = running;
    try {
      return await this.#render(validateStoryboard(document), options, onEvent, running.signal);
    } finally {
      this.#running = null;
    }
  }

  async #render(
    storyboard: Storyboard,
    options: RenderOptions,
    onEvent: (event: RenderEvent) => void,
    signal: AbortSignal,
  ): Promise<FilmResult> {
    const connection = await this.#connect();
    const { gpu, runner, adapter } = connection;
    const facts = await this.#modelFacts(storyboard.model);
    const limits = limitsOf(connection);
    const plan = planFilm(storyboard, facts.config, limits);
    const refusal = refusalOf(plan, facts, limits);
    if (refusal) throw new ShotweaveError('film-too-large', refusal);
    const { geometry } = plan;
    const prompts = encodePrompts(storyboard, facts);
    const flops = filmFlops(storyboard, plan, facts, prompts);
    const meter = new ProgressMeter(flops, storyboard.steps, onEvent);
    const output = new FilmOutput(storyboard, geometry, options.keepFrames ?? []);
    await output.probe();
    const model = await this.#loadModel(connection, storyboard.model);
    if (signal.aborted) throw new ShotweaveError('cancelled', 'Cancelled.');
    gpu.resetPeak();
    meter.enter('text');

    const shown = new Set(previewFrames(geometry, previewMost));
    const { width, height } = geometry;
    const still = (latentFrame: number, frame: number, rgba: Still['rgba'], final: boolean): Still => ({
      latentFrame,
      frame,
      width,
      height,
      rgba,
      final,
    });
    const listen = async (event: FilmEvent): Promise<void> => {
      if (event.type === 'work') {
        meter.enter(event.stage);
        meter.work(event.stage, event.done / event.total);
      } else if (event.type === 'step') {
        meter.step(event.step);
      } else if (event.type === 'preview') {
        const stills = event.pictures.map(({ latentFrame, frame, rgba }) =>
          still(latentFrame, frame, rgba, false),
        );
        onEvent({ type: 'preview', step: event.step, steps: storyboard.steps, stills });
      } else {
        const stills: Still[] = [];
        for (const [i, rgba] of event.frames.entries()) {
          const frame = event.first + i;
          await output.add(frame, rgba);
          const latentFrame = latentFrameOf(frame, facts.config.ae.temporal);
          const last = frame === latentFrame * facts.config.ae.temporal;
          if (last && shown.has(latentFrame)) stills.push(still(latentFrame, frame, rgba.slice(), true));
        }
        meter.decoded(event.latent);
        onEvent({ type: 'preview', step: storyboard.steps, steps: storyboard.steps, stills });
      }
    };

    try {
      await generateFilm(
        gpu,
        runner,
        model,
        {
          plan,
          ...prompts,
          seeds: storyboard.shots.map((shot, index) => shotSeed(storyboard.seed, shot, index)),
          steps: storyboard.steps,
          guidance: storyboard.guidance,
          attention: storyboard.attention,
        },
        listen,
        signal,
      );
      meter.enter('finish');
      const film = await output.finish();
      const secondsByStage = meter.secondsByStage();
      const { load, ...work } = secondsByStage;
      this.#flopsPerSecond = flops.total / Object.values(work).reduce((sum, seconds) => sum + seconds, 0);
      return {
        fileName: output.fileName,
        ...film,
        width,
        height,
        fps: geometry.fps,
        frames: geometry.frames,
        latentFrames: geometry.latent.frames,
        tokens: geometry.tokens,
        seed: storyboard.seed,
        steps: storyboard.steps,
        attention: storyboard.attention,
        secondsByStage,
        peakGpuBytes: gpu.peakBytes,
        adapter,
        storyboard,
        keptFrames: output.kept,
      };
    } catch (error) {
      await output.abort();
      throw error;
    }
  }

  #connect(): Promise<Connection> {
    if (this.#connection) return this.#connection;
    const connection = openDevice().then(({ gpu, adapter }) => {
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
    const known = await this.#facts?.catch(() => null);
    if (known?.name === name) return known;
    this.#facts = new ModelFolder(name, this.#base).facts();
    return this.#facts;
  }

  async #loadModel({ gpu, models }: Connection, name: string): Promise<Model> {
    const known = models.get(name);
    if (known) return known;
    const loading = (async () => {
      const facts = await this.#modelFacts(name);
      return loadModel(gpu, facts.config, await new ModelFolder(name, this.#base).weights());
    })();
    models.set(name, loading);
    loading.catch(() => models.delete(name));
    return loading;
  }
}

function limitsOf({ gpu }: Connection): AdapterLimits {
  return {
    bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
    dispatchFlops: gpu.traits.dispatchFlops,
  };
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
