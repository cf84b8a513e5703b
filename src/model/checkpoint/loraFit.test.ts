import { describe, expect, it } from 'vitest';
import { publishedDit } from '../wanConfig.ts';
import { type DitShape, ditInventory } from './dit.ts';
import { type LoraShape, readLora } from './lora.ts';
import { loraFits, loraProblem, loraTarget, refuseMisfit } from './loraFit.ts';
import type { TensorFacts } from './table.ts';

const small: DitShape = {
  dim: 256,
  heads: 2,
  layers: 2,
  ffn: 512,
  z: 16,
  textDim: 64,
  freqDim: 256,
  groups: null,
};
const [small13, large] = [publishedDit('wan2.1-1.3b'), publishedDit('wan2.1-14b')];

/** A LoRA with a pair for each of these modules of a transformer, and a diff for each of these tensors. */
function loraFor(dit: DitShape, modules: readonly string[], diffs: readonly string[] = []): LoraShape {
  const inventory = ditInventory(dit);
  const table = new Map<string, TensorFacts>();
  const store = (name: string, shape: readonly number[]) => table.set(name, { type: 'F16', shape });
  for (const module of modules) {
    const [rows = 0, ...columns] = inventory.get(`${module}.weight`) ?? [];
    store(`diffusion_model.${module}.lora_down.weight`, [4, ...columns]);
    store(`diffusion_model.${module}.lora_up.weight`, [rows, 4, ...columns.slice(1).map(() => 1)]);
  }
  for (const module of diffs) {
    store(`diffusion_model.${module}.diff`, inventory.get(`${module}.weight`) ?? []);
  }
  return readLora('few.safetensors', table);
}

const lastBlock = ({ layers }: DitShape) => `blocks.${layers - 1}`;
const projections = (dit: DitShape) => [`blocks.0.self_attn.q`, `${lastBlock(dit)}.cross_attn.o`];

describe('a LoRA fits', () => {
  it.each([small, small13, large])('the transformer that it was made for, %#', (dit) => {
    const modules = [...projections(dit), 'blocks.0.ffn.0', 'blocks.0.ffn.2', 'patch_embedding'];
    expect(loraFits(loraFor(dit, modules, ['blocks.1.norm3']), dit)).toBe(true);
  });

  it.each([
    ['another width', small, { ...small, dim: 384 }],
    ['fewer blocks', small, { ...small, layers: 1 }],
    ['1.3B where it is for 14B', large, small13],
    ['14B where it is for 1.3B', small13, large],
  ])('none of %s', (_, made, other) => {
    expect(loraFits(loraFor(made, projections(made)), other)).toBe(false);
  });

  it('none whose feed-forward layers alone differ', () => {
    expect(loraFits(loraFor(small, ['blocks.0.ffn.0']), { ...small, ffn: 768 })).toBe(false);
    expect(loraFits(loraFor(small, ['blocks.0.ffn.2']), { ...small, ffn: 768 })).toBe(false);
  });

  it('none whose norms alone differ', () => {
    expect(loraFits(loraFor(small, [], ['blocks.0.norm3']), { ...small, dim: 384 })).toBe(false);
  });
});

describe('what a LoRA is for', () => {
  it.each([
    ['Wan2.1 1.3B', loraFor(small13, projections(small13))],
    ['Wan2.1 1.3B', loraFor(small13, [], ['blocks.3.norm3'])],
    ['Wan2.1 14B', loraFor(large, projections(large))],
    ['a Wan2.1 of at least 2 blocks of 256', loraFor(small, projections(small))],
    ['a Wan2.1 of at least 1 block of 256', loraFor(small, ['blocks.0.ffn.0'])],
    ['a Wan2.1 of at least 41 blocks of 5120', loraFor({ ...large, layers: 41 }, ['blocks.40.ffn.2'])],
    ['a Wan2.1 of another size', loraFor(small, ['text_embedding.2'])],
  ])('%s', (words, lora) => {
    expect(loraTarget(lora)).toBe(words);
  });
});

describe('a LoRA of another size', () => {
  const lora = loraFor(large, projections(large));

  it('is refused with what it is for and what to do', () => {
    expect(() => refuseMisfit('few.safetensors', lora, large)).not.toThrow();
    expect(() => refuseMisfit('few.safetensors', lora, small13)).toThrow(
      expect.objectContaining({
        code: 'model-invalid',
        message:
          "The LoRA few.safetensors is for Wan2.1 14B and the film's model is Wan2.1 1.3B: set its strength to 0 under Models, or choose a LoRA made for this model.",
      }),
    );
    expect(() => refuseMisfit('few.safetensors', lora, small)).toThrow(
      /the film's model is a Wan2\.1 of 2 blocks of 256:/,
    );
  });

  it('says so beside transformers that cannot take it, and nothing as long as one can', () => {
    expect(loraProblem(lora, [])).toBeNull();
    expect(loraProblem(lora, [small13, large])).toBeNull();
    expect(loraProblem(lora, [small13, small13, small])).toBe(
      'This LoRA is for Wan2.1 14B and yours is Wan2.1 1.3B and a Wan2.1 of 2 blocks of 256: add the model that it is for, or a LoRA made for yours.',
    );
  });
});
