import { invariant } from '../../lib/errors.ts';
import type { WanVaeConfig } from '../../model/config.ts';
import type { DecodePlan } from '../../plan/decoder.ts';
import { cachedFrames, type WanVaeStage, wanVaeBuffers, wanVaeStages } from '../../plan/wanVae.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Size } from './causalLayers.ts';
import { FrameMemory } from './frameMemory.ts';
import type { StageWeights, WanVaeWeights } from './wanVaeWeights.ts';

/** A resolution with its buffers for one frame: input of its first block, residual stream, and two for scratch. */
export interface Stage extends WanVaeStage {
  weights: StageWeights;
  source: GPUBuffer;
  x: GPUBuffer;
  h: GPUBuffer;
  y: GPUBuffer;
  /** Two for every block. */
  memories: readonly FrameMemory[];
  /** Of the convolution that doubles the rate. */
  time: FrameMemory | null;
}

type Scratch = 'z' | 'u' | 'query' | 'key' | 'value' | 'scores' | 'zeros';
type TileScratch = 'cut' | 'doubled' | 'picture' | 'tileRgba';

/** Everything that Wan's decoder works in, as planned in plan/wanVae.ts. */
export class WanVaeWorkspace {
  readonly rgba: GPUBuffer;
  readonly buffers: Readonly<Record<Scratch | TileScratch, GPUBuffer>>;
  readonly stages: readonly Stage[];
  /** Of the first convolution, and two for each of the two blocks around the attention. */
  readonly firstMemories: readonly FrameMemory[];
  readonly headMemory: FrameMemory;
  readonly #gpu: Gpu;
  readonly #owned: GPUBuffer[] = [];

  constructor(gpu: Gpu, config: WanVaeConfig, weights: WanVaeWeights, latent: Size, plan: DecodePlan) {
    this.#gpu = gpu;
    const sizes = wanVaeBuffers(latent, config, plan.tiles, plan.frames);
    const make = (name: string, bytes: number): GPUBuffer => {
      const buffer = gpu.buffer(`decoder ${name}`, bytes);
      this.#owned.push(buffer);
      return buffer;
    };
    const memories = (bytes: readonly number[]): FrameMemory[] =>
      Array.from({ length: bytes.length / cachedFrames }, (_, i) => {
        const frames = bytes.slice(cachedFrames * i, cachedFrames * (i + 1));
        return new FrameMemory(frames.map((size) => make('memory', size)));
      });
    this.rgba = make('rgba', sizes.rgba);
    this.buffers = {
      z: make('z', sizes.z),
      u: make('u', sizes.u),
      query: make('query', sizes.query),
      key: make('key', sizes.key),
      value: make('value', sizes.value),
      scores: make('scores', sizes.scores),
      zeros: make('zeros', sizes.zeros),
      cut: make('cut', sizes.cut),
      doubled: make('doubled', sizes.doubled),
      picture: make('picture', sizes.picture),
      tileRgba: make('tile rgba', sizes.tileRgba),
    };
    this.firstMemories = memories(sizes.firstCaches);
    const [headMemory] = memories(sizes.headCaches);
    invariant(headMemory, 'the last convolution has a memory');
    this.headMemory = headMemory;
    const times = memories(sizes.timeCaches);
    this.stages = wanVaeStages(config.dim).map((stage, i): Stage => {
      const bytes = sizes.stages[i];
      const stageWeights = weights.stages[i];
      invariant(bytes && stageWeights, 'the decoder has four stages');
      const x = make('x', bytes.x);
      return {
        ...stage,
        weights: stageWeights,
        source: stage.input === stage.channels ? x : make('input', bytes.input),
        x,
        h: make('h', bytes.h),
        y: make('y', bytes.y),
        memories: memories(bytes.caches),
        time: times[i] ?? null,
      };
    });
  }

  /** Forgets the frames before. */
  forget(): void {
    for (const memory of [
      ...this.firstMemories,
      this.headMemory,
      ...this.stages.flatMap(({ memories, time }) => (time ? [...memories, time] : memories)),
    ]) {
      memory.forget();
    }
  }

  free(): void {
    this.#gpu.free(...this.#owned);
  }
}
