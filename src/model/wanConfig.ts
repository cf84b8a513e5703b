import type { DitShape } from './checkpoint/dit.ts';
import { headSize } from './checkpoint/dit.ts';
import type { TaehvShape } from './checkpoint/taehv.ts';
import type { Umt5Shape } from './checkpoint/umt5.ts';
import type { VaeShape } from './checkpoint/vae.ts';
import type { ModelConfig } from './config.ts';
import { isWanName, type WanName, wanAutoencoder, wanTransformers } from './wan.ts';
import { wanSamplers } from './wanSampling.ts';

/** Wan models as storyboards name them: the two published sizes, and any other that a checkpoint may have. */
export const wanModels = ['wan2.1-1.3b', 'wan2.1-14b', 'wan2.1-custom'] as const;

export type WanModel = (typeof wanModels)[number];

export function isWanModel(name: string): name is WanModel {
  return wanModels.some((model) => model === name);
}

/** What the person sees a Wan model called. */
export const wanTitles: Record<WanModel, string> = {
  'wan2.1-1.3b': 'Wan2.1 1.3B',
  'wan2.1-14b': 'Wan2.1 14B',
  'wan2.1-custom': 'Wan2.1, another size',
};

/** What a sentence calls a model, Wan's or another. */
export function wanTitleOf(model: string): string {
  return isWanModel(model) ? wanTitles[model] : 'This model';
}

/** The decoder of a Wan model: its own, or the light one. */
export type WanDecoder = { kind: 'wan-vae'; shape: VaeShape } | { kind: 'taehv'; shape: TaehvShape };

/** Shape of UMT5-XXL, which every Wan2.1 was published with. */
export const publishedText: Umt5Shape = {
  vocab: 256_384,
  dim: 4096,
  inner: 4096,
  heads: 64,
  layers: 24,
  ffn: 10_240,
  buckets: 32,
};

const publishedDecoder: WanDecoder = { kind: 'taehv', shape: { z: 16, channels: [256, 128, 64, 64] } };

/** Name of the model that a transformer of this shape is. */
export function wanModelOf({ dim, layers, ffn }: DitShape): WanModel {
  const same = (name: WanName) => {
    const known = wanTransformers[name];
    return known.dim === dim && known.layers === layers && known.ffn === ffn;
  };
  return wanModels.find((name) => isWanName(name) && same(name)) ?? 'wan2.1-custom';
}

/** What a Wan model's transformer of this shape is to the plan and the engine. */
export function wanTransformer(model: WanModel, dit: DitShape): ModelConfig['dit'] {
  const { win, aug, eps, text_len, patch } = wanTransformers[publishedName(model)];
  return {
    dim: dit.dim,
    heads: dit.dim / headSize,
    layers: dit.layers,
    ffn: dit.ffn,
    z: dit.z,
    patch,
    freq_dim: dit.freqDim,
    text_dim: dit.textDim,
    text_len,
    text_padded: true,
    win,
    aug,
    eps,
    ...(dit.groups === null ? {} : { groups: dit.groups }),
  };
}

/** The published model whose settings serve one of another size. */
function publishedName(model: WanModel): WanName {
  return isWanName(model) ? model : 'wan2.1-1.3b';
}

/** The config of a Wan model with networks of these shapes. */
export function wanConfig(
  model: WanModel,
  dit: DitShape,
  text: Umt5Shape,
  { kind, shape }: WanDecoder,
): ModelConfig {
  const name = publishedName(model);
  const { spatial, temporal } = wanAutoencoder;
  const cells = { z: shape.z, spatial, temporal };
  return {
    model,
    dit: wanTransformer(model, dit),
    text_encoder: {
      streamed: true,
      dim: text.dim,
      layers: text.layers,
      heads: text.heads,
      ffn: text.ffn,
      vocab: text.vocab,
      buckets: text.buckets,
      max_dist: 128,
      max_len: wanTransformers[name].text_len,
      pad: 0,
      eos: 1,
      unk: 3,
    },
    ae:
      kind === 'wan-vae'
        ? { kind, ...cells, dim: shape.dim }
        : { kind, ...cells, channels: [...shape.channels] },
    sampler: wanSamplers[name],
  };
}

/** Sizes of a transformer as it was published. */
export function publishedDit(name: WanName): DitShape {
  const { dim, layers, ffn, heads, z, text_dim, freq_dim } = wanTransformers[name];
  return { dim, heads, layers, ffn, z, textDim: text_dim, freqDim: freq_dim, groups: null };
}

/** The config of a Wan model as it was published, for planning before its files are there. */
export function publishedWanConfig(model: WanModel): ModelConfig {
  return wanConfig(model, publishedDit(publishedName(model)), publishedText, publishedDecoder);
}
