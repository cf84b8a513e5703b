import { invariant } from '../../lib/errors.ts';
import type { TaehvConfig } from '../../model/config.ts';
import { taehvBuffers, taehvFrames, taehvGrowth, taehvReach } from '../../plan/taehv.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { activation } from '../kernels/activation.ts';
import { conv } from '../kernels/conv.ts';
import { depthToSpace, framesRgba } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { Decoder, PictureTile } from './decoder.ts';
import type { MemBlockWeights } from './decoderWeights.ts';
import type { TaehvStageWeights, TaehvWeights } from './taehvWeights.ts';

const f32 = 4;
const label = 'decode';
/** Latents beyond this are noise to it: it begins with limit * tanh(z / limit). */
const latentLimit = 3;

interface Size {
  frames: number;
  height: number;
  width: number;
}

interface Stage {
  index: number;
  channels: number;
  weights: TaehvStageWeights;
  /** [1 + frames, height, width, channels]; frame 0 is a block's memory of the frame before. */
  stream: GPUBuffer;
  a: GPUBuffer;
  b: GPUBuffer;
  /** The last frame that every block has seen, then a frame of zeros. */
  memory: GPUBuffer;
  grown: GPUBuffer;
  wide: GPUBuffer;
}

/** Whether a chunk goes on from the one before it, and whether the next one goes on from it. */
interface Passage {
  first: boolean;
  still: boolean;
  trace: ((picture: GPUBuffer, bytes: number) => Command) | undefined;
}

/**
 * TAEHV (taew2_1): a small decoder for Wan2.1's latents, twenty-five times cheaper than Wan's own. Its blocks
 * remember one frame; chunks go through the stages whole, and frame by frame after the last.
 */
export class TaehvDecoder implements Decoder {
  readonly rgba: GPUBuffer;
  readonly reach = taehvReach;
  readonly tiles: readonly PictureTile[];
  readonly previewPictures = 48;
  readonly #gpu: Gpu;
  readonly #config: TaehvConfig;
  readonly #weights: TaehvWeights;
  readonly #latent: { height: number; width: number };
  readonly #capacity: number;
  readonly #stages: readonly Stage[];
  readonly #z: GPUBuffer;
  readonly #last: GPUBuffer;
  readonly #picture: GPUBuffer;
  #fresh = true;

  /** Allocates for chunks of at most `capacity` latent frames. */
  constructor(
    gpu: Gpu,
    config: TaehvConfig,
    weights: TaehvWeights,
    latent: { height: number; width: number },
    capacity: number,
  ) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.#latent = latent;
    this.#capacity = capacity;
    this.tiles = [
      { top: 0, left: 0, height: latent.height * config.spatial, width: latent.width * config.spatial },
    ];
    const sizes = taehvBuffers(latent, config, capacity);
    this.#z = gpu.buffer('decoder z', sizes.z);
    this.#last = gpu.buffer('decoder last', sizes.last);
    this.#picture = gpu.buffer('decoder picture', sizes.picture);
    this.rgba = gpu.buffer('decoder rgba', sizes.rgba);
    this.#stages = weights.stages.map((stage, index) => ({
      index,
      channels: config.channels[index] ?? 0,
      weights: stage,
      stream: gpu.buffer('decoder stream', sizes.stream[index] ?? 0),
      a: gpu.buffer('decoder a', sizes.a[index] ?? 0),
      b: gpu.buffer('decoder b', sizes.b[index] ?? 0),
      memory: gpu.buffer('decoder memory', sizes.memory[index] ?? 0),
      grown: gpu.buffer('decoder grown', sizes.grown[index] ?? 0),
      wide: gpu.buffer('decoder wide', sizes.wide[index] ?? 0),
    }));
  }

  rewind(): void {
    this.#fresh = true;
  }

  /** As Decoder has it; `trace` gives a command that looks at every picture [height, width, 3] before it is rounded. */
  async decode(
    latents: GPUBuffer,
    first: number,
    frames: number,
    trace?: Passage['trace'],
  ): Promise<Command[]> {
    const passage = { first: this.#fresh, still: false, trace };
    this.#fresh = false;
    return this.#chunk(latents, first, frames, passage);
  }

  preview(latents: GPUBuffer, latentFrame: number): Promise<Command[]> {
    return this.#chunk(latents, latentFrame, 1, { first: true, still: true, trace: undefined });
  }

  free(): void {
    this.#gpu.free(this.#z, this.#last, this.#picture, this.rgba);
    for (const { stream, a, b, memory, grown, wide } of this.#stages) {
      this.#gpu.free(stream, a, b, memory, grown, wide);
    }
  }

  async #chunk(latents: GPUBuffer, first: number, frames: number, passage: Passage): Promise<Command[]> {
    invariant(frames <= this.#capacity, `a chunk of ${frames} latent frames in room for ${this.#capacity}`);
    const gpu = this.#gpu;
    const z = this.#z;
    const values = this.#latent.height * this.#latent.width * this.#config.z;
    const bytes = frames * values * f32;
    const [stage0] = this.#stages;
    invariant(stage0, 'the decoder has stages');
    const size = this.#sizeOf(0, frames);
    const commands: Command[] = [
      { from: latents, fromOffset: first * values * f32, to: z, bytes },
      await activation(gpu, { x: z, count: frames * values, kind: { softLimit: latentLimit } }),
      await conv(gpu, {
        ...{ x: z, y: this.#now(stage0, frames), ...size, ...this.#weights.convIn, label },
        epilogue: 'relu',
      }),
    ];
    for (const stage of this.#stages) {
      for (const [i, block] of stage.weights.blocks.entries()) {
        commands.push(...(await this.#memBlock(stage, i, block, frames, passage)));
      }
      commands.push(...(await this.#grow(stage, frames)));
      const next = this.#stages[stage.index + 1];
      commands.push(
        ...(next ? await this.#upsample(stage, next, frames) : await this.#pictures(stage, frames, passage)),
      );
    }
    return commands;
  }

  /** x = relu(conv(relu(conv(relu(conv(x, frame before))))) + x), over all frames of the stage. */
  async #memBlock(
    stage: Stage,
    index: number,
    block: MemBlockWeights,
    frames: number,
    passage: Passage,
  ): Promise<Command[]> {
    const gpu = this.#gpu;
    const { a, b, stream, memory } = stage;
    const size = this.#sizeOf(stage.index, frames);
    const frameBytes = size.height * size.width * stage.channels * f32;
    const now = this.#now(stage, frames);
    const before = passage.first ? stage.weights.blocks.length : index;
    const commands: Command[] = [
      { from: memory, fromOffset: before * frameBytes, to: stream, bytes: frameBytes },
      await conv(gpu, { x: stream, y: a, ...size, ...block.conv1, epilogue: 'relu', label }),
    ];
    if (!passage.still) {
      const fromOffset = size.frames * frameBytes;
      commands.push({
        from: stream,
        fromOffset,
        to: memory,
        toOffset: index * frameBytes,
        bytes: frameBytes,
      });
    }
    commands.push(
      ...(await Promise.all([
        conv(gpu, { x: a, y: b, ...size, ...block.conv2, epilogue: 'relu', label }),
        conv(gpu, { x: b, y: now, ...size, ...block.conv3, epilogue: 'add', label }),
        activation(gpu, { x: now, count: (size.frames * frameBytes) / f32, kind: 'relu' }),
      ])),
    );
    return commands;
  }

  /** Every frame to as many as the stage grows it to, in `grown`. Pixels are repeated after this, which is the same. */
  async #grow(stage: Stage, frames: number): Promise<Command[]> {
    const gpu = this.#gpu;
    const size = this.#sizeOf(stage.index, frames);
    const rows = size.frames * size.height * size.width;
    const { grow } = stage.weights;
    const time = taehvGrowth[stage.index] ?? 1;
    if (time === 1) {
      return [await gemm(gpu, { a: this.#now(stage, frames), y: stage.grown, rows, ...grow, label })];
    }
    const commands: Command[] = [];
    // A frame's outputs are those of all frames that it becomes, so one frame goes at a time.
    for (let frame = 0; frame < size.frames; frame++) {
      const bytes = size.height * size.width * stage.channels * f32;
      const a = { buffer: stage.stream, offset: (1 + frame) * bytes, size: bytes };
      commands.push(
        await gemm(gpu, { a, y: stage.wide, rows: size.height * size.width, ...grow, label }),
        await depthToSpace(gpu, {
          x: stage.wide,
          y: { buffer: stage.grown, offset: frame * time * bytes, size: time * bytes },
          ...size,
          frames: 1,
          channels: stage.channels,
          time,
          space: 1,
        }),
      );
    }
    return commands;
  }

  /** Doubles the sides, into the next stage's stream. */
  async #upsample(stage: Stage, next: Stage, frames: number): Promise<Command[]> {
    const size = { ...this.#sizeOf(stage.index, frames), frames: this.#sizeOf(next.index, frames).frames };
    const { up } = stage.weights;
    return [
      await conv(this.#gpu, { x: stage.grown, y: stage.wide, ...size, ...up, label }),
      await depthToSpace(this.#gpu, {
        x: stage.wide,
        y: this.#now(next, frames),
        ...size,
        channels: next.channels,
        time: 1,
        space: 2,
      }),
    ];
  }

  /** The last doubling and the colours, one frame at a time. */
  async #pictures(stage: Stage, latentFrames: number, passage: Passage): Promise<Command[]> {
    const gpu = this.#gpu;
    const { height, width } = this.#sizeOf(stage.index, latentFrames);
    const frames = latentFrames * taehvFrames(3);
    const small = { frames: 1, height, width };
    const large = { frames: 1, height: 2 * height, width: 2 * width };
    const bytes = height * width * stage.channels * f32;
    const pixels = large.height * large.width;
    const channels = this.#config.channels[3];
    const commands: Command[] = [];
    for (let frame = 0; frame < frames; frame++) {
      const x = { buffer: stage.grown, offset: frame * bytes, size: bytes };
      commands.push(
        ...(await Promise.all([
          conv(gpu, { x, y: stage.wide, ...small, ...stage.weights.up, epilogue: 'relu', label }),
          depthToSpace(gpu, { x: stage.wide, y: this.#last, ...small, channels, time: 1, space: 2 }),
          conv(gpu, { x: this.#last, y: this.#picture, ...large, ...this.#weights.convOut, label }),
        ])),
      );
      if (passage.trace) commands.push(passage.trace(this.#picture, pixels * 3 * f32));
      const rgba = { buffer: this.rgba, offset: frame * pixels * f32, size: pixels * f32 };
      commands.push(await framesRgba(gpu, { x: this.#picture, rgba, ...large, space: 1 }));
    }
    return commands;
  }

  #sizeOf(stage: number, latentFrames: number): Size {
    return {
      frames: latentFrames * taehvFrames(stage),
      height: this.#latent.height * 2 ** stage,
      width: this.#latent.width * 2 ** stage,
    };
  }

  /** The stream without the frame of memory before it. */
  #now(stage: Stage, latentFrames: number): View {
    const { frames, height, width } = this.#sizeOf(stage.index, latentFrames);
    const frameBytes = height * width * stage.channels * f32;
    return { buffer: stage.stream, offset: frameBytes, size: frames * frameBytes };
  }
}
