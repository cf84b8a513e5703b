import { describe, expect, it } from 'vitest';
import { ditInventory } from '../../model/checkpoint/dit.ts';
import type { Inventory } from '../../model/checkpoint/table.ts';
import { taehvInventory } from '../../model/checkpoint/taehv.ts';
import { umt5Inventory } from '../../model/checkpoint/umt5.ts';
import { vaeInventory } from '../../model/checkpoint/vae.ts';
import { onePart, tensorsOf } from '../testing/checkpointFiles.ts';
import {
  ditLayouts,
  exactWeights,
  smallDit,
  smallTaehv,
  smallUmt5,
  smallVae,
  taehvLayouts,
  umt5Layouts,
  vaeLayouts,
  type WrittenFile,
} from '../testing/randomCheckpoint.ts';

import { packStored } from './packStored.ts';
import { unpackMatrix } from './storedMatrix.ts';

/** Half the step of fp8 next to zero. */
const plainFloat8Error = 2 ** -4;

async function expectTensors(
  files: WrittenFile[],
  inventory: Inventory,
  salt: string,
  error = 0,
): Promise<void> {
  const source = tensorsOf((await onePart(files)).part);
  for (const [name, shape] of inventory) {
    const expected = exactWeights(salt + name, shape);
    const actual = await source.floats(name, shape);
    expect(actual.length, name).toBe(expected.length);
    const worst = actual.findIndex(
      (value, i) =>
        !(Math.abs(value - (expected[i] ?? 0)) <= error * Math.abs(expected[i] ?? 0) + error / 64),
    );
    expect(worst, `${name}: first value that differs`).toBe(-1);
  }
}

describe('a transformer', () => {
  it.each(Object.entries(ditLayouts))('laid out as %s has the same tensors', async (layout, files) => {
    const { part } = await onePart(files(smallDit));
    expect(part.recognised).toMatchObject({ kind: 'dit', shape: smallDit });
    const error = layout.includes('plain fp8') ? plainFloat8Error : 0;
    await expectTensors(files(smallDit), ditInventory(smallDit), '', error);
  });

  it('has the same matrices in f16 on the GPU from every layout, to the bit', async () => {
    const name = 'blocks.1.ffn.2.weight';
    const shape = [smallDit.dim, smallDit.ffn] as const;
    for (const [layout, files] of Object.entries(ditLayouts)) {
      if (layout.includes('plain fp8')) continue;
      const source = tensorsOf((await onePart(files(smallDit))).part);
      const packed = packStored(await source.stored(name, shape), ...shape, 'f16');
      const values = packed && unpackMatrix(packed, ...shape, 'f16');
      const expected = exactWeights(name, shape);
      expect(values?.findIndex((value, i) => value !== expected[i])).toBe(-1);
    }
  });

  it('tells how it is stored', async () => {
    const precisionOf = async (layout: string) =>
      (await onePart(ditLayouts[layout]?.(smallDit) ?? [])).part.recognised.precision;
    expect(await precisionOf('original, bf16')).toBe('BF16');
    expect(await precisionOf('ComfyUI, fp16')).toBe('F16');
    expect(await precisionOf('ComfyUI, fp8 scaled')).toBe('F8_E4M3');
  });

  it('with a router keeps it', async () => {
    const shape = { ...smallDit, groups: 4 };
    const { part } = await onePart(ditLayouts['ComfyUI, fp16']?.(shape) ?? []);
    expect(part.recognised).toMatchObject({ shape });
    expect(tensorsOf(part).shape('blocks.1.self_attn.router.weight')).toEqual([4, smallDit.dim]);
  });

  it('in fp8 gives its bytes and its scale as they are stored', async () => {
    const { part } = await onePart(ditLayouts['ComfyUI, fp8 scaled']?.(smallDit) ?? []);
    const source = tensorsOf(part);
    const name = 'blocks.0.ffn.0.weight';
    const { type, bytes, scale } = await source.stored(name, [256, 128]);
    expect({ type, scale, length: bytes.length }).toEqual({
      type: 'F8_E4M3',
      scale: 1 / 16,
      length: 256 * 128,
    });
    expect(source.storedType(name)).toBe('F8_E4M3');
    expect((await source.stored('blocks.0.ffn.0.bias')).scale).toBe(1);
  });
});

describe('a text encoder', () => {
  it.each(Object.entries(umt5Layouts))('laid out as %s has the same tensors', async (_, files) => {
    const { part } = await onePart(files(smallUmt5));
    expect(part.recognised).toMatchObject({ kind: 'text-encoder', shape: smallUmt5 });
    await expectTensors(files(smallUmt5), umt5Inventory(smallUmt5), 't5:');
  });

  it('of ComfyUI brings its tokenizer', async () => {
    const { inspection } = await onePart(umt5Layouts['ComfyUI, fp16']?.(smallUmt5) ?? []);
    const [tokenizer] = inspection.tokenizers;
    expect(tokenizer).toMatchObject({ kind: 'sentencepiece', name: 'in umt5.safetensors' });
    expect(new TextDecoder().decode(await tokenizer?.read())).toContain('<pad>');
  });

  it('gives single rows of its embedding', async () => {
    const { part } = await onePart(umt5Layouts['original, bf16']?.(smallUmt5) ?? []);
    const source = tensorsOf(part);
    const all = await source.floats('token_embedding.weight');
    const { dim } = smallUmt5;
    expect(await source.rows('token_embedding.weight', 7, 2)).toEqual(all.slice(7 * dim, 9 * dim));
    await expect(source.rows('token_embedding.weight', 399, 2)).rejects.toMatchObject({
      code: 'weights-invalid',
    });
  });
});

describe('decoders', () => {
  it.each(Object.entries(vaeLayouts))('a Wan-VAE laid out as %s has the same tensors', async (_, files) => {
    const { part } = await onePart(files(smallVae));
    expect(part.recognised).toMatchObject({ kind: 'wan-vae', shape: smallVae });
    await expectTensors(files(smallVae), vaeInventory(smallVae), 'vae:');
  });

  it.each(Object.entries(taehvLayouts))('a TAEHV laid out as %s has the same tensors', async (_, files) => {
    const { part } = await onePart(files(smallTaehv));
    expect(part.recognised).toMatchObject({ kind: 'taehv', shape: smallTaehv });
    await expectTensors(files(smallTaehv), taehvInventory(smallTaehv), 'taehv:');
  });
});
