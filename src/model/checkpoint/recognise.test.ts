import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../../lib/errors.ts';
import { diffusersDitName, ditInventory } from './dit.ts';
import { recognise } from './recognise.ts';
import type { TensorFacts } from './table.ts';

type Network = 'dit' | 'vae' | 'taehv' | 't5';
const upstream: Record<Network, Record<string, number[]>> = JSON.parse(
  readFileSync(new URL('fixtures/wanTensors.json', import.meta.url), 'utf8'),
);

const tableOf = (tensors: Iterable<readonly [string, readonly number[]]>, type = 'BF16') =>
  new Map(Array.from(tensors, ([name, shape]): [string, TensorFacts] => [name, { type, shape }]));

const upstreamTable = (network: Network) => tableOf(Object.entries(upstream[network]));

const shape = { dim: 256, heads: 2, layers: 2, ffn: 512, z: 16, textDim: 64, freqDim: 256, groups: null };

/** A copy of a table with some tensors changed, added, or taken out by null. */
function changed(
  table: ReadonlyMap<string, TensorFacts>,
  changes: Record<string, Partial<TensorFacts> | null>,
): Map<string, TensorFacts> {
  const copy = new Map(table);
  for (const [name, change] of Object.entries(changes)) {
    if (change) copy.set(name, { type: 'BF16', shape: [1], ...copy.get(name), ...change });
    else copy.delete(name);
  }
  return copy;
}

describe('the state dicts of the original code', () => {
  it.each([
    ['dit', 'dit', shape],
    ['t5', 'text-encoder', { vocab: 50, dim: 64, inner: 64, heads: 4, layers: 2, ffn: 128, buckets: 32 }],
    ['vae', 'wan-vae', { dim: 8, z: 16 }],
    ['taehv', 'taehv', { z: 16, channels: [256, 128, 64, 64] }],
  ] as const)('%s is recognised, and no tensor of what is used is left out', (network, kind, expected) => {
    const [found, ...others] = recognise('w', upstreamTable(network));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind, layout: 'original', shape: expected, precision: 'BF16' });
    if (!found || found.kind === 'lora') throw new Error('no network');
    const encoder = /^(encoder\.|conv1\.)/;
    expect([...found.names.keys()].sort()).toEqual(
      Object.keys(upstream[network])
        .filter((name) => !encoder.test(name))
        .sort(),
    );
  });
});

describe('prefixes', () => {
  it.each(['model.diffusion_model.', 'diffusion_model.', 'model.', 'generator_ema.model.'])(
    '%s',
    (prefix) => {
      const table = tableOf(Object.entries(upstream.dit).map(([name, size]) => [prefix + name, size]));
      const [found] = recognise('w', table);
      expect(found).toMatchObject({ kind: 'dit', shape });
      expect(found && 'names' in found && found.names.get('head.head.bias')).toBe(`${prefix}head.head.bias`);
    },
  );

  it('of several networks in one file keep them apart', () => {
    const all = new Map([
      ...tableOf(Object.entries(upstream.dit).map(([name, size]) => [`model.diffusion_model.${name}`, size])),
      ...tableOf(Object.entries(upstream.vae).map(([name, size]) => [`vae.${name}`, size])),
      ...tableOf(Object.entries(upstream.t5).map(([name, size]) => [`text_encoders.umt5xxl.${name}`, size])),
    ]);
    expect(recognise('w', all).map(({ kind }) => kind)).toEqual(['dit', 'text-encoder', 'wan-vae']);
  });

  it('of an average go before those of what it averages', () => {
    const both = ['generator.model.', 'generator_ema.model.'].flatMap((prefix) =>
      Object.entries(upstream.dit).map(([name, size]) => [prefix + name, size] as const),
    );
    const [found] = recognise('w', tableOf(both));
    expect(found && 'names' in found && found.names.get('head.modulation')).toBe(
      'generator_ema.model.head.modulation',
    );
  });
});

describe('other models are refused in one sentence', () => {
  const dit = upstreamTable('dit');
  const diffusers = tableOf(
    Array.from(ditInventory(shape), ([name, size]) => [diffusersDitName(name), size]),
  );
  const t5 = 'encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight';
  it.each([
    ['image to video', changed(dit, { 'img_emb.proj.0.bias': {} }), /image-to-video/],
    [
      'image to video by its channels',
      changed(dit, { 'patch_embedding.weight': { shape: [256, 36, 1, 2, 2] } }),
      /image-to-video/,
    ],
    [
      'image to video in diffusers',
      changed(diffusers, { 'blocks.0.attn2.add_k_proj.weight': { shape: [256, 256] } }),
      /image-to-video/,
    ],
    ['VACE', changed(dit, { 'vace_blocks.0.before_proj.weight': {} }), /VACE/],
    ['Wan2.2 5B', changed(dit, { 'patch_embedding.weight': { shape: [256, 48, 1, 2, 2] } }), /Wan2\.2/],
    [
      'another number of channels',
      changed(dit, { 'patch_embedding.weight': { shape: [256, 32, 1, 2, 2] } }),
      /32 channels/,
    ],
    ['a model built on Wan', changed(dit, { 'blocks.0.audio_attn.q.weight': {} }), /"blocks\.0\.audio_attn/],
    ['another width', changed(dit, { 'head.modulation': { shape: [1, 2, 200] } }), /200 channels wide/],
    [
      'a VAE of Wan2.2',
      changed(upstreamTable('vae'), { 'conv2.weight': { shape: [48, 48, 1, 1, 1] } }),
      /48/,
    ],
    [
      'T5',
      tableOf([
        [t5, [32, 64]],
        ['shared.weight', [32128, 4096]],
        ['encoder.block.1.layer.0.layer_norm.weight', [4096]],
      ]),
      /T5 encoder/,
    ],
    ['Flux', tableOf([['double_blocks.0.img_attn.qkv.weight', [9, 3]]]), /Flux/],
    ['a language model', tableOf([['model.layers.0.self_attn.q_proj.weight', [9, 3]]]), /language model/],
    ['something unheard of', tableOf([['a.b', [1]]]), /"a\.b"/],
    ['nothing', tableOf([]), /no tensors at all/],
    [
      'integers of another quantiser',
      changed(dit, { 'blocks.0.ffn.0.weight': { type: 'I8' } }),
      /quantised in a form.*type I8/,
    ],
  ])('%s', (_, table, words) => {
    const read = () => recognise('x.safetensors', table);
    expect(read).toThrow(ShotweaveError);
    expect(read).toThrow(words);
    expect(read).toThrow(/^The file x\.safetensors [^.]*((safetensors|2\.1|wan_2\.1_vae|\.\w)[^.]*)*\.$/);
  });
});

describe('incomplete files are refused', () => {
  it.each([
    ['one tensor', { 'blocks.1.ffn.2.weight': null }, /lacks the tensor "blocks\.1\.ffn\.2\.weight";/],
    [
      'several',
      { 'blocks.1.ffn.2.weight': null, 'blocks.1.ffn.2.bias': null, 'head.head.bias': null },
      /and 2 more;/,
    ],
    ['another shape', { 'blocks.1.norm3.weight': { shape: [255] } }, /has the shape \[255\] and not \[256\]/],
  ] as const)('%s', (_, changes, words) => {
    const read = () => recognise('x', changed(upstreamTable('dit'), changes));
    expect(read).toThrow(
      expect.objectContaining({ code: 'weights-invalid', message: expect.stringMatching(words) }),
    );
  });
});
