import { blendDistances, detailCells, framesAround, framesBeside, type Sized } from '../../plan/detail.ts';
import type { Chunk, FilmGeometry } from '../../plan/types.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { activation } from '../kernels/activation.ts';
import { blendFrames } from '../kernels/blendFrames.ts';
import { conv } from '../kernels/conv.ts';
import { depthToSpace } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import { patchify } from '../kernels/latent.ts';
import type { Conv, GpuWeights, Linear } from '../weights/gpuWeights.ts';

const f32 = 4;
const label = 'detail';

/** Convolutions over latent cells beside the tokens, which carry edges across the borders of tokens. */
export interface DetailWeights {
  channels: number;
  conv1: Conv;
  /** How much of the frames around a frame is blended with, [distances, channels]; null where they are not seen. */
  blend: { weight: GPUBuffer; reach: number } | null;
  conv2: Conv;
  /** What is seen in a token's cells, to the token. */
  toTokens: Linear;
  /** What a token says about its cells, ordered (row, column, channel). */
  ofTokens: Linear;
  conv3: Conv;
  conv4: Conv;
  /** Pairs whose finding is added to what is drawn. */
  residuals: readonly (readonly [Conv, Conv])[];
  /** What is drawn in a token's cells, to its part of the velocity. */
  velocity: Linear;
}

/** Loads and checks the convolutions; null for a transformer that has none. Throws `weights-invalid`. */
export async function loadDetail(
  weights: GpuWeights,
  { detail: channels, detail_reach: reach = 0, detail_residuals = 0, dim, z, patch }: Sized,
): Promise<DetailWeights | null> {
  if (channels === undefined) return null;
  const cells = detailCells(patch);
  const distances = blendDistances(reach).length;
  const wide = (name: string): Promise<Conv> => weights.conv(`detail.${name}`, channels, channels);
  const residuals: [Conv, Conv][] = [];
  for (let i = 0; i < detail_residuals; i++) {
    residuals.push([await wide(`residuals.${i}.conv1`), await wide(`residuals.${i}.conv2`)]);
  }
  return {
    channels,
    conv1: await weights.conv('detail.conv1', channels, z),
    blend: reach > 0 ? { reach, weight: await weights.tensor('detail.blend', [distances, channels]) } : null,
    conv2: await wide('conv2'),
    toTokens: await weights.linear('detail.to_tokens', dim, channels * cells, false),
    ofTokens: await weights.linear('detail.of_tokens', channels * cells, dim),
    conv3: await wide('conv3'),
    conv4: await wide('conv4'),
    residuals,
    velocity: await weights.linear('detail.velocity', z * cells, channels * cells),
  };
}

/** Where one chunk's cells are worked on, [chunk's cells, channels] each; `cells` has room for the frames around. */
export interface DetailBuffers {
  seen: GPUBuffer;
  cells: GPUBuffer;
  drawn: GPUBuffer;
}

/**
 * The convolutions at work on the chunks of one film. They see the latent, which is there for the whole film, so that the
 * frames around a chunk can be looked at with it.
 */
export class Detail {
  readonly #gpu: Gpu;
  readonly #weights: DetailWeights;
  readonly #geometry: Pick<FilmGeometry, 'latent' | 'grid' | 'shots'>;
  /** By chunk: which frames are blended with which. */
  readonly #beside = new Map<number, GPUBuffer>();
  readonly #patchSize: number;
  readonly #buffers: DetailBuffers;

  constructor(
    gpu: Gpu,
    weights: DetailWeights,
    geometry: Pick<FilmGeometry, 'latent' | 'grid' | 'shots'>,
    patchSize: number,
    buffers: DetailBuffers,
  ) {
    this.#gpu = gpu;
    this.#weights = weights;
    this.#geometry = geometry;
    this.#patchSize = patchSize;
    this.#buffers = buffers;
  }

  /** Adds what a chunk's cells show to its tokens. latent: of the film, [frames, height, width, z]; tokens: [chunk, dim]. */
  async look(chunk: Chunk, latent: GPUBuffer, tokens: View): Promise<Command[]> {
    const { seen, cells } = this.#buffers;
    return [
      ...(await this.#see(chunk, latent)),
      await this.#patches(chunk, seen, cells),
      await this.#add(chunk, cells, this.#weights.toTokens, tokens),
    ];
  }

  /**
   * Adds to a chunk's velocity what convolutions draw of what its tokens say.
   * features: the head's, [chunk, dim]; velocity: [chunk, patchSize^2 * z].
   */
  async draw(chunk: Chunk, latent: GPUBuffer, features: GPUBuffer, velocity: View): Promise<Command[]> {
    const gpu = this.#gpu;
    const { seen, cells, drawn } = this.#buffers;
    const { channels, ofTokens, conv3, conv4, residuals } = this.#weights;
    const size = this.#sizeOf(chunk);
    const { rows, columns } = this.#geometry.grid;
    const count = chunk.tokens.count * ofTokens.columns;
    const further = residuals.flatMap(([first, second]) => [
      conv(gpu, { x: cells, y: drawn, ...size, ...first, epilogue: 'relu', label }),
      conv(gpu, { x: drawn, y: cells, ...size, ...second, epilogue: 'add', label }),
    ]);
    return [
      // Seen anew, for a film's worth of it would take as much memory as its tokens.
      ...(await this.#see(chunk, latent)),
      await gemm(gpu, { a: features, y: cells, rows: chunk.tokens.count, ...ofTokens, label }),
      await depthToSpace(gpu, {
        x: cells,
        y: drawn,
        frames: size.frames,
        height: rows,
        width: columns,
        channels,
        time: 1,
        space: this.#patchSize,
      }),
      await conv(gpu, { x: seen, y: drawn, ...size, ...conv3, epilogue: 'add', label }),
      await activation(gpu, { x: drawn, count, kind: 'relu' }),
      await conv(gpu, { x: drawn, y: cells, ...size, ...conv4, epilogue: 'relu', label }),
      ...(await Promise.all(further)),
      await this.#patches(chunk, cells, seen),
      await this.#add(chunk, seen, this.#weights.velocity, velocity),
    ];
  }

  free(): void {
    const { seen, cells, drawn } = this.#buffers;
    this.#gpu.free(seen, cells, drawn, ...this.#beside.values());
  }

  async #see(chunk: Chunk, latent: GPUBuffer): Promise<Command[]> {
    const gpu = this.#gpu;
    const { seen, cells, drawn } = this.#buffers;
    const { channels, conv1, blend, conv2 } = this.#weights;
    const size = this.#sizeOf(chunk);
    const around = framesAround(chunk.latent, this.#geometry.latent.frames, blend?.reach);
    const frameBytes = size.height * size.width * conv1.inputs * f32;
    const x = { buffer: latent, offset: around.start * frameBytes, size: around.count * frameBytes };
    const last = (from: GPUBuffer) =>
      conv(gpu, { x: from, y: seen, ...size, ...conv2, epilogue: 'relu', label });
    if (!blend) {
      return [
        await conv(gpu, { x, y: cells, ...size, ...conv1, epilogue: 'relu', label }),
        await last(cells),
      ];
    }
    return [
      await conv(gpu, { x, y: cells, ...size, ...conv1, frames: around.count, label }),
      await blendFrames(gpu, {
        x: cells,
        beside: this.#besideOf(chunk, blend.reach),
        weight: blend.weight,
        y: drawn,
        frames: size.frames,
        cells: size.height * size.width,
        channels,
        distances: blendDistances(blend.reach).length,
        first: chunk.latent.start - around.start,
      }),
      await last(drawn),
    ];
  }

  #besideOf(chunk: Chunk, reach: number): GPUBuffer {
    const known = this.#beside.get(chunk.index);
    if (known) return known;
    const beside = this.#gpu.upload('frames beside', framesBeside(this.#geometry.shots, chunk.latent, reach));
    this.#beside.set(chunk.index, beside);
    return beside;
  }

  #patches(chunk: Chunk, x: GPUBuffer, y: GPUBuffer): Promise<Command> {
    const grid = { frames: chunk.latent.count, ...this.#geometry.grid };
    const shape = { grid, channels: this.#weights.channels, patchSize: this.#patchSize };
    return patchify(this.#gpu, shape, { x, y });
  }

  #add(chunk: Chunk, a: GPUBuffer, linear: Linear, y: View): Promise<Command> {
    return gemm(this.#gpu, { a, y, rows: chunk.tokens.count, ...linear, epilogue: 'add', label });
  }

  #sizeOf(chunk: Chunk): { frames: number; height: number; width: number } {
    const { height, width } = this.#geometry.latent;
    return { frames: chunk.latent.count, height, width };
  }
}
