import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import { type DitBuffers, ditBuffers } from '../../plan/memory.ts';
import type { AttentionPhase } from '../../plan/routing.ts';
import type { Chunk, FilmGeometry, SegmentList } from '../../plan/types.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command, Runner } from '../gpu/runner.ts';
import { attention } from '../kernels/attention.ts';
import { addRows } from '../kernels/elementwise.ts';
import { type Epilogue, gemm } from '../kernels/gemm.ts';
import { type PatchShape, patchify } from '../kernels/latent.ts';
import { layerNorm, qkNorm, rotaryTable } from '../kernels/norm.ts';
import type { Linear } from '../weights/gpuWeights.ts';
import type { BlockWeights } from './blockWeights.ts';
import { type AttentionMode, attendInFilm, type Branches, makeBranches, routingOf } from './branches.ts';
import { Detail, type DetailBuffers } from './detail.ts';
import type { DitWeights } from './ditWeights.ts';
import { createTextContext, fillTextContext, type TextContext } from './textContext.ts';
import type { EncodedText } from './textEncoder.ts';
import { TimeEmbeddings } from './timeEmbedding.ts';

const f32 = 4;

/** Gives a command that looks at an inner tensor, if it wants to: the name and where it lies when the program reaches that point. */
export type Trace = (name: string, from: GPUBuffer, bytes: number) => Command | null;

/** What every film needs; the convolutions over cells have buffers of their own. */
type Buffers = Record<Exclude<keyof DitBuffers, keyof DetailBuffers | 'marks'>, GPUBuffer>;

/** A trace's commands, ready to be put into a program. */
type Look = (name: string, from: GPUBuffer, bytes: number) => Command[];

/**
 * The diffusion transformer set up for one film: activation buffers, attention lists, and the programs of a
 * forward pass. Shapes: N tokens, `dim` wide; rows are ordered (latent frame, grid row, grid column).
 */
export class Dit {
  readonly geometry: FilmGeometry;
  readonly patchShape: PatchShape;
  readonly times: TimeEmbeddings;
  readonly #gpu: Gpu;
  readonly #config: ModelConfig['dit'];
  readonly #weights: DitWeights;
  readonly #chunks: readonly Chunk[];
  readonly #buffers: Buffers;
  readonly #rotations: GPUBuffer;
  readonly #branches: Branches;
  readonly #detail: Detail | null;
  /** What tokens of every chunk are told of marks [chunk, patchSize^2]: rows too short to be bound from within a buffer. */
  readonly #marks: readonly GPUBuffer[];

  private constructor(
    gpu: Gpu,
    config: ModelConfig['dit'],
    weights: DitWeights,
    geometry: FilmGeometry,
    chunks: readonly Chunk[],
    branches: Branches,
    buffers: Buffers,
    detail: Detail | null,
    marks: readonly GPUBuffer[],
  ) {
    this.#gpu = gpu;
    this.#config = config;
    this.#weights = weights;
    this.geometry = geometry;
    this.#chunks = chunks;
    this.#branches = branches;
    this.#buffers = buffers;
    this.#detail = detail;
    this.#marks = marks;
    this.patchShape = {
      grid: { frames: geometry.latent.frames, ...geometry.grid },
      channels: config.z,
      patchSize: config.patch[1],
    };
    this.#rotations = gpu.upload('rotations', rotaryTable(this.patchShape.grid, config.dim / config.heads));
    this.times = new TimeEmbeddings(gpu, config, weights);
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
    return new Dit(gpu, config, weights, geometry, chunks, branches, buffers, detail, marks);
  }

  /** Where the router's choice for every token lies after each block; null where nothing is routed. */
  get routing(): { group: GPUBuffer; weight: GPUBuffer } | null {
    const { group, weight } = this.#buffers;
    return this.#branches.learnt ? { group, weight } : null;
  }

  /** Says where subjects are to be, as `markTokens` has it; before that they may be anywhere. */
  placeSubjects(marks: Float32Array<ArrayBuffer>): void {
    const { marks: told } = this.#weights;
    invariant(told, 'the model is not told where subjects are');
    for (const [i, { tokens }] of this.#chunks.entries()) {
      const buffer = this.#marks[i];
      invariant(buffer, 'a chunk has no marks');
      const end = tokens.start + tokens.count;
      this.#gpu.write(buffer, marks.subarray(tokens.start * told.inner, end * told.inner));
    }
  }

  /** Room for prompts of `rows` rows together; programs can be made before it is filled. */
  textContext(segments: SegmentList, rows: number): TextContext {
    return createTextContext(this.#gpu, this.#config, { segments, rows, tokens: this.geometry.tokens });
  }

  /** Projects prompts to the keys and values of every block; they do not depend on the timestep. */
  fillText(context: TextContext, runner: Runner, text: EncodedText, signal?: AbortSignal): Promise<void> {
    return fillTextContext(this.#gpu, this.#config, this.#weights, context, { runner, text, signal });
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
    const gpu = this.#gpu;
    const { dim, eps } = this.#config;
    const { x, h, patches } = this.#buffers;
    const filmBytes = this.geometry.tokens * dim * f32;
    const commands: Command[] = [await patchify(gpu, this.patchShape, { x: latent, y: patches })];
    for (const [i, chunk] of this.#chunks.entries()) {
      const { tokens } = chunk;
      const a = this.#rows(patches, tokens, this.#weights.patch.inner);
      const y = this.#rows(x, tokens, dim);
      commands.push(await this.#project(a, this.#weights.patch, y, tokens.count));
      const marks = this.#marks[i];
      if (marks && this.#weights.marks) {
        commands.push(await this.#project(marks, this.#weights.marks, y, tokens.count, 'add'));
      }
      if (this.#detail) commands.push(...(await this.#detail.look(chunk, latent, y)));
    }
    const look: Look = (name, from, bytes) => {
      const command = trace?.(name, from, bytes);
      return command ? [command] : [];
    };
    commands.push(...look('tokens', x, filmBytes));

    for (const [i, block] of this.#weights.blocks.entries()) {
      commands.push(...this.#weights.load(i));
      commands.push(...(await this.#selfAttention(i, block, phase, look)));
      if (this.#branches.learnt) {
        commands.push(...look(`group${i}`, this.#buffers.group, this.geometry.tokens * 4));
      }
      commands.push(...(await this.#crossAttention(i, block, text)));
      commands.push(...(await this.#feedForward(i, block)));
      commands.push(...look(`block${i}`, x, filmBytes));
    }

    const { head } = this.times;
    for (const chunk of this.#chunks) {
      const { tokens } = chunk;
      const y = this.#rows(velocity, tokens, this.#weights.head.columns);
      commands.push(
        ...(await Promise.all([
          layerNorm(gpu, {
            x: this.#rows(x, tokens, dim),
            shift: head.shift,
            scale: head.scale,
            y: h,
            rows: tokens.count,
            width: dim,
            modulated: true,
            eps,
          }),
          this.#project(h, this.#weights.head, y, tokens.count),
        ])),
      );
      if (this.#detail) commands.push(...(await this.#detail.draw(chunk, latent, h, y)));
    }
    return commands;
  }

  free(): void {
    this.#gpu.free(...Object.values(this.#buffers), this.#rotations);
    this.times.free();
    this.#branches.free();
    this.#detail?.free();
    this.#gpu.free(...this.#marks);
  }

  async #selfAttention(
    index: number,
    block: BlockWeights,
    phase: AttentionPhase,
    look: Look,
  ): Promise<Command[]> {
    const gpu = this.#gpu;
    const { dim, heads, eps } = this.#config;
    const { x, h, q, k, v, attended } = this.#buffers;
    const routing = routingOf(this.#branches, index, phase);
    const headSize = dim / heads;
    const { shift, scale, gate } = this.times.block(index).attention;
    const { grid } = this.patchShape;
    const commands: Command[] = [];
    for (const { tokens } of this.#chunks) {
      const rows = tokens.count;
      const part = (buffer: GPUBuffer): View => this.#rows(buffer, tokens, dim);
      const rope = { table: this.#rotations, grid, firstRow: tokens.start };
      commands.push(
        ...(await Promise.all([
          layerNorm(gpu, { x: part(x), shift, scale, y: h, rows, width: dim, modulated: true, eps }),
          this.#project(h, block.self.q, part(q), rows),
          qkNorm(gpu, { x: part(q), weight: block.self.normQ, rows, heads, headSize, eps, rope }),
          this.#project(h, block.self.k, part(k), rows),
          qkNorm(gpu, { x: part(k), weight: block.self.normK, rows, heads, headSize, eps, rope }),
          this.#project(h, block.self.v, part(v), rows),
        ])),
      );
      if (routing) commands.push(...(await routing.look(block, h, tokens)));
    }
    const filmBytes = this.geometry.tokens * dim * f32;
    for (const [name, from] of Object.entries({ q, k, v })) {
      commands.push(...look(`${name}${index}`, from, filmBytes));
    }
    const film = { q, k, v, out: attended, heads, headSize, maxFlops: gpu.traits.dispatchFlops };
    commands.push(...(await attendInFilm(gpu, this.#branches, film, index, phase)));
    commands.push(...look(`attended${index}`, attended, filmBytes));
    for (const { tokens } of this.#chunks) {
      const a = this.#rows(attended, tokens, dim);
      commands.push(
        await this.#project(a, block.self.o, this.#rows(x, tokens, dim), tokens.count, 'gatedAdd', gate),
      );
    }
    return commands;
  }

  async #crossAttention(index: number, block: BlockWeights, text: TextContext): Promise<Command[]> {
    const gpu = this.#gpu;
    const { dim, heads, eps } = this.#config;
    const { x, h, q, attended } = this.#buffers;
    const headSize = dim / heads;
    const k = text.keys[index];
    const v = text.values[index];
    invariant(k && v, 'a block has no text buffers');
    if (text.oneRow) {
      // The softmax over one key is 1 whatever the query: every token gets the same value, projected once.
      return [
        await this.#project(v, block.cross.o, attended, 1),
        await addRows(gpu, { b: attended, y: x, rows: this.geometry.tokens, width: dim }),
      ];
    }
    const commands: Command[] = [];
    for (const { tokens } of this.#chunks) {
      const rows = tokens.count;
      const { weight: scale, bias: shift } = block.norm3;
      commands.push(
        ...(await Promise.all([
          layerNorm(gpu, {
            x: this.#rows(x, tokens, dim),
            shift,
            scale,
            y: h,
            rows,
            width: dim,
            modulated: false,
            eps,
          }),
          this.#project(h, block.cross.q, this.#rows(q, tokens, dim), rows),
          qkNorm(gpu, {
            x: this.#rows(q, tokens, dim),
            weight: block.cross.normQ,
            rows,
            heads,
            headSize,
            eps,
          }),
        ])),
      );
    }
    const { list } = text;
    const maxFlops = gpu.traits.dispatchFlops;
    commands.push(
      ...(await attention(gpu, {
        q,
        k,
        v,
        list,
        out: attended,
        heads,
        headSize,
        maxFlops,
        label: 'cross attention',
      })),
    );
    for (const { tokens } of this.#chunks) {
      const a = this.#rows(attended, tokens, dim);
      commands.push(await this.#project(a, block.cross.o, this.#rows(x, tokens, dim), tokens.count, 'add'));
    }
    return commands;
  }

  async #feedForward(index: number, block: BlockWeights): Promise<Command[]> {
    const gpu = this.#gpu;
    const { dim, eps } = this.#config;
    const { x, h, hidden } = this.#buffers;
    const { shift, scale, gate } = this.times.block(index).feedForward;
    const commands: Command[] = [];
    for (const { tokens } of this.#chunks) {
      const rows = tokens.count;
      const part = this.#rows(x, tokens, dim);
      commands.push(
        ...(await Promise.all([
          layerNorm(gpu, { x: part, shift, scale, y: h, rows, width: dim, modulated: true, eps }),
          this.#project(h, block.ffnIn, hidden, rows, 'gelu'),
          this.#project(hidden, block.ffnOut, part, rows, 'gatedAdd', gate),
        ])),
      );
    }
    return commands;
  }

  #project(
    a: View | GPUBuffer,
    linear: Linear,
    y: View | GPUBuffer,
    rows: number,
    epilogue: Epilogue = 'none',
    gate?: View,
  ): Promise<Command> {
    const { w, bias, columns, inner } = linear;
    return gemm(this.#gpu, { a, w, bias, y, rows, columns, inner, epilogue, ...(gate ? { gate } : {}) });
  }

  /** Rows of a chunk in a buffer whose rows are `width` values of four bytes. */
  #rows(buffer: GPUBuffer, tokens: { start: number; count: number }, width: number): View {
    return { buffer, offset: tokens.start * width * f32, size: tokens.count * width * f32 };
  }
}
