import { invariant } from '../../lib/errors.ts';
import type { PapercutDecoderConfig } from '../../model/config.ts';
import { decoderBuffers } from '../../plan/memory.ts';
import { weightBits } from '../../plan/weightMemory.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { conv } from '../kernels/conv.ts';
import { denormalize, depthToSpace, framesRgba } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { Conv, Linear } from '../weights/gpuWeights.ts';
import { isPacked } from '../weights/storedMatrix.ts';
import type { Decoder, PictureTile } from './decoder.ts';
import type { PapercutDecoderWeights } from './decoderWeights.ts';

const f32 = 4;

/** A residual stage of the decoder: its size relative to the latent, and its buffers. */
interface Stage {
  channels: number;
  /** Factor in height and width, and in frames: both double from stage to stage. */
  scale: number;
  blocks: readonly { conv1: Conv; conv2: Conv; conv3: Conv }[];
  /** [1 + frames, height, width, channels]; frame 0 is the block's memory of the frame before. */
  stream: GPUBuffer;
  a: GPUBuffer;
  b: GPUBuffer;
  memory: GPUBuffer;
}

/**
 * Papercut's streaming decoder, of the TAEHV family: latents to frames, chunk by chunk, with one remembered frame for
 * every MemBlock. A linear path (the whitened PCA's inverse) runs beside the network and is added at the end;
 * alone it gives a fast preview.
 */
export class PapercutDecoder implements Decoder {
  readonly reach = 4;
  readonly tiles: readonly PictureTile[];
  readonly previewPictures = 48;
  readonly #gpu: Gpu;
  readonly #config: PapercutDecoderConfig;
  readonly #weights: PapercutDecoderWeights;
  readonly #latent: { height: number; width: number };
  readonly #capacity: number;
  readonly #stages: readonly Stage[];
  readonly #z: GPUBuffer;
  readonly #linear: GPUBuffer;
  readonly #picture: GPUBuffer;
  readonly #wide: readonly GPUBuffer[];
  /** Frames of the chunk decoded last, [frames, height, width] u32 RGBA. */
  readonly rgba: GPUBuffer;

  /** Allocates for chunks of at most `capacity` latent frames. */
  constructor(
    gpu: Gpu,
    config: PapercutDecoderConfig,
    weights: PapercutDecoderWeights,
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
    const sizes = decoderBuffers(latent, config, capacity);
    this.#z = gpu.buffer('decoder z', sizes.z);
    this.#linear = gpu.buffer('decoder linear', sizes.linear);
    this.#picture = gpu.buffer('decoder picture', sizes.picture);
    this.#wide = sizes.wide.map((bytes) => gpu.buffer('decoder wide', bytes));
    this.rgba = gpu.buffer('decoder rgba', sizes.rgba);
    this.#stages = weights.stages.map((blocks, i) => ({
      channels: config.dec[i] ?? 0,
      scale: 2 ** i,
      blocks,
      stream: gpu.buffer('decoder stream', sizes.stream[i] ?? 0),
      a: gpu.buffer('decoder a', sizes.a[i] ?? 0),
      b: gpu.buffer('decoder b', sizes.b[i] ?? 0),
      memory: gpu.buffer('decoder memory', sizes.memory[i] ?? 0),
    }));
  }

  /**
   * The program that decodes `frames` latent frames from `first` on into `temporal * frames` frames in `rgba`.
   * Chunks must come in order: each starts from what the one before left in memory.
   * latents: [frames of the film, height, width, z], in the sampler's scale.
   */
  async decode(latents: GPUBuffer, first: number, frames: number): Promise<Command[]> {
    invariant(frames <= this.#capacity, `a chunk of ${frames} latent frames in room for ${this.#capacity}`);
    const gpu = this.#gpu;
    const { height, width } = this.#latent;
    const { convIn, ups, linIn, convOut } = this.#weights;
    const commands = await this.#linearPath(latents, first, frames);
    const [stage0, , stage2] = this.#stages;
    invariant(stage0 && stage2, 'the decoder has three stages');
    commands.push(
      await conv(gpu, {
        x: this.#z,
        y: this.#now(stage0, frames),
        frames,
        height,
        width,
        ...convIn,
        label: 'decode',
      }),
    );
    for (const [i, stage] of this.#stages.entries()) {
      const up = ups[i - 1];
      const before = this.#stages[i - 1];
      const wide = this.#wide[i - 1];
      if (up && before && wide) commands.push(...(await this.#upsample(before, stage, up, wide, frames)));
      if (stage === stage2) {
        const size = this.#sizeOf(stage, frames);
        const y = this.#now(stage, frames);
        commands.push(
          await conv(gpu, { x: this.#picture, y, ...size, ...linIn, epilogue: 'add', label: 'decode' }),
        );
      }
      commands.push(...(await this.#memBlocks(stage, frames)));
    }
    const size = this.#sizeOf(stage2, frames);
    const x = this.#now(stage2, frames);
    commands.push(
      ...(await Promise.all([
        conv(gpu, { x, y: this.#picture, ...size, ...convOut, epilogue: 'add', label: 'decode' }),
        framesRgba(gpu, { x: this.#picture, rgba: this.rgba, space: this.#config.ps, ...size }),
      ])),
    );
    return commands;
  }

  /** Forgets the frames before: the next chunk is decoded as the first of a film. */
  rewind(): void {
    for (const { memory } of this.#stages) this.#gpu.write(memory, new Uint8Array(memory.size));
  }

  /** The last frame of a latent frame by the linear path alone, less than a hundredth of the work. */
  async preview(latents: GPUBuffer, latentFrame: number): Promise<Command[]> {
    const stage = this.#stages.at(-1);
    invariant(stage, 'the decoder has stages');
    const { ps, temporal } = this.#config;
    const { width, height } = this.#sizeOf(stage, 1);
    const frameBytes = width * height * ps ** 2 * 4;
    return [
      ...(await this.#linearPath(latents, latentFrame, 1, 1)),
      await framesRgba(this.#gpu, {
        ...{ x: this.#picture, frames: 1, height, width, space: ps },
        rgba: { buffer: this.rgba, offset: (temporal - 1) * frameBytes, size: frameBytes },
      }),
    ];
  }

  free(): void {
    this.#gpu.free(this.#z, this.#linear, this.#picture, this.rgba, ...this.#wide);
    for (const { stream, a, b, memory } of this.#stages) this.#gpu.free(stream, a, b, memory);
  }

  /** Pictures of latent frames by the linear path: the last `time` frames of each. */
  async #linearPath(
    latents: GPUBuffer,
    first: number,
    frames: number,
    time = this.#config.temporal,
  ): Promise<Command[]> {
    const gpu = this.#gpu;
    const { z, ps, temporal } = this.#config;
    const { height, width } = this.#latent;
    const { mean, deviation } = this.#weights;
    const linear = lastColumns(this.#weights.linear, time / temporal);
    const cells = height * width;
    // Views must start at multiples of 256 bytes, which a latent frame need not be; the copy has no such rule.
    const bytes = frames * cells * z * f32;
    return [
      { from: latents, fromOffset: first * cells * z * f32, to: this.#linear, bytes },
      await denormalize(gpu, {
        x: this.#linear,
        mean,
        deviation,
        y: this.#z,
        cells: frames * cells,
        channels: z,
      }),
      await gemm(gpu, { a: this.#z, y: this.#linear, rows: frames * cells, ...linear, label: 'decode' }),
      await depthToSpace(gpu, {
        x: this.#linear,
        y: this.#picture,
        frames,
        height,
        width,
        channels: 3 * ps * ps,
        time,
        space: 4,
      }),
    ];
  }

  async #upsample(from: Stage, to: Stage, up: Linear, wide: GPUBuffer, frames: number): Promise<Command[]> {
    const gpu = this.#gpu;
    const size = this.#sizeOf(from, frames);
    const rows = size.frames * size.height * size.width;
    return [
      await gemm(gpu, { a: this.#now(from, frames), y: wide, rows, ...up, label: 'decode' }),
      await depthToSpace(gpu, {
        x: wide,
        y: this.#now(to, frames),
        ...size,
        channels: to.channels,
        time: 2,
        space: 2,
      }),
    ];
  }

  async #memBlocks(stage: Stage, frames: number): Promise<Command[]> {
    const gpu = this.#gpu;
    const size = this.#sizeOf(stage, frames);
    const frameBytes = size.height * size.width * stage.channels * f32;
    const commands: Command[] = [];
    for (const [i, block] of stage.blocks.entries()) {
      const { a, b, stream, memory } = stage;
      commands.push(
        ...(await Promise.all([
          { from: memory, fromOffset: i * frameBytes, to: stream, bytes: frameBytes },
          conv(gpu, { x: stream, y: a, ...size, ...block.conv1, epilogue: 'relu', label: 'decode' }),
          {
            from: stream,
            fromOffset: size.frames * frameBytes,
            to: memory,
            toOffset: i * frameBytes,
            bytes: frameBytes,
          },
          conv(gpu, { x: a, y: b, ...size, ...block.conv2, epilogue: 'relu', label: 'decode' }),
          conv(gpu, {
            x: b,
            y: this.#now(stage, frames),
            ...size,
            ...block.conv3,
            epilogue: 'add',
            label: 'decode',
          }),
        ])),
      );
    }
    return commands;
  }

  #sizeOf(stage: Stage, latentFrames: number): { frames: number; height: number; width: number } {
    return {
      frames: latentFrames * stage.scale,
      height: this.#latent.height * stage.scale,
      width: this.#latent.width * stage.scale,
    };
  }

  /** The stream without the frame of memory before it. */
  #now(stage: Stage, latentFrames: number): View {
    const { frames, height, width } = this.#sizeOf(stage, latentFrames);
    const frameBytes = height * width * stage.channels * f32;
    return { buffer: stage.stream, offset: frameBytes, size: frames * frameBytes };
  }
}

/** The last `share` of a Linear's columns, in place. Columns are so many that views can start there (256 bytes). */
function lastColumns(linear: Linear, share: number): Omit<Linear, 'bias'> & { bias: View } {
  const columns = linear.columns * share;
  const from = (view: View | GPUBuffer, bytesOfColumn: number): View => {
    const { buffer, offset = 0 } = 'buffer' in view ? view : { buffer: view };
    const start = offset + (linear.columns - columns) * bytesOfColumn;
    return { buffer, offset: start, size: columns * bytesOfColumn };
  };
  const { w, bias, inner } = linear;
  return {
    w: isPacked(w)
      ? {
          format: w.format,
          words: from(w.words, (inner * weightBits[w.format]) / 8),
          scales: from(w.scales, f32),
        }
      : from(w, inner * f32),
    bias: from(bias, f32),
    columns,
    inner,
  };
}
