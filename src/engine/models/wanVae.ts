import { invariant } from '../../lib/errors.ts';
import type { WanVaeConfig } from '../../model/config.ts';
import type { DecodePlan } from '../../plan/decoder.ts';
import { type Tile, wanVaeReach, wanVaeTiles } from '../../plan/wanVae.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { channelNorm } from '../kernels/channelNorm.ts';
import { conv } from '../kernels/conv.ts';
import { copyBlock } from '../kernels/copyBlock.ts';
import { depthToSpace, framesRgba } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import { causalConv, residualBlock, type Size } from './causalLayers.ts';
import type { Decoder, PictureTile } from './decoder.ts';
import { pixelAttention } from './pixelAttention.ts';
import type { WanVaeWeights } from './wanVaeWeights.ts';
import { type Stage, WanVaeWorkspace } from './wanVaeWorkspace.ts';

const f32 = 4;
const label = 'decode';

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
 * becomes two at four times, and so on), so that only one frame of every resolution is at work.
 *
 * The first resolution, with its attention, sees whole frames. The others see tiles with as much around them as
 * their pixels depend on, which gives the same pictures without seams or blending.
 */
export class WanVaeDecoder implements Decoder {
  readonly rgba: GPUBuffer;
  readonly reach = wanVaeReach;
  readonly tiles: readonly PictureTile[];
  /** Twelve pictures cost a twentieth of a forward pass of the 1.3B transformer over five seconds at 480p. */
  readonly previewPictures = 12;
  readonly #gpu: Gpu;
  readonly #config: WanVaeConfig;
  readonly #weights: WanVaeWeights;
  readonly #latent: Size;
  readonly #capacity: number;
  readonly #tiles: readonly Tile[];
  readonly #work: WanVaeWorkspace;
  #tile: Tile;
  #fresh = true;

  constructor(gpu: Gpu, config: WanVaeConfig, weights: WanVaeWeights, latent: Size, plan: DecodePlan) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#latent = latent;
    this.#capacity = plan.frames;
    this.#work = new WanVaeWorkspace(gpu, config, weights, latent, plan);
    this.rgba = this.#work.rgba;
    this.#tiles = wanVaeTiles(latent, plan.tiles);
    this.tiles = this.#tiles.map(({ core }) => ({
      top: core.top * config.spatial,
      left: core.left * config.spatial,
      height: core.height * config.spatial,
      width: core.width * config.spatial,
    }));
    this.#tile = this.#tileAt(0);
  }

  rewind(tile = 0): void {
    this.#tile = this.#tileAt(tile);
    this.#fresh = true;
    this.#work.forget();
  }

  /** As Decoder has it; `trace` gives a command that looks at every picture [height, width, 3] before it is rounded. */
  async decode(
    latents: GPUBuffer,
    first: number,
    frames: number,
    trace?: Passage['trace'],
  ): Promise<Command[]> {
    invariant(frames <= this.#capacity, `a chunk of ${frames} latent frames in room for ${this.#capacity}`);
    const commands: Command[] = [];
    for (let i = 0; i < frames; i++) {
      const next = i * this.#config.temporal;
      const passage: Passage = { first: this.#fresh, still: false, tile: this.#tile, next, trace };
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
    this.#work.free();
  }

  #tileAt(index: number): Tile {
    const tile = this.#tiles[index];
    invariant(tile, `no tile ${index}`);
    return tile;
  }

  #stageAt(index: number): Stage {
    const stage = this.#work.stages[index];
    invariant(stage, `no stage ${index}`);
    return stage;
  }

  /** One latent frame through all stages. */
  async #frame(latents: GPUBuffer, index: number, passage: Passage): Promise<Command[]> {
    const commands = await this.#wholeFrame(latents, index, passage);
    const { x: source, channels } = this.#stageAt(0);
    if (this.#tiles.length === 1) return [...commands, ...(await this.#grow(0, source, passage))];
    const { top, left, height, width } = passage.tile.seen;
    const grid = this.#work.buffers.cut;
    const cut = await copyBlock(this.#gpu, {
      ...{ source, grid, rows: height, words: width * channels },
      fromStart: (top * this.#latent.width + left) * channels,
      fromStride: this.#latent.width * channels,
      toStart: 0,
      toStride: width * channels,
    });
    return [...commands, cut, ...(await this.#grow(0, grid, passage))];
  }

  /** Latents to the residual stream of the first stage, all of the picture at once. */
  async #wholeFrame(latents: GPUBuffer, index: number, { still }: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const { first, conv1, middle, attention } = this.#weights;
    const { z, u, query, key, value, scores, zeros } = this.#work.buffers;
    const stage = this.#stageAt(0);
    const [memory, ...memories] = this.#work.firstMemories;
    invariant(memory, 'the first convolution has a memory');
    const { x, h, y, channels: width } = stage;
    const size = this.#latent;
    const cells = size.height * size.width;
    // Views must start at multiples of 256 bytes, which a latent frame need not be; the copy has no such rule.
    const bytes = cells * this.#config.z * f32;
    const common = { source: x, x, h, y, size, still };
    return [
      { from: latents, fromOffset: index * bytes, to: z, bytes },
      await gemm(gpu, { a: z, y: u, rows: cells, ...first, label }),
      ...(await causalConv(gpu, conv1, { x: u, y: x, size, memory, still, add: false })),
      ...(await residualBlock(gpu, middle[0], { ...common, memories: memories.slice(0, 2) })),
      ...(await pixelAttention(gpu, {
        weights: attention,
        ...{ x, h, y, query, key, value, scores, zeros, cells, width },
      })),
      ...(await residualBlock(gpu, middle[1], { ...common, memories: memories.slice(2) })),
      ...(await this.#blocks(stage, size, still)),
    ];
  }

  /** The blocks of a stage, from its input to its residual stream. */
  async #blocks(stage: Stage, size: Size, still: boolean): Promise<Command[]> {
    const { x, h, y } = stage;
    const commands: Command[] = [];
    for (const [i, block] of stage.weights.blocks.entries()) {
      const memories = stage.memories.slice(2 * i, 2 * i + 2);
      const source = i === 0 ? stage.source : x;
      commands.push(...(await residualBlock(this.#gpu, block, { source, x, h, y, size, memories, still })));
    }
    return commands;
  }

  /** From a stage's residual stream on: upsampled to the next stage, once or twice, and through that. */
  async #grow(index: number, x: GPUBuffer, passage: Passage): Promise<Command[]> {
    const stage = this.#stageAt(index);
    const { time } = stage.weights;
    if (!stage.weights.up) return this.#picture(stage, passage);
    if (!time || !stage.time || passage.first) return this.#onward(index, x, passage);

    const { height, width } = this.#sizeOf(stage, passage);
    const rows = height * width;
    const y = index === 0 ? this.#work.buffers.doubled : stage.y;
    const commands: Command[] = [];
    for (const [now, ...before] of time) {
      commands.push(await gemm(this.#gpu, { a: x, y, rows, ...now, label }));
      for (const [age, a] of stage.time.before.entries()) {
        const tap = before[age];
        invariant(tap, 'a memory of more frames than taps');
        commands.push(await gemm(this.#gpu, { a, y, rows, ...tap, epilogue: 'add', label }));
      }
      commands.push(...(await this.#onward(index, y, passage)));
    }
    commands.push(stage.time.remember(x, rows * stage.channels * f32));
    return commands;
  }

  /** One frame with its sides doubled, through the next stage and all after it. */
  async #onward(index: number, x: GPUBuffer, passage: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const stage = this.#stageAt(index);
    const next = this.#stageAt(index + 1);
    const { up } = stage.weights;
    invariant(up, 'a stage before another upsamples');
    const size = { frames: 1, ...this.#sizeOf(stage, passage) };
    // What the next stage works in is free until its first block begins.
    const spread = next.y;
    const channels = next.input;
    return [
      await conv(gpu, { x, y: spread, ...size, ...up, label }),
      await depthToSpace(gpu, { x: spread, y: next.source, ...size, channels, time: 1, space: 2 }),
      ...(await this.#blocks(next, this.#sizeOf(next, passage), passage.still)),
      ...(await this.#grow(index + 1, next.x, passage)),
    ];
  }

  /** The last stage's residual stream to a picture in its place. */
  async #picture({ x, h, channels, scale }: Stage, passage: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const { headNorm, head } = this.#weights;
    const { picture, tileRgba } = this.#work.buffers;
    const size = this.#sizeOf({ scale }, passage);
    const rows = size.height * size.width;
    const memory = this.#work.headMemory;
    const { still } = passage;
    const commands: Command[] = [
      await channelNorm(gpu, { x, gamma: headNorm, y: h, rows, width: channels, silu: true }),
      ...(await causalConv(gpu, head, { x: h, y: picture, size, memory, still, add: false })),
    ];
    if (passage.trace) commands.push(passage.trace(picture, rows * 3 * f32));
    // The first latent frame is one picture, which stands for all that another would become.
    const places = passage.first
      ? Array.from({ length: this.#config.temporal }, (_, i) => passage.next + i)
      : [passage.next];
    passage.next += places.length;
    const colours = { x: picture, frames: 1, ...size, space: 1 };
    if (this.#tiles.length === 1) {
      for (const place of places) {
        commands.push(await framesRgba(gpu, { ...colours, rgba: this.#frameOfRgba(place) }));
      }
      return commands;
    }
    commands.push(await framesRgba(gpu, { ...colours, rgba: tileRgba }));
    for (const place of places) commands.push(await this.#paste(passage.tile, place));
    return commands;
  }

  /** A tile's own pixels, without what it sees around them, into the picture. */
  #paste({ core, seen }: Tile, place: number): Promise<Command> {
    const { spatial } = this.#config;
    const [top, left] = [core.top - seen.top, core.left - seen.left];
    return copyBlock(this.#gpu, {
      source: this.#work.buffers.tileRgba,
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

  #sizeOf({ scale }: Pick<Stage, 'scale'>, { tile }: Passage): Size {
    return { height: tile.seen.height * scale, width: tile.seen.width * scale };
  }
}
