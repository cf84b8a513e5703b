import { invariant } from '../../lib/errors.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { AttentionPhase } from '../../plan/routing.ts';
import type { Chunk, FilmGeometry } from '../../plan/types.ts';
import type { Gpu, View } from '../gpu/gpu.ts';
import type { Command } from '../gpu/runner.ts';
import { attention } from '../kernels/attention.ts';
import { addRows } from '../kernels/elementwise.ts';
import { gemm } from '../kernels/gemm.ts';
import type { PatchShape } from '../kernels/latent.ts';
import { layerNorm, qkNorm } from '../kernels/norm.ts';
import type { BlockWeights } from './blockWeights.ts';
import { attendInFilm, type Branches, routingOf } from './branches.ts';
import type { TextContext } from './textContext.ts';
import type { TimeEmbeddings } from './timeEmbedding.ts';

const f32 = 4;

/** What the blocks of a film share; their tokens are x [tokens, dim]. */
export interface BlockScope {
  gpu: Gpu;
  config: ModelConfig['dit'];
  geometry: FilmGeometry;
  grid: PatchShape['grid'];
  chunks: readonly Chunk[];
  buffers: Record<'x' | 'q' | 'k' | 'v' | 'attended' | 'group' | 'h' | 'hidden', GPUBuffer>;
  rotations: GPUBuffer;
  branches: Branches;
  times: TimeEmbeddings;
}

/** What a block is run with. */
export interface BlockPass {
  index: number;
  block: BlockWeights;
  text: TextContext;
  phase: AttentionPhase;
  look: Look;
}

/** Commands that look at an inner tensor: its name, and where it lies when the program reaches that point. */
export type Look = (name: string, from: GPUBuffer, bytes: number) => Command[];

/** Rows of a chunk in a buffer whose rows are `width` values of four bytes. */
export function rowsOf(buffer: GPUBuffer, tokens: { start: number; count: number }, width: number): View {
  return { buffer, offset: tokens.start * width * f32, size: tokens.count * width * f32 };
}

/** One block of the transformer: attention within the film, attention to prompts, feed-forward; x is changed in place. */
export async function blockCommands(scope: BlockScope, pass: BlockPass): Promise<Command[]> {
  const { buffers, branches, geometry } = scope;
  const { index, look } = pass;
  const filmBytes = geometry.tokens * scope.config.dim * f32;
  return [
    ...(await selfAttention(scope, pass)),
    ...(branches.learnt ? look(`group${index}`, buffers.group, geometry.tokens * 4) : []),
    ...(await crossAttention(scope, pass)),
    ...(await feedForward(scope, pass)),
    ...look(`block${index}`, buffers.x, filmBytes),
  ];
}

async function selfAttention(
  scope: BlockScope,
  { index, block, phase, look }: BlockPass,
): Promise<Command[]> {
  const { gpu, chunks, branches, grid } = scope;
  const { dim, heads, eps } = scope.config;
  const { x, h, q, k, v, attended } = scope.buffers;
  const routing = routingOf(branches, index, phase);
  const headSize = dim / heads;
  const { shift, scale, gate } = scope.times.block(index).attention;
  const commands: Command[] = [];
  for (const { tokens } of chunks) {
    const rows = tokens.count;
    const part = (buffer: GPUBuffer): View => rowsOf(buffer, tokens, dim);
    const rope = { table: scope.rotations, grid, firstRow: tokens.start };
    commands.push(
      ...(await Promise.all([
        layerNorm(gpu, { x: part(x), shift, scale, y: h, rows, width: dim, modulated: true, eps }),
        gemm(gpu, { a: h, y: part(q), rows, ...block.self.q }),
        qkNorm(gpu, { x: part(q), weight: block.self.normQ, rows, heads, headSize, eps, rope }),
        gemm(gpu, { a: h, y: part(k), rows, ...block.self.k }),
        qkNorm(gpu, { x: part(k), weight: block.self.normK, rows, heads, headSize, eps, rope }),
        gemm(gpu, { a: h, y: part(v), rows, ...block.self.v }),
      ])),
    );
    if (routing) commands.push(...(await routing.look(block, h, tokens)));
  }
  const filmBytes = scope.geometry.tokens * dim * f32;
  for (const [name, from] of Object.entries({ q, k, v })) {
    commands.push(...look(`${name}${index}`, from, filmBytes));
  }
  const film = { q, k, v, out: attended, heads, headSize, maxFlops: gpu.traits.dispatchFlops };
  commands.push(...(await attendInFilm(gpu, branches, film, index, phase)));
  commands.push(...look(`attended${index}`, attended, filmBytes));
  for (const { tokens } of chunks) {
    const a = rowsOf(attended, tokens, dim);
    const y = rowsOf(x, tokens, dim);
    commands.push(await gemm(gpu, { a, y, rows: tokens.count, epilogue: 'gatedAdd', gate, ...block.self.o }));
  }
  return commands;
}

async function crossAttention(scope: BlockScope, { index, block, text }: BlockPass): Promise<Command[]> {
  const { gpu, chunks } = scope;
  const { dim, heads, eps } = scope.config;
  const { x, h, q, attended } = scope.buffers;
  const headSize = dim / heads;
  const k = text.keys[index];
  const v = text.values[index];
  invariant(k && v, 'a block has no text buffers');
  if (text.oneRow) {
    // The softmax over one key is 1 whatever the query: every token gets the same value, projected once.
    return [
      await gemm(gpu, { a: v, y: attended, rows: 1, ...block.cross.o }),
      await addRows(gpu, { b: attended, y: x, rows: scope.geometry.tokens, width: dim }),
    ];
  }
  const commands: Command[] = [];
  const { weight: scale, bias: shift } = block.norm3;
  for (const { tokens } of chunks) {
    const rows = tokens.count;
    const part = (buffer: GPUBuffer): View => rowsOf(buffer, tokens, dim);
    commands.push(
      ...(await Promise.all([
        layerNorm(gpu, { x: part(x), shift, scale, y: h, rows, width: dim, modulated: false, eps }),
        gemm(gpu, { a: h, y: part(q), rows, ...block.cross.q }),
        qkNorm(gpu, { x: part(q), weight: block.cross.normQ, rows, heads, headSize, eps }),
      ])),
    );
  }
  const { list } = text;
  const maxFlops = gpu.traits.dispatchFlops;
  const label = 'cross attention';
  commands.push(
    ...(await attention(gpu, { q, k, v, list, out: attended, heads, headSize, maxFlops, label })),
  );
  for (const { tokens } of chunks) {
    const a = rowsOf(attended, tokens, dim);
    const y = rowsOf(x, tokens, dim);
    commands.push(await gemm(gpu, { a, y, rows: tokens.count, epilogue: 'add', ...block.cross.o }));
  }
  return commands;
}

async function feedForward(scope: BlockScope, { index, block }: BlockPass): Promise<Command[]> {
  const { gpu, chunks } = scope;
  const { dim, eps } = scope.config;
  const { x, h, hidden } = scope.buffers;
  const { shift, scale, gate } = scope.times.block(index).feedForward;
  const commands: Command[] = [];
  for (const { tokens } of chunks) {
    const rows = tokens.count;
    const part = rowsOf(x, tokens, dim);
    commands.push(
      ...(await Promise.all([
        layerNorm(gpu, { x: part, shift, scale, y: h, rows, width: dim, modulated: true, eps }),
        gemm(gpu, { a: h, y: hidden, rows, epilogue: 'gelu', ...block.ffnIn }),
        gemm(gpu, { a: hidden, y: part, rows, epilogue: 'gatedAdd', gate, ...block.ffnOut }),
      ])),
    );
  }
  return commands;
}
