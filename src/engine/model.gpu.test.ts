import { beforeAll, describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { loadModel, type Model } from './model.ts';
import { testGpu } from './testing/device.ts';
import { type PapercutFiles, papercutFiles, withHeader, withTensor } from './testing/papercut.ts';
import { type ByteSource, blobSource } from './weights/byteSource.ts';

const gpu = await testGpu();

let papercut: PapercutFiles;
beforeAll(async () => {
  papercut = await papercutFiles();
});

function load({ config, dit, ae }: PapercutFiles): Promise<Model> {
  const sources = { dit: blobSource('dit.safetensors', dit), ae: blobSource('ae.safetensors', ae) };
  return loadModel(gpu, config, sources);
}

/** Calls `onRead` before every read. */
function watched(source: ByteSource, onRead: () => void): ByteSource {
  return {
    ...source,
    read: (offset, length) => {
      onRead();
      return source.read(offset, length);
    },
  };
}

describe('loadModel', () => {
  it('puts the networks on the GPU and takes them off again', async () => {
    const before = gpu.bytes;
    const model = await load(papercut);
    // Weights are f16 in the files and f32 on the GPU.
    expect(gpu.bytes - before).toBeGreaterThan(papercut.dit.size);
    expect(model.dit.blocks).toHaveLength(8);
    expect(model.decoder).toMatchObject({
      kind: 'papercut',
      stages: [{ length: 2 }, { length: 1 }, { length: 2 }],
    });
    model.free();
    expect(gpu.bytes).toBe(before);
  });

  it('makes every buffer where the device is asked whether it had room, one such question at a time', async () => {
    const { device } = gpu;
    const { pushErrorScope, popErrorScope, createBuffer } = device;
    let depth = 0;
    let deepest = 0;
    const unasked: string[] = [];
    device.pushErrorScope = (filter) => {
      depth += 1;
      deepest = Math.max(deepest, depth);
      return pushErrorScope.call(device, filter);
    };
    device.popErrorScope = () => {
      depth -= 1;
      return popErrorScope.call(device);
    };
    device.createBuffer = (descriptor) => {
      if (depth === 0) unasked.push(descriptor.label ?? '');
      return createBuffer.call(device, descriptor);
    };
    try {
      (await load(papercut)).free();
    } finally {
      Object.assign(device, { pushErrorScope, popErrorScope, createBuffer });
    }
    expect(unasked).toEqual([]);
    // For memory, and for commands.
    expect([depth, deepest]).toEqual([0, 2]);
  });

  it.each([
    ['the text encoder', 0.1],
    ['the blocks', 0.6],
    ['the decoder', 0.98],
  ])('ends within a tensor when it is cancelled in %s, and leaves nothing on the GPU', async (_, share) => {
    const { config, dit, ae } = papercut;
    const before = gpu.bytes;
    let reads = 0;
    const readsOf = async (onRead: () => void, signal?: AbortSignal): Promise<Model> => {
      reads = 0;
      const count = () => {
        reads += 1;
        onRead();
      };
      const sources = {
        dit: watched(blobSource('dit', dit), count),
        ae: watched(blobSource('ae', ae), count),
      };
      return loadModel(gpu, config, sources, signal);
    };
    (await readsOf(() => undefined)).free();
    const last = Math.round(share * reads);
    const aborter = new AbortController();
    const cancelled = readsOf(() => {
      if (reads === last) aborter.abort();
    }, aborter.signal);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(reads).toBe(last);
    expect(gpu.bytes).toBe(before);
  });

  const nan = (bytes: Uint8Array): void => bytes.set([0x00, 0x7e], bytes.length - 2);
  const refusals: [string, (files: PapercutFiles) => Promise<Partial<PapercutFiles>>, RegExp][] = [
    [
      'a transformer without its last bias',
      async ({ dit }) => ({
        dit: await withHeader(dit, (header) => {
          delete header['head.head.bias'];
        }),
      }),
      /^The weight file dit\.safetensors .*lacks the tensor "head\.head\.bias"/,
    ],
    [
      'a text encoder without its last norm',
      async ({ dit }) => ({
        dit: await withHeader(dit, (header) => {
          delete header['text_encoder.norm.weight'];
        }),
      }),
      /^The weight file dit\.safetensors .*lacks the tensor "text_encoder\.norm\.weight"/,
    ],
    [
      'a router of another shape',
      async ({ dit }) => ({
        dit: await withHeader(dit, (header) => {
          header['blocks.5.self_attn.router.weight']?.shape.reverse();
        }),
      }),
      /"blocks\.5\.self_attn\.router\.weight" has the shape \[256, 4\] and not \[4, 256\]/,
    ],
    [
      'a convolution of another shape',
      async ({ ae }) => ({
        ae: await withHeader(ae, (header) => {
          header['decoder.conv_out.weight']?.shape.reverse();
        }),
      }),
      /^The weight file ae\.safetensors .*has the shape \[3, 3, 32, 48\] and not \[48, 32, 3, 3\]/,
    ],
    [
      'a transformer with a value that is not a number',
      async ({ dit }) => ({ dit: await withTensor(dit, 'blocks.7.modulation', nan) }),
      /"blocks\.7\.modulation" holds values that are not numbers/,
    ],
    [
      'a decoder with a value that is not a number',
      async ({ ae }) => ({ ae: await withTensor(ae, 'decoder.up2.conv.weight', nan) }),
      /"decoder\.up2\.conv\.weight" holds values that are not numbers/,
    ],
    [
      'a file that ends too early',
      async ({ ae }) => ({ ae: ae.slice(0, ae.size - 1) }),
      /^The weight file ae\.safetensors .*lies past the end of the file/,
    ],
    [
      'the weights of another model',
      async ({ config }) => ({ config: { ...config, dit: { ...config.dit, dim: 512 } } }),
      /has the shape \[.*256.*\] and not \[.*512.*\]/,
    ],
  ];

  it.each(refusals)(
    'refuses %s with one sentence, and leaves nothing on the GPU',
    async (_, change, what) => {
      const before = gpu.bytes;
      const refusal = load({ ...papercut, ...(await change(papercut)) });
      await expect(refusal).rejects.toBeInstanceOf(ShotweaveError);
      await expect(refusal).rejects.toMatchObject({
        code: 'weights-invalid',
        message: expect.stringMatching(/; get the file again, or choose another\.$/),
      });
      await expect(refusal).rejects.toThrow(what);
      expect(gpu.bytes).toBe(before);
    },
  );
});
