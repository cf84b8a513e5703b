import type { Gpu } from '../engine/gpu/gpu.ts';
import type { Command, Runner } from '../engine/gpu/runner.ts';
import { upscaleColumns, upscaleLevels, upscaleRows, upscaleWeights } from '../engine/kernels/upscale.ts';

/** Pictures to enlarge: their size in pixels, and the whole factor. */
export interface Enlargement {
  width: number;
  height: number;
  scale: number;
}

/** Enlarges frames one after the other on the GPU, Lanczos-3 in sigmoidal light. Its buffers belong to `gpu`. */
export class Upscaler {
  readonly #gpu: Gpu;
  readonly #runner: Runner;
  readonly #program: readonly Command[];
  readonly #pixels: GPUBuffer;
  readonly #rgba: GPUBuffer;

  private constructor(
    gpu: Gpu,
    runner: Runner,
    program: readonly Command[],
    pixels: GPUBuffer,
    rgba: GPUBuffer,
  ) {
    this.#gpu = gpu;
    this.#runner = runner;
    this.#program = program;
    this.#pixels = pixels;
    this.#rgba = rgba;
  }

  static async create(gpu: Gpu, runner: Runner, { width, height, scale }: Enlargement): Promise<Upscaler> {
    const pixels = gpu.buffer('frame', width * height * 4);
    const rows = gpu.buffer('widened frame', width * scale * height * 16);
    const rgba = gpu.buffer('enlarged frame', width * scale * height * scale * 4);
    const levels = gpu.upload('upscale levels', upscaleLevels());
    const weights = gpu.upload('upscale weights', upscaleWeights(scale));
    const program = await Promise.all([
      upscaleRows(gpu, { pixels, levels, weights, y: rows, lines: height, width, scale }),
      upscaleColumns(gpu, { x: rows, weights, rgba, frames: 1, height, width: width * scale, scale }),
    ]);
    return new Upscaler(gpu, runner, program, pixels, rgba);
  }

  /** @param frame [height, width, 4]; returns [height * scale, width * scale, 4]. */
  async enlarge(
    frame: Uint8ClampedArray<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<Uint8ClampedArray<ArrayBuffer>> {
    this.#gpu.write(this.#pixels, frame);
    await this.#runner.run(this.#program, signal ? { signal } : {});
    const enlarged = await this.#gpu.read(this.#rgba);
    this.#runner.check();
    return new Uint8ClampedArray(enlarged);
  }
}
