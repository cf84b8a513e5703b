import { describe, expect, it } from 'vitest';
import { Runner } from '../gpu/runner.ts';
import { testGpu } from '../testing/device.ts';
import { hashedTensors } from '../testing/hashed.ts';
import { smallWanConfig } from '../testing/wanForward.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import { loadDitWeights } from './ditWeights.ts';

const gpu = await testGpu();
const config = smallWanConfig({ dim: 128, ffn: 128, heads: 1, layers: 5, text_len: 2, text_dim: 8 });
const bias = 'self_attn.q.bias';

/** A checkpoint that tells which blocks are read, and fails where it is told to. */
function watched(): { file: TensorSource; reads: number[]; fail: { block: number | null } } {
  const hashed = hashedTensors();
  const reads: number[] = [];
  const fail: { block: number | null } = { block: null };
  const file: TensorSource = {
    ...hashed,
    floats: async (name, shape) => {
      const block = Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? -1);
      if (name.endsWith('self_attn.q.weight')) reads.push(block);
      if (block === fail.block && !name.endsWith('modulation')) throw new Error('no disk');
      return hashed.floats(name, shape);
    },
  };
  return { file, reads, fail };
}

/** Loads a block as a program does, and gives what its buffers hold then. */
async function load(
  weights: Awaited<ReturnType<typeof loadDitWeights>>,
  block: number,
): Promise<Float32Array> {
  await new Runner(gpu).run(weights.load(block));
  const buffer = weights.blocks[block]?.self.q.bias;
  return buffer ? new Float32Array(await gpu.read(buffer)) : new Float32Array();
}

const expected = (block: number): Promise<Float32Array> =>
  hashedTensors().floats(`blocks.${block}.${bias}`, [config.dim]);

describe('streamed blocks', () => {
  it('are read once for every time that a pass needs them, one ahead', async () => {
    const { file, reads } = watched();
    const weights = await loadDitWeights(gpu, config, file, 'streamed');
    expect(reads).toEqual([0, 1]);
    for (const block of [0, 1, 2, 3, 4, 0, 1])
      expect(await load(weights, block)).toEqual(await expected(block));
    // The last block shares its buffers with the first, which cannot be read ahead there.
    expect(reads).toEqual([0, 1, 2, 3, 4, 0, 1, 2]);
  });

  it('can be asked for in any order, as after a cancelled pass', async () => {
    const { file } = watched();
    const weights = await loadDitWeights(gpu, config, file, 'streamed');
    for (const block of [0, 1, 2, 0, 4, 3, 3])
      expect(await load(weights, block)).toEqual(await expected(block));
  });

  it('tell of a fault when the block is needed, and are read again after it', async () => {
    const { file, fail } = watched();
    const weights = await loadDitWeights(gpu, config, file, 'streamed');
    fail.block = 2;
    expect(await load(weights, 1)).toEqual(await expected(1));
    await expect(load(weights, 2)).rejects.toThrow('no disk');
    fail.block = null;
    for (const block of [0, 1, 2, 3]) expect(await load(weights, block)).toEqual(await expected(block));
  });

  it('take the room of two, and may be freed while one is read', async () => {
    const { file } = watched();
    const resident = gpu.scope();
    await loadDitWeights(resident, config, hashedTensors());
    const streamed = gpu.scope();
    const weights = await loadDitWeights(streamed, config, file, 'streamed');
    expect(streamed.bytes).toBeLessThan(0.6 * resident.bytes);
    await new Runner(gpu).run(weights.load(1));
    streamed.freeAll();
    resident.freeAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
