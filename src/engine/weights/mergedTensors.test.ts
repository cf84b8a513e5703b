import { describe, expect, it } from 'vitest';
import { diffusersDitName, ditInventory } from '../../model/checkpoint/dit.ts';
import type { LoraShape } from '../../model/checkpoint/lora.ts';
import { onePart, tensorsOf } from '../testing/checkpointFiles.ts';
import { encodeFloats } from '../testing/encodeFloats.ts';
import { hashValues } from '../testing/hashWeights.ts';
import { ditLayouts, smallDit, type WrittenTensor } from '../testing/randomCheckpoint.ts';
import type { CheckpointTensors } from './checkpointTensors.ts';
import { CheckpointTensors as StoredTensors } from './checkpointTensors.ts';
import { type Lora, MergedTensors } from './mergedTensors.ts';

const rank = 4;
const paths = [
  'blocks.0.self_attn.q',
  'blocks.1.cross_attn.o',
  'blocks.1.ffn.0',
  'blocks.0.ffn.2',
  'time_projection.1',
  'text_embedding.2',
];
const inventory = ditInventory(smallDit);

function shapeOf(path: string): [number, number] {
  const [rows = 0, columns = 0] = inventory.get(`${path}.weight`) ?? [];
  return [rows, columns];
}

function tensor(name: string, shape: readonly number[], values: Float32Array<ArrayBuffer>): WrittenTensor {
  return { name, type: 'F32', shape, bytes: () => encodeFloats('F32', values) };
}

const down = (path: string) => hashValues(`down:${path}`, rank * shapeOf(path)[1]);
const up = (path: string) => hashValues(`up:${path}`, rank * shapeOf(path)[0]);

type Spelling = (path: string) => { down: string; up: string; alpha?: string };

const flat = (path: string) => path.replaceAll('.', '_');

const spellings: Record<string, Spelling> = {
  'ComfyUI and lightx2v': (path) => ({
    down: `diffusion_model.${path}.lora_down.weight`,
    up: `diffusion_model.${path}.lora_up.weight`,
    alpha: `diffusion_model.${path}.alpha`,
  }),
  'kohya and musubi': (path) => ({
    down: `lora_unet_${flat(path)}.lora_down.weight`,
    up: `lora_unet_${flat(path)}.lora_up.weight`,
    alpha: `lora_unet_${flat(path)}.alpha`,
  }),
  PEFT: (path) => ({
    down: `base_model.model.diffusion_model.${path}.lora_A.default.weight`,
    up: `base_model.model.diffusion_model.${path}.lora_B.default.weight`,
  }),
  diffusers: (path) => ({
    down: `transformer.${diffusersDitName(path)}.lora_A.weight`,
    up: `transformer.${diffusersDitName(path)}.lora_B.weight`,
  }),
  'older diffusers': (path) => ({
    down: `transformer.${diffusersDitName(path)}.lora.down.weight`,
    up: `transformer.${diffusersDitName(path)}.lora.up.weight`,
  }),
};

const loraFile = (tensors: WrittenTensor[]) => [{ path: 'loras/few-steps.safetensors', tensors }];

function pairs(spell: Spelling, alpha: number): WrittenTensor[] {
  return paths.flatMap((path) => {
    const names = spell(path);
    const [rows, columns] = shapeOf(path);
    return [
      tensor(names.down, [rank, columns], down(path)),
      tensor(names.up, [rows, rank], up(path)),
      ...(names.alpha === undefined ? [] : [tensor(names.alpha, [], Float32Array.of(alpha))]),
    ];
  });
}

async function openLora(tensors: WrittenTensor[], strength: number): Promise<Lora> {
  const { part } = await onePart(loraFile(tensors));
  if (part.recognised.kind !== 'lora') throw new Error(`a ${part.recognised.kind}`);
  const stored = [...(part.tensors[0]?.tensors.keys() ?? [])];
  return {
    shape: part.recognised.shape,
    tensors: new StoredTensors(part.name, part.tensors, new Map(stored.map((name) => [name, name]))),
    strength,
  };
}

async function base(): Promise<CheckpointTensors> {
  return tensorsOf((await onePart(ditLayouts['ComfyUI, fp8 scaled']?.(smallDit) ?? [])).part);
}

/** W + factor * up @ down, one element at a time. */
function merged(weights: Float32Array, path: string, factor: number): Float32Array {
  const [rows, columns] = shapeOf(path);
  const [ups, downs] = [up(path), down(path)];
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += (ups[row * rank + k] ?? 0) * (downs[k * columns + column] ?? 0);
    return (weights[i] ?? 0) + factor * sum;
  });
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? 0))), 0);
  expect(worst).toBeLessThan(1e-6);
}

describe.each(Object.entries(spellings))('a LoRA as %s spells it', (_, spell) => {
  it('is merged with its strength, and with alpha where it has one', async () => {
    const dit = await base();
    const lora = await openLora(pairs(spell, 2), 0.75);
    expect(lora.shape).toMatchObject({ rank, dim: smallDit.dim } satisfies Partial<LoraShape>);
    const source = new MergedTensors(dit, [lora]);
    const alpha = spell('x').alpha === undefined ? rank : 2;
    for (const path of paths) {
      const name = `${path}.weight`;
      expect(source.storedType(name)).toBeNull();
      const expected = merged(await dit.floats(name), path, (0.75 * alpha) / rank);
      expectClose(await source.floats(name), expected);
      const [, columns] = shapeOf(path);
      expectClose(await source.rows(name, 3, 2), expected.subarray(3 * columns, 5 * columns));
    }
  });
});

describe('merging', () => {
  it('leaves alone what the LoRA does not name, and everything at strength 0', async () => {
    const dit = await base();
    const tensors = pairs((path) => ({ down: `${path}.lora_A.weight`, up: `${path}.lora_B.weight` }), 0);
    const source = new MergedTensors(dit, [await openLora(tensors, 1)]);
    expect(await source.floats('blocks.0.self_attn.k.weight')).toEqual(
      await dit.floats('blocks.0.self_attn.k.weight'),
    );
    expect(source.storedType('blocks.0.self_attn.k.weight')).toBe('F8_E4M3');
    const none = new MergedTensors(dit, [await openLora(tensors, 0)]);
    expect(await none.floats('blocks.0.self_attn.q.weight')).toEqual(
      await dit.floats('blocks.0.self_attn.q.weight'),
    );
    expect(none.storedType('blocks.0.self_attn.q.weight')).toBe('F8_E4M3');
  });

  it('adds differences of weights, norms, biases and modulations, as few-step LoRAs have them', async () => {
    const dit = await base();
    const changes: [stored: string, tensor: string][] = [
      ['diffusion_model.blocks.0.self_attn.norm_q.diff', 'blocks.0.self_attn.norm_q.weight'],
      ['diffusion_model.blocks.1.norm3.diff', 'blocks.1.norm3.weight'],
      ['diffusion_model.blocks.1.norm3.diff_b', 'blocks.1.norm3.bias'],
      ['diffusion_model.patch_embedding.diff_b', 'patch_embedding.bias'],
      ['diffusion_model.head.head.diff_b', 'head.head.bias'],
      ['diffusion_model.blocks.1.diff_m', 'blocks.1.modulation'],
    ];
    const tensors = changes.map(([stored, name]) => {
      const shape = inventory.get(name) ?? [];
      return tensor(
        stored,
        shape,
        hashValues(
          stored,
          shape.reduce((all, size) => all * size, 1),
        ),
      );
    });
    const source = new MergedTensors(dit, [await openLora(tensors, 0.5)]);
    for (const [stored, name] of changes) {
      const values = await dit.floats(name);
      const change = hashValues(stored, values.length);
      expectClose(
        await source.floats(name),
        values.map((value, i) => value + 0.5 * (change[i] ?? 0)),
      );
    }
  });

  it('adds several LoRAs', async () => {
    const dit = await base();
    const tensors = pairs((path) => ({ down: `${path}.lora_A.weight`, up: `${path}.lora_B.weight` }), 0);
    const source = new MergedTensors(dit, [await openLora(tensors, 1), await openLora(tensors, -0.25)]);
    const name = 'blocks.0.self_attn.q.weight';
    expectClose(await source.floats(name), merged(await dit.floats(name), 'blocks.0.self_attn.q', 0.75));
  });

  it('leaves out what image-to-video models alone have', async () => {
    const spell: Spelling = (path) => ({ down: `${path}.lora_A.weight`, up: `${path}.lora_B.weight` });
    const image = tensor(
      'blocks.0.cross_attn.k_img.lora_A.weight',
      [rank, 128],
      new Float32Array(rank * 128),
    );
    const lora = await openLora([...pairs(spell, 0), image], 1);
    expect([...lora.shape.changes.keys()].filter((name) => name.includes('img'))).toEqual([]);
  });
});

describe('LoRAs that are refused', () => {
  const spell: Spelling = (path) => ({ down: `${path}.lora_A.weight`, up: `${path}.lora_B.weight` });
  const refusalOf = async (tensors: WrittenTensor[]) => {
    const { part } = await onePart(loraFile(tensors)).catch((error: unknown) => ({ part: error }));
    return String(part);
  };

  it.each([
    [
      'for another model',
      [tensor('transformer.single_blocks.0.lora_A.weight', [4, 4], new Float32Array(16))],
      /no Wan2\.1 text-to-video model has/,
    ],
    [
      'with DoRA',
      [...pairs(spell, 0), tensor('blocks.0.self_attn.q.dora_scale', [1], new Float32Array(1))],
      /kind other than LoRA/,
    ],
    [
      'that are LoHa',
      [tensor('blocks.0.self_attn.q.hada_w1_a', [1], new Float32Array(1))],
      /kind other than LoRA/,
    ],
    ['with half a pair', pairs(spell, 0).slice(1), /half of its change/],
    [
      'with halves that do not fit',
      [
        tensor('blocks.0.ffn.0.lora_A.weight', [4, 128], new Float32Array(512)),
        tensor('blocks.0.ffn.0.lora_B.weight', [256, 8], new Float32Array(2048)),
      ],
      /do not fit/,
    ],
    [
      'with a half that is a convolution of more than one place',
      [
        tensor('blocks.0.ffn.0.lora_A.weight', [4, 128], new Float32Array(512)),
        tensor('blocks.0.ffn.0.lora_B.weight', [256, 4, 3], new Float32Array(3072)),
      ],
      /do not fit/,
    ],
  ])('%s', async (_, tensors, words) => {
    expect(await refusalOf(tensors)).toMatch(words);
  });

  it('for a model of another size', async () => {
    const tensors = [
      tensor('blocks.0.self_attn.q.lora_A.weight', [4, 256], new Float32Array(1024)),
      tensor('blocks.0.self_attn.q.lora_B.weight', [256, 4], new Float32Array(1024)),
    ];
    const lora = await openLora(tensors, 1);
    const dit = await base();
    expect(() => new MergedTensors(dit, [lora])).toThrow(/for a model of another size/);
  });

  it('for more blocks than the model has', async () => {
    const tensors = [
      tensor('blocks.39.self_attn.q.lora_A.weight', [4, 128], new Float32Array(512)),
      tensor('blocks.39.self_attn.q.lora_B.weight', [128, 4], new Float32Array(512)),
    ];
    const lora = await openLora(tensors, 1);
    const dit = await base();
    expect(() => new MergedTensors(dit, [lora])).toThrow(/which t2v\.safetensors does not have/);
  });
});
