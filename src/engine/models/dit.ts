import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { detailCells, guessValues } from '../../plan/detail.ts';
import { type DitBuffers, ditBuffers, weighsAcross } from '../../plan/memory.ts';
import type { AttentionPhase } from '../../plan/routing.ts';
import type { Chunk, FilmGeometry, SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { fromGuess } from '../kernels/fromGuess.ts';
import { gemm } from '../kernels/gemm.ts';
import { type PatchShape, patchify } from '../kernels/latent.ts';
import { layerNorm, rotaryTable } from '../kernels/norm.ts';
import { gainsAcross } from '../marks.ts';
import { type AttentionMode, makeBranches } from './branches.ts';
import { Detail, type DetailBuffers } from './detail.ts';
import { type BlockScope, blockCommands, type Look, rowsOf } from './ditBlock.ts';
import type { DitWeights } from './ditWeights.ts';
import { sketchFilm } from './sketch.ts';
import { createTextContext, fillTextContext, type TextContext } from './textContext.ts';
import type { EncodedText } from './textEncoder.ts';
import { TimeEmbeddings } from './timeEmbedding.ts';

const f32 = 4;

/** Gives a command that looks at an inner tensor, if it wants to: the name and where it lies when the program reaches that point. */
export type Trace = (name: string, from: GPUBuffer, bytes: number) => Command | null;

/** What every film needs; the convolutions over cells have buffers of their own. */
type Buffers = Record<Exclude<keyof DitBuffers, keyof DetailBuffers | 'marks'>, GPUBuffer>;

/**
 * The diffusion transformer set up for one film: activation buffers, attention lists, and the programs of a
 * forward pass. Shapes: N tokens, `dim` wide; rows are ordered (latent frame, grid row, grid column).
 */
export class Dit {
  readonly geometry: FilmGeometry;
  readonly patchShape: PatchShape;
  readonly times: TimeEmbeddings;
  readonly #scope: BlockScope;
  readonly #weights: DitWeights;
  readonly #buffers: Buffers;
  readonly #detail: Detail | null;
  /** What tokens of every chunk are told of marks [chunk, values]: rows too short to be bound from within a buffer. */
  readonly #marks: readonly GPUBuffer[];
  /** The same of the whole film, once it is known. */
  #told: Float32Array | null = null;

  private constructor(
    scope: BlockScope,
    weights: DitWeights,
    buffers: Buffers,
    detail: Detail | null,
    marks: readonly GPUBuffer[],
  ) {
    this.geometry = scope.geometry;
    this.patchShape = { grid: scope.grid, channels: scope.config.z, patchSize: scope.config.patch[1] };
    this.times = scope.times;
    this.#scope = scope;
    this.#weights = weights;
    this.#buffers = buffers;
    this.#detail = detail;
    this.#marks = marks;
    this.#weighAcross(null);
  }

  /** Allocates everything that a film of this geometry needs. */
  static async create(
    gpu: Gpu,
    config: ModelConfig['dit'],
    weights: DitWeights,
    geometry: FilmGeometry,
    chunks: readonly Chunk[],
    mode: AttentionMode,
  ): Promise<Dit> {
    invariant(config.patch[1] === config.patch[2], 'patches are square');
    const chunkTokens = Math.max(...chunks.map(({ tokens }) => tokens.count));
    const sizes = ditBuffers(geometry, config, chunkTokens);
    const make = (name: keyof typeof sizes): GPUBuffer => gpu.buffer(`dit ${name}`, sizes[name]);
    const buffers = {
      x: make('x'),
      q: make('q'),
      k: make('k'),
      v: make('v'),
      attended: make('attended'),
      group: make('group'),
      weight: make('weight'),
      h: make('h'),
      patches: make('patches'),
      hidden: make('hidden'),
    };
    const branches = await makeBranches(gpu, config, geometry, mode, buffers);
    const detail =
      weights.detail &&
      new Detail(gpu, weights.detail, geometry, config.patch[1], {
        seen: make('seen'),
        cells: make('cells'),
        drawn: make('drawn'),
      });
    const { marks: told } = weights;
    const marks = told
      ? chunks.map(({ tokens }) => gpu.buffer('dit marks', tokens.count * told.inner * f32))
      : [];
    const grid = { frames: geometry.latent.frames, ...geometry.grid };
    const rotations = gpu.upload('rotations', rotaryTable(grid, config.dim / config.heads));
    const times = new TimeEmbeddings(gpu, config, weights);
    const scope = { gpu, config, geometry, grid, chunks, buffers, rotations, branches, times };
    return new Dit(scope, weights, buffers, detail, marks);
  }

  /** Where the router's choice for every token lies after each block; null where nothing is routed. */
  get routing(): { group: GPUBuffer; weight: GPUBuffer } | null {
    const { group, weight } = this.#buffers;
    return this.#scope.branches.learnt ? { group, weight } : null;
  }

  /** Says where subjects are to be, as `markTokens` has it; before that they may be anywhere. */
  placeSubjects(marks: Float32Array<ArrayBuffer>): void {
    const { marks: told } = this.#weights;
    invariant(told, 'the model is not told where subjects are');
    for (const [i, { tokens }] of this.#scope.chunks.entries()) {
      const buffer = this.#marks[i];
      invariant(buffer, 'a chunk has no marks');
      const end = tokens.start + tokens.count;
      this.#scope.gpu.write(buffer, marks.subarray(tokens.start * told.inner, end * told.inner));
    }
    this.#told = marks;
    this.#weighAcross(marks);
  }

  /** Says how much other shots count for every token, by where subjects are to be. */
  #weighAcross(marks: Float32Array | null): void {
    const { gpu, config, geometry } = this.#scope;
    if (!weighsAcross(config)) return;
    const gains = gainsAcross(marks, geometry, config);
    gpu.write(this.#buffers.weight, gains, gains.byteLength);
  }

  /** Room for prompts of `rows` rows together; programs can be made before it is filled. */
  textContext(segments: SegmentList, rows: number): TextContext {
    const { gpu, config, geometry, chunks } = this.#scope;
    const guesses = this.#weights.sketch
      ? chunks.map(({ tokens }) => {
          const bytes = tokens.count * guessValues(config) * f32;
          return { guess: gpu.buffer('guesses', bytes), doubt: gpu.buffer('doubts', bytes) };
        })
      : [];
    return createTextContext(gpu, config, { segments, rows, tokens: geometry.tokens, guesses });
  }

  /**
   * Projects prompts to the keys and values of every block, and, where the model has a sketch, guesses tokens from them and
   * from where subjects are to be, which must have been said; neither depends on the timestep.
   */
  async fillText(
    context: TextContext,
    runner: Runner,
    text: EncodedText,
    signal?: AbortSignal,
  ): Promise<void> {
    const { gpu, config, geometry, chunks } = this.#scope;
    await fillTextContext(gpu, config, this.#weights, context, { runner, text, signal });
    const told = this.#told;
    const { sketch } = this.#weights;
    if (!sketch) return;
    invariant(told, 'a model that guesses is told where subjects are');
    const film = { geometry, chunks, told, text };
    await sketchFilm(gpu, runner, sketch, film, context.guesses, signal);
  }

  /**
   * The program of one forward pass at the timestep that `times` holds, in one of the phases that its attention has.
   * latent: [frames, height, width, channels]; velocity: [tokens, patchSize^2 * channels].
   */
  async forward(
    latent: GPUBuffer,
    text: TextContext,
    velocity: GPUBuffer,
    trace?: Trace,
    phase: AttentionPhase = 'fresh',
  ): Promise<Command[]> {
    const { gpu, config, chunks } = this.#scope;
    const { dim, eps } = config;
    const { x, h, patches } = this.#buffers;
    const filmBytes = this.geometry.tokens * dim * f32;
    const commands: Command[] = [await patchify(gpu, this.patchShape, { x: latent, y: patches })];
    for (const [i, chunk] of chunks.entries()) {
      const { tokens } = chunk;
      const rows = tokens.count;
      const a = rowsOf(patches, tokens, this.#weights.patch.inner);
      const y = rowsOf(x, tokens, dim);
      commands.push(await gemm(gpu, { a, y, rows, ...this.#weights.patch }));
      const marks = this.#marks[i];
      if (marks && this.#weights.marks) {
        commands.push(await gemm(gpu, { a: marks, y, rows, epilogue: 'add', ...this.#weights.marks }));
      }
      const guess = text.guesses[i];
      if (guess && this.#weights.sketch) {
        const { toTokens } = this.#weights.sketch;
        commands.push(await gemm(gpu, { a: guess.guess, y, rows, epilogue: 'add', ...toTokens }));
      }
      if (this.#detail) commands.push(...(await this.#detail.look(chunk, latent, y)));
    }
    const look: Look = (name, from, bytes) => {
      const command = trace?.(name, from, bytes);
      return command ? [command] : [];
    };
    commands.push(...look('tokens', x, filmBytes));

    for (const [index, block] of this.#weights.blocks.entries()) {
      commands.push(...this.#weights.load(index));
      commands.push(...(await blockCommands(this.#scope, { index, block, text, phase, look })));
    }

    const { shift, scale } = this.times.head;
    for (const [i, chunk] of chunks.entries()) {
      const { tokens } = chunk;
      const rows = tokens.count;
      const y = rowsOf(velocity, tokens, this.#weights.head.columns);
      commands.push(
        ...(await Promise.all([
          layerNorm(gpu, {
            x: rowsOf(x, tokens, dim),
            shift,
            scale,
            y: h,
            rows,
            width: dim,
            modulated: true,
            eps,
          }),
          gemm(gpu, { a: h, y, rows, ...this.#weights.head }),
        ])),
      );
      if (this.#detail) commands.push(...(await this.#detail.draw(chunk, latent, h, y)));
      const guess = text.guesses[i];
      if (guess) {
        const cut = rowsOf(patches, tokens, this.#weights.patch.inner);
        const shape = { tokens: rows, cells: detailCells(config.patch), channels: config.z };
        const { level } = this.times;
        commands.push(await fromGuess(gpu, { level, patches: cut, ...guess, velocity: y, ...shape }));
      }
    }
    return commands;
  }

  free(): void {
    const { gpu, rotations, branches } = this.#scope;
    gpu.free(...Object.values(this.#buffers), rotations, ...this.#marks);
    this.times.free();
    branches.free();
    this.#detail?.free();
  }
}
