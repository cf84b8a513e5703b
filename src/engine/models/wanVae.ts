import { invariant } from '../../lib/errors.ts';
import type { WanVaeConfig } from '../../model/config.ts';
import type { DecodePlan } from '../../plan/decoder.ts';
import {
  type Tile,
  type WanVaeStage,
  wanVaeBuffers,
  wanVaeReach,
  wanVaeStages,
  wanVaeTiles,
} from '../../plan/wanVae.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { channelNorm } from '../kernels/channelNorm.ts';
import { conv } from '../kernels/conv.ts';
import { copyBlock } from '../kernels/copyBlock.ts';
import { depthToSpace, framesRgba } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { CausalConv } from './convWeights.ts';
import type { Decoder, PictureTile } from './decoder.ts';
import { FrameMemory } from './frameMemory.ts';
import { pixelAttention } from './pixelAttention.ts';
import type { ResidualBlock, StageWeights, WanVaeWeights } from './wanVaeWeights.ts';

const f32 = 4;
const label = 'decode';
/** A single picture costs a twentieth of a forward pass of the 1.3B transformer over five seconds of film. */
const previewPictures = 12;

/** A resolution with its buffers for one frame: input of its first block, residual stream, and two for scratch. */
interface Stage extends WanVaeStage {
  weights: StageWeights;
  input: number;
  source: GPUBuffer;
  x: GPUBuffer;
  h: GPUBuffer;
  y: GPUBuffer;
  /** Two for every block. */
  memories: readonly FrameMemory[];
  /** Of the convolution that doubles the rate. */
  time: FrameMemory | null;
}

interface Size {
  height: number;
  width: number;
}

/** One latent frame on its way through the decoder. */
interface Passage {
  /** The first of a film, or a picture by itself: nothing is doubled in time. */
  first: boolean;
  /** Neither looks at the frames before nor is remembered. */
  still: boolean;
  tile: Tile;
  /** Frame of `rgba` that the next picture goes to. */
  next: number;
  trace: ((picture: GPUBuffer, bytes: number) => Command) | undefined;
}

/**
 * Wan2.1's own decoder, exactly: causal convolutions over three frames, each with the last two frames that it has
 * seen. It goes frame by frame and depth first (one latent frame becomes two at twice the resolution, each of which
 * becomes two at four times, and so on), so that only one frame of every resolution is at work. A convolution over
 * three frames is three over one, added up.
 *
 * The first resolution, with its attention, sees whole frames. The others see tiles with as much around them as
 * their pixels depend on, which gives the same pictures without seams or blending.
 */
export class WanVaeDecoder implements Decoder {
  readonly rgba: GPUBuffer;
  readonly reach = wanVaeReach;
  readonly tiles: readonly PictureTile[];
  readonly previewPictures = previewPictures;
  readonly #gpu: Gpu;
  readonly #config: WanVaeConfig;
  readonly #weights: WanVaeWeights;
  readonly #latent: Size;
  readonly #plan: DecodePlan;
  readonly #tiles: readonly Tile[];
  readonly #stages: readonly Stage[];
  readonly #buffers: Record<'z' | 'u' | 'query' | 'key' | 'value' | 'scores' | 'zeros', GPUBuffer> &
    Record<'cut' | 'doubled' | 'picture' | 'tileRgba', GPUBuffer>;
  /** Of the first convolution, and two for each of the two blocks around the attention. */
  readonly #firstMemories: readonly FrameMemory[];
  readonly #headMemory: FrameMemory;
  readonly #owned: GPUBuffer[] = [];
  #tile: Tile;
  #fresh = true;

  constructor(gpu: Gpu, config: WanVaeConfig, weights: WanVaeWeights, latent: Size, plan: DecodePlan) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#latent = latent;
    this.#plan = plan;
    this.#tiles = wanVaeTiles(latent, plan.tiles);
    this.tiles = this.#tiles.map(({ core }) => ({
      top: core.top * config.spatial,
      left: core.left * config.spatial,
      height: core.height * config.spatial,
      width: core.width * config.spatial,
    }));
    this.#tile = this.#tileAt(0);
    const sizes = wanVaeBuffers(latent, config, plan.tiles, plan.frames);
    const make = (name: string, bytes: number): GPUBuffer => {
      const buffer = gpu.buffer(`decoder ${name}`, bytes);
      this.#owned.push(buffer);
      return buffer;
    };
    const memories = (bytes: readonly number[]): FrameMemory[] =>
      Array.from({ length: bytes.length / 2 }, (_, i) => {
        const [before = 0, beforeThat = 0] = bytes.slice(2 * i, 2 * i + 2);
        return new FrameMemory([make('memory', before), make('memory', beforeThat)]);
      });
    this.rgba = make('rgba', sizes.rgba);
    this.#buffers = {
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
    this.#firstMemories = memories(sizes.firstCaches);
    const times = memories(sizes.timeCaches);
    this.#headMemory = memories(sizes.headCaches)[0] ?? new FrameMemory([]);
    this.#stages = wanVaeStages(config.dim).map((stage, i): Stage => {
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

  rewind(tile = 0): void {
    this.#tile = this.#tileAt(tile);
    this.#fresh = true;
    for (const memory of [
      ...this.#firstMemories,
      this.#headMemory,
      ...this.#stages.flatMap(({ memories, time }) => (time ? [...memories, time] : memories)),
    ]) {
      memory.forget();
    }
  }

  /** As Decoder has it; `trace` gives a command that looks at every picture [height, width, 3] before it is rounded. */
  async decode(
    latents: GPUBuffer,
    first: number,
    frames: number,
    trace?: Passage['trace'],
  ): Promise<Command[]> {
    invariant(frames <= this.#plan.frames, `${frames} latent frames in room for ${this.#plan.frames}`);
    const commands: Command[] = [];
    for (let i = 0; i < frames; i++) {
      const passage: Passage = {
        first: this.#fresh,
        still: false,
        tile: this.#tile,
        next: i * this.#config.temporal,
        trace,
      };
      this.#fresh = false;
      commands.push(...(await this.#frame(latents, first + i, passage)));
    }
    return commands;
  }

  async preview(latents: GPUBuffer, latentFrame: number): Promise<Command[]> {
    const commands: Command[] = [];
    for (const tile of this.#tiles) {
      const passage = { first: true, still: true, tile, next: 0, trace: undefined };
      commands.push(...(await this.#frame(latents, latentFrame, passage)));
    }
    return commands;
  }

  free(): void {
    this.#gpu.free(...this.#owned);
  }

  #tileAt(index: number): Tile {
    const tile = this.#tiles[index];
    invariant(tile, `no tile ${index}`);
    return tile;
  }

  /** One latent frame through all stages. */
  async #frame(latents: GPUBuffer, index: number, passage: Passage): Promise<Command[]> {
    const commands = await this.#wholeFrame(latents, index, passage);
    const [stage] = this.#stages;
    invariant(stage, 'the decoder has stages');
    const { seen } = passage.tile;
    let x = stage.x;
    if (this.#tiles.length > 1) {
      x = this.#buffers.cut;
      commands.push(
        await copyBlock(this.#gpu, {
          source: stage.x,
          grid: x,
          rows: seen.height,
          words: seen.width * stage.channels,
          fromStart: (seen.top * this.#latent.width + seen.left) * stage.channels,
          fromStride: this.#latent.width * stage.channels,
          toStart: 0,
          toStride: seen.width * stage.channels,
        }),
      );
    }
    commands.push(...(await this.#grow(0, x, passage)));
    return commands;
  }

  /** Latents to the residual stream of the first stage, all of the picture at once. */
  async #wholeFrame(latents: GPUBuffer, index: number, passage: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const { z: channels } = this.#config;
    const { first, conv1, middle, attention } = this.#weights;
    const { z, u, query, key, value, scores, zeros } = this.#buffers;
    const [stage] = this.#stages;
    const [memory, ...memories] = this.#firstMemories;
    invariant(stage && memory, 'the decoder has stages');
    const { x, h, y } = stage;
    const size = this.#latent;
    const cells = size.height * size.width;
    // Views must start at multiples of 256 bytes, which a latent frame need not be; the copy has no such rule.
    const bytes = cells * channels * f32;
    const around = (block: 0 | 1): Promise<Command[]> =>
      this.#residual(middle[block], {
        ...stage,
        source: x,
        size,
        memories: memories.slice(2 * block, 2 * block + 2),
        passage,
      });
    const commands: Command[] = [
      { from: latents, fromOffset: index * bytes, to: z, bytes },
      await gemm(gpu, { a: z, y: u, rows: cells, ...first, label }),
      ...(await this.#causal(conv1, { x: u, y: x, size, memory, passage, add: false })),
      ...(await around(0)),
      ...(await pixelAttention(gpu, {
        weights: attention,
        ...{ x, h, y, query, key, value, scores, zeros, cells },
        width: stage.channels,
      })),
      ...(await around(1)),
      ...(await this.#blocks(stage, size, passage)),
    ];
    return commands;
  }

  /** The blocks of a stage, from its input to its residual stream. */
  async #blocks(stage: Stage, size: Size, passage: Passage): Promise<Command[]> {
    const commands: Command[] = [];
    for (const [i, block] of stage.weights.blocks.entries()) {
      const memories = stage.memories.slice(2 * i, 2 * i + 2);
      const source = i === 0 ? stage.source : stage.x;
      commands.push(...(await this.#residual(block, { ...stage, source, size, memories, passage })));
    }
    return commands;
  }

  /** From a stage's residual stream on: upsampled to the next stage, once or twice, and through that. */
  async #grow(index: number, x: GPUBuffer, passage: Passage): Promise<Command[]> {
    const stage = this.#stages[index];
    const next = this.#stages[index + 1];
    invariant(stage, `no stage ${index}`);
    if (!next) return this.#picture(stage, passage);
    const onward = async (frame: GPUBuffer): Promise<Command[]> => [
      ...(await this.#upsample(stage, next, frame, passage)),
      ...(await this.#blocks(next, this.#sizeOf(next, passage), passage)),
      ...(await this.#grow(index + 1, next.x, passage)),
    ];
    const { time } = stage.weights;
    if (!time || !stage.time || passage.first) return onward(x);

    const { height, width } = this.#sizeOf(stage, passage);
    const rows = height * width;
    const y = index === 0 ? this.#buffers.doubled : stage.y;
    const commands: Command[] = [];
    for (const [now, ...before] of time) {
      commands.push(await gemm(this.#gpu, { a: x, y, rows, ...now, label }));
      for (const [age, a] of stage.time.before.entries()) {
        const tap = before[age];
        invariant(tap, 'a memory of more frames than taps');
        commands.push(await gemm(this.#gpu, { a, y, rows, ...tap, epilogue: 'add', label }));
      }
      commands.push(...(await onward(y)));
    }
    commands.push(stage.time.remember(x, rows * stage.channels * f32));
    return commands;
  }

  /** Doubles the sides of one frame, into the next stage's input. */
  async #upsample(stage: Stage, next: Stage, frame: GPUBuffer, passage: Passage): Promise<Command[]> {
    const { up } = stage.weights;
    invariant(up, 'a stage before another upsamples');
    const size = { frames: 1, ...this.#sizeOf(stage, passage) };
    // What the next stage works in is free until its first block begins.
    const spread = next.y;
    return [
      await conv(this.#gpu, { x: frame, y: spread, ...size, ...up, label }),
      await depthToSpace(this.#gpu, {
        x: spread,
        y: next.source,
        ...size,
        channels: next.input,
        time: 1,
        space: 2,
      }),
    ];
  }

  async #residual(
    block: ResidualBlock,
    args: {
      source: GPUBuffer;
      x: GPUBuffer;
      h: GPUBuffer;
      y: GPUBuffer;
      size: Size;
      memories: readonly FrameMemory[];
      passage: Passage;
    },
  ): Promise<Command[]> {
    const gpu = this.#gpu;
    const { source, x, h, y, size, passage } = args;
    const [memory1, memory2] = args.memories;
    invariant(memory1 && memory2, 'a block has two memories');
    const rows = size.height * size.width;
    const { norm1, conv1, norm2, conv2, shortcut } = block;
    return [
      await channelNorm(gpu, { x: source, gamma: norm1, y: h, rows, width: conv1.inputs, silu: true }),
      ...(await this.#causal(conv1, { x: h, y, size, memory: memory1, passage, add: false })),
      await channelNorm(gpu, { x: y, gamma: norm2, y: h, rows, width: conv2.inputs, silu: true }),
      ...(shortcut ? [await gemm(gpu, { a: source, y: x, rows, ...shortcut, label })] : []),
      ...(await this.#causal(conv2, { x: h, y: x, size, memory: memory2, passage, add: true })),
    ];
  }

  /** A convolution over a frame and the two before it. */
  async #causal(
    { taps, inputs }: CausalConv,
    args: {
      x: GPUBuffer;
      y: GPUBuffer;
      size: Size;
      memory: FrameMemory;
      passage: Passage;
      add: boolean;
    },
  ): Promise<Command[]> {
    const { x, y, size, memory, passage, add } = args;
    const seen = passage.still ? [x] : [x, ...memory.before];
    const commands: Command[] = await Promise.all(
      seen.map((frame, age) => {
        const tap = taps[age];
        invariant(tap, 'a memory of more frames than taps');
        const epilogue = add || age > 0 ? 'add' : 'none';
        return conv(this.#gpu, { x: frame, y, frames: 1, ...size, ...tap, epilogue, label });
      }),
    );
    if (!passage.still) commands.push(memory.remember(x, size.height * size.width * inputs * f32));
    return commands;
  }

  /** The last stage's residual stream to a picture in its place. */
  async #picture(stage: Stage, passage: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const { headNorm, head } = this.#weights;
    const { picture, tileRgba } = this.#buffers;
    const size = this.#sizeOf(stage, passage);
    const rows = size.height * size.width;
    const { x, h, channels } = stage;
    const commands: Command[] = [
      await channelNorm(gpu, { x, gamma: headNorm, y: h, rows, width: channels, silu: true }),
      ...(await this.#causal(head, {
        x: h,
        y: picture,
        size,
        memory: this.#headMemory,
        passage,
        add: false,
      })),
    ];
    if (passage.trace) commands.push(passage.trace(picture, rows * 3 * f32));
    const { temporal } = this.#config;
    // The first latent frame is one picture, which stands where the last of four would.
    const places = passage.first
      ? Array.from({ length: temporal }, (_, i) => passage.next + i)
      : [passage.next];
    passage.next += places.length;
    for (const place of places) {
      if (this.#tiles.length === 1) {
        const rgba = this.#frameOfRgba(place);
        commands.push(await framesRgba(gpu, { x: picture, rgba, frames: 1, ...size, space: 1 }));
      } else {
        commands.push(
          await framesRgba(gpu, { x: picture, rgba: tileRgba, frames: 1, ...size, space: 1 }),
          await this.#paste(passage.tile, place),
        );
      }
    }
    return commands;
  }

  /** A tile's own pixels, without what it sees around them, into the picture. */
  #paste({ core, seen }: Tile, place: number): Promise<Command> {
    const { spatial } = this.#config;
    const left = core.left - seen.left;
    const top = core.top - seen.top;
    return copyBlock(this.#gpu, {
      source: this.#buffers.tileRgba,
      grid: this.#frameOfRgba(place),
      rows: core.height * spatial,
      words: core.width * spatial,
      fromStart: (top * seen.width * spatial + left) * spatial,
      fromStride: seen.width * spatial,
      toStart: (core.top * this.#latent.width * spatial + core.left) * spatial,
      toStride: this.#latent.width * spatial,
    });
  }

  #frameOfRgba(place: number): View {
    const size = this.#latent.height * this.#latent.width * this.#config.spatial ** 2 * f32;
    return { buffer: this.rgba, offset: place * size, size };
  }

  #sizeOf({ scale }: Stage, { tile }: Passage): Size {
    return { height: tile.seen.height * scale, width: tile.seen.width * scale };
  }
}
