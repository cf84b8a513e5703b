import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { parseModelConfig } from './config.ts';

const file = new URL('../../public/models/papercut/config.json', import.meta.url);
const readPapercut = (): { dit: Record<string, unknown>; ae: Record<string, unknown> } =>
  JSON.parse(readFileSync(file, 'utf8'));

describe('parseModelConfig', () => {
  it('reads the built-in model', () => {
    expect(parseModelConfig(readPapercut())).toMatchObject({
      dit: { dim: 256, heads: 4, layers: 8, z: 16, patch: [1, 2, 2], groups: 4, win: [2, 2], aug: 2 },
      text_encoder: { vocab: 302, max_len: 45, eos: 2 },
      ae: { z: 16, spatial: 16, temporal: 4, dec: [160, 80, 32], dec_mem: [2, 1, 2] },
      sampler: { shift: 3 },
    });
  });

  it('keeps fields that it does not know', () => {
    expect(parseModelConfig(readPapercut()).ae).toHaveProperty('decoder');
  });

  it('takes a checkpoint without router groups, with the usual windows', () => {
    const { groups: _groups, win: _win, aug: _aug, ...dense } = readPapercut().dit;
    const config = parseModelConfig({ ...readPapercut(), dit: dense });
    expect(config.dit.groups).toBeUndefined();
    expect(config.dit).toMatchObject({ win: [2, 2], aug: 2 });
  });

  it.each([
    ['null', null, ''],
    ['a list', [], ''],
    ['a missing part', { ...readPapercut(), ae: undefined }, 'ae'],
    ['a width that is a text', { ...readPapercut(), dit: { ...readPapercut().dit, dim: '256' } }, 'dit.dim'],
    ['a width of zero', { ...readPapercut(), dit: { ...readPapercut().dit, dim: 0 } }, 'dit.dim'],
    ['a monstrous width', { ...readPapercut(), dit: { ...readPapercut().dit, dim: 2 ** 40 } }, 'dit.dim'],
    [
      'a patch over time',
      { ...readPapercut(), dit: { ...readPapercut().dit, patch: [2, 2, 2] } },
      'dit.patch.0',
    ],
    ['half a layer', { ...readPapercut(), dit: { ...readPapercut().dit, layers: 1.5 } }, 'dit.layers'],
  ])('refuses %s with one sentence', (_, data, field) => {
    const parse = () => parseModelConfig(data);
    expect(parse).toThrow(ShotweaveError);
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'model-invalid',
        message: expect.stringMatching(new RegExp(`\\("${field}": .*\\); get the model folder again\\.$`)),
      }),
    );
  });
});
