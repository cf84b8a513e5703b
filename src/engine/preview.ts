import type { ModelConfig } from '../model/config.ts';
import { decodedFrames } from '../plan/geometry.ts';
import { previewFrames } from '../plan/previewFrames.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Picture } from './filmEvents.ts';
import type { Gpu } from './gpu/gpu.ts';
import type { Command, Runner } from './gpu/runner.ts';
import type { Decoder } from './models/decoder.ts';

/** Pictures of the film that the sampler expects so far, as the decoder sees them quickly; a long film shows every n-th latent frame. */
export class Preview {
  readonly #gpu: Gpu;
  readonly #geometry: FilmGeometry;
  readonly #temporal: number;
  readonly #latentFrames: readonly number[];
  readonly #pictures: GPUBuffer;
  readonly #program: readonly Command[];

  private constructor(
    gpu: Gpu,
    geometry: FilmGeometry,
    temporal: number,
    latentFrames: readonly number[],
    pictures: GPUBuffer,
    program: readonly Command[],
  ) {
    this.#gpu = gpu;
    this.#geometry = geometry;
    this.#temporal = temporal;
    this.#latentFrames = latentFrames;
    this.#pictures = pictures;
    this.#program = program;
  }

  /** Plans pictures of the latents in `estimate`, spread evenly, with the first frame of every shot. */
  static async create(
    gpu: Gpu,
    decoder: Decoder,
    geometry: FilmGeometry,
    ae: ModelConfig['ae'],
    estimate: GPUBuffer,
  ): Promise<Preview> {
    const latentFrames = previewFrames(geometry, decoder.previewPictures);
    const frameBytes = geometry.width * geometry.height * 4;
    const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const pictures = gpu.buffer('preview', latentFrames.length * frameBytes, usage);
    const program: Command[] = [];
    for (const [i, latentFrame] of latentFrames.entries()) {
      program.push(...(await decoder.preview(estimate, latentFrame)), {
        from: decoder.rgba,
        fromOffset: (ae.temporal - 1) * frameBytes,
        to: pictures,
        toOffset: i * frameBytes,
        bytes: frameBytes,
      });
    }
    return new Preview(gpu, geometry, ae.temporal, latentFrames, pictures, program);
  }

  /** Makes and reads the pictures; each shows the last frame of its latent frame. */
  async pictures(runner: Runner, signal?: AbortSignal): Promise<Picture[]> {
    await runner.run(this.#program, signal ? { signal } : {});
    const bytes = await this.#gpu.read(this.#pictures);
    const frameBytes = this.#geometry.width * this.#geometry.height * 4;
    return this.#latentFrames.map((latentFrame, i) => {
      const { start, count } = decodedFrames({ start: latentFrame, count: 1 }, this.#temporal);
      return {
        latentFrame,
        frame: start + count - 1,
        rgba: new Uint8ClampedArray(bytes.slice(i * frameBytes, (i + 1) * frameBytes)),
      };
    });
  }
}
