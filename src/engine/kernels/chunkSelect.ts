import tgpu, { d } from 'typegpu';
import selectSource from '../../../shaders/chunk_select.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

type Buffer = View | GPUBuffer;

const words = d.arrayOf(d.u32);
const vectors = d.arrayOf(d.vec4f);

const Params = d.struct({ heads: d.u32, tokens: d.u32, tiles: d.u32, chunks: d.u32, listTiles: d.u32 });
const kernel: KernelSource = {
  name: 'chunk_select',
  wgsl: selectSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    q: { storage: vectors },
    k: { storage: vectors },
    tiles: { storage: words },
    chunks: { storage: words },
    list: { storage: words, access: 'mutable' },
  }),
};

export interface ChunkSelectArguments {
  /** Mean queries of the tiles [heads, tiles, headSize], mean keys of the chunks [heads, chunks, headSize]. */
  q: Buffer;
  k: Buffer;
  /** [tiles, 8] and [chunks, 2] u32, as chunk_select.wgsl reads them. */
  tiles: Buffer;
  chunks: Buffer;
  /** Attention list whose tiles are there but for their runs, `listTiles` for each head. */
  list: Buffer;
  heads: number;
  headSize: number;
  tokens: number;
  tileCount: number;
  chunkCount: number;
  listTiles: number;
  /** Chunks that a tile keeps, at most. */
  top: number;
}

/** Writes the runs that each tile of queries attends to into an attention list. */
export function chunkSelect(gpu: Gpu, args: ChunkSelectArguments): Promise<Dispatch> {
  const { q, k, tiles, chunks, list, heads, headSize, tokens, tileCount, chunkCount, listTiles, top } = args;
  const params = gpu.uniform('chunk select params', Params, {
    heads,
    tokens,
    tiles: tileCount,
    chunks: chunkCount,
    listTiles,
  });
  const items = heads * tileCount;
  return gpu.dispatch(
    kernel,
    { D4: headSize / 4, TOP: top },
    { params, q, k, tiles, chunks, list },
    Math.ceil(items / 16),
    2 * items * chunkCount * headSize,
  );
}
