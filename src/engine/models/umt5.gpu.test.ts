import { describe, expect, it } from 'vitest';
import { umt5Inventory } from '../../model/checkpoint/umt5.ts';
import type { ModelConfig } from '../../model/config.ts';
import { relativeError } from '../golden/compare.ts';
import { integers } from '../golden/inputs.ts';
import { Runner } from '../gpu/runner.ts';
import { testGpu } from '../testing/device.ts';
import { hashedCheckpoint } from '../testing/hashedCheckpoint.ts';
import { fetchBytes } from '../testing/papercut.ts';
import { quantised } from '../testing/quantised.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import type { TensorSource } from '../weights/tensorSource.ts';
import type { PromptStore } from './promptCache.ts';
import type { EncodedText } from './textEncoder.ts';
import { StreamedTextEncoder } from './umt5.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

const fixtures: Record<string, string> = import.meta.glob('../golden/fixtures/wan/umt5.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});
const url = fixtures['../golden/fixtures/wan/umt5.safetensors'] ?? '';
const golden = await Safetensors.open(blobSource('umt5', await fetchBytes(url)));

const shape = { vocab: 97, dim: 64, inner: 64, heads: 4, layers: 3, ffn: 160, buckets: 32 };
const checkpoint = await hashedCheckpoint(umt5Inventory(shape));
const config: ModelConfig['text_encoder'] = {
  ...{ streamed: true, dim: 64, layers: 3, heads: 4, ffn: 160, vocab: 97, buckets: 32 },
  ...{ max_dist: 128, max_len: 512, pad: 0, unk: 3, eos: 1 },
};

const idsOf = async (name: string): Promise<Uint32Array> =>
  Uint32Array.from(await integers(golden, `${name}.ids`));

async function featuresOf({ features, rows }: EncodedText): Promise<Float32Array> {
  const values = new Float32Array(await gpu.read({ buffer: features, size: rows * config.dim * 4 }));
  gpu.free(features);
  return values;
}

/** A source that counts what is read from it. */
function counted(source: TensorSource): { source: TensorSource; rows: number[]; tensors: string[] } {
  const rows: number[] = [];
  const tensors: string[] = [];
  return {
    rows,
    tensors,
    source: {
      name: source.name,
      has: (name) => source.has(name),
      shape: (name) => source.shape(name),
      floats(name, wanted) {
        tensors.push(name);
        return source.floats(name, wanted);
      },
      rows(name, first, count) {
        for (let i = 0; i < count; i++) rows.push(first + i);
        return source.rows(name, first, count);
      },
      storedType: (name) => source.storedType(name),
      stored(name, wanted, run) {
        tensors.push(name);
        return source.stored(name, wanted, run);
      },
    },
  };
}

function memoryStore(): PromptStore & { kept: Map<string, Float32Array<ArrayBuffer>> } {
  const kept = new Map<string, Float32Array<ArrayBuffer>>();
  return {
    kept,
    read: async (key) => kept.get(key) ?? null,
    write: async (key, features) => {
      kept.set(key, features);
    },
  };
}

describe('StreamedTextEncoder', () => {
  it("encodes prompts as Wan's own code does with padding to 512 rows", async () => {
    const encoder = await StreamedTextEncoder.open(config, checkpoint, null, 'f32');
    for (const name of ['short', 'empty']) {
      const ours = await featuresOf(await encoder.encode(gpu, runner, [await idsOf(name)]));
      expect(relativeError(ours, await golden.floats(`${name}.features`))).toBeLessThan(1e-5);
    }
  });

  // Measured: 2.0e-2. Scores are not divided by the root of their width here, and hashed weights make them large.
  it('differs by less than 3e-2 with layers in int8', async () => {
    const encoder = await StreamedTextEncoder.open(config, quantised(checkpoint, 'int8'), null, 'f32');
    const ours = await featuresOf(await encoder.encode(gpu, runner, [await idsOf('short')]));
    const error = relativeError(ours, await golden.floats('short.features'));
    expect(error).toBeLessThan(3e-2);
    expect(error).toBeGreaterThan(3e-3);
  });

  it('encodes several prompts together, one of them twice, each as by itself', async () => {
    const order = ['short', 'long', 'empty', 'short'];
    const prompts = await Promise.all(order.map(idsOf));
    // In f16, as they are kept unless the person wants fewer bits. Measured: 9.8e-4.
    const encoder = await StreamedTextEncoder.open(config, checkpoint);
    const encoded = await encoder.encode(gpu, runner, prompts);
    expect(encoded.lengths).toEqual([9, 150, 1, 9]);
    const ours = await featuresOf(encoded);
    let at = 0;
    for (const name of order) {
      const reference = await golden.floats(`${name}.features`);
      expect(relativeError(ours.subarray(at, at + reference.length), reference)).toBeLessThan(2e-3);
      at += reference.length;
    }
    expect(at).toBe(ours.length);
  });

  it('reads each layer once for all prompts, and of the table only the words that occur', async () => {
    const { source, rows, tensors } = counted(checkpoint);
    const encoder = await StreamedTextEncoder.open(config, source);
    tensors.length = 0;
    const prompts = [await idsOf('long'), await idsOf('short')];
    await encoder.prepare(gpu, runner, prompts);
    const words = new Set(prompts.flatMap((ids) => [...ids]));
    expect(rows.sort((a, b) => a - b)).toEqual([...words].sort((a, b) => a - b));
    expect(tensors).not.toContain('token_embedding.weight');
    expect(tensors).toHaveLength(new Set(tensors).size);
    expect(tensors.filter((name) => name.startsWith('blocks.2.'))).toHaveLength(10);

    await featuresOf(await encoder.encode(gpu, runner, prompts.reverse()));
    expect(tensors).toHaveLength(new Set(tensors).size);
  });

  it('takes what a store has kept, and does not believe it when it has another length', async () => {
    const store = memoryStore();
    const ids = await idsOf('short');
    await (await StreamedTextEncoder.open(config, checkpoint, store)).prepare(gpu, runner, [ids]);
    const [key] = store.kept.keys();
    expect(key).toMatch(/^[0-9a-f]{64}$/);

    const marked = new Float32Array(9 * 64).fill(7);
    store.kept.set(key ?? '', marked);
    const again = await StreamedTextEncoder.open(config, checkpoint, store);
    expect(await featuresOf(await again.encode(gpu, runner, [ids]))).toEqual(marked);

    store.kept.set(key ?? '', marked.subarray(64));
    const careful = await StreamedTextEncoder.open(config, checkpoint, store);
    const ours = await featuresOf(await careful.encode(gpu, runner, [ids]));
    expect(relativeError(ours, await golden.floats('short.features'))).toBeLessThan(2e-3);
  });

  it('does not take what another encoder has made', async () => {
    const store = memoryStore();
    const ids = await idsOf('short');
    await (await StreamedTextEncoder.open(config, checkpoint, store)).prepare(gpu, runner, [ids]);
    const { source } = counted(checkpoint);
    const other: TensorSource = {
      ...source,
      floats: async (name, wanted) =>
        (await source.floats(name, wanted)).map((value) => (name === 'norm.weight' ? 2 * value : value)),
    };
    const ours = await featuresOf(
      await (await StreamedTextEncoder.open(config, other, store)).encode(gpu, runner, [ids]),
    );
    const doubled = (await golden.floats('short.features')).map((value) => 2 * value);
    expect(relativeError(ours, doubled)).toBeLessThan(2e-3);
    expect(store.kept.size).toBe(2);
  });

  it('holds two layers at most on the GPU, and nothing afterwards', async () => {
    const encoder = await StreamedTextEncoder.open(config, checkpoint);
    const before = gpu.bytes;
    gpu.resetPeak();
    await encoder.prepare(gpu, runner, [await idsOf('empty')]);
    const layer = 2 * (4 * 64 * 64 + 3 * 64 * 160);
    expect(gpu.peakBytes - before).toBeGreaterThan(layer);
    expect(gpu.peakBytes - before).toBeLessThan(3 * layer);
    expect(gpu.bytes).toBe(before);
  });

  it.each([
    ['in the first layer', 'blocks.0.attn.k.weight'],
    ['in a later one', 'blocks.2.ffn.fc1.weight'],
  ])('tells of a tensor that is missing %s, and leaves nothing on the GPU', async (_, missing) => {
    const inventory = new Map(umt5Inventory(shape));
    inventory.delete(missing);
    const encoder = await StreamedTextEncoder.open(config, await hashedCheckpoint(inventory));
    const before = gpu.bytes;
    await expect(encoder.prepare(gpu, runner, [await idsOf('short')])).rejects.toMatchObject({
      code: 'weights-invalid',
      message: expect.stringContaining(missing),
    });
    expect(gpu.bytes).toBe(before);
  });

  it('stops when it is cancelled', async () => {
    const encoder = await StreamedTextEncoder.open(config, checkpoint);
    const before = gpu.bytes;
    const stopped = AbortSignal.abort();
    await expect(encoder.prepare(gpu, runner, [await idsOf('long')], stopped)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(gpu.bytes).toBe(before);
  });
});
