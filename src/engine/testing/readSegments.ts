import type { Run, SegmentList } from '../../plan/types.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { TileList } from '../kernels/attention.ts';

/** The segments of an attention list that was made on the GPU: one a tile. */
export async function readSegments(gpu: Gpu, list: TileList, rows: number): Promise<SegmentList> {
  const wordsOf = async (buffer: GPUBuffer): Promise<Uint32Array> => new Uint32Array(await gpu.read(buffer));
  const words = await wordsOf(list.list);
  const [tiles = 0, runsAt = 0] = words;
  const run = (at: number): Run => ({ start: words[at] ?? 0, count: words[at + 1] ?? 0 });
  return {
    queryRows: (await wordsOf(list.queryRows)).subarray(0, rows),
    keyRows: (await wordsOf(list.keyRows)).subarray(0, rows),
    segments: Array.from({ length: tiles }, (_, tile) => {
      const at = 4 + 4 * tile;
      const [firstRun = 0, runs = 0] = words.subarray(at + 2, at + 4);
      return {
        queries: run(at),
        keys: Array.from({ length: runs }, (_, r) => run(runsAt + 2 * (firstRun + r))),
      };
    }),
  };
}
