import { type Inventory, withBias } from './table.ts';

/** Sizes of a Wan transformer, from its tensors. */
export interface DitShape {
  dim: number;
  heads: number;
  layers: number;
  ffn: number;
  /** Latent channels. */
  z: number;
  textDim: number;
  freqDim: number;
  /** Groups of MoGA's router; null in a plain checkpoint. */
  groups: number | null;
}

/** All of Wan's transformers have heads of this size, whatever their width. */
export const headSize = 128;

const attentions = ['self_attn', 'cross_attn'] as const;
const projections = ['q', 'k', 'v', 'o'] as const;

/** Every tensor of a Wan transformer with its shape. */
export function ditInventory({ dim, layers, ffn, z, textDim, freqDim, groups }: DitShape): Inventory {
  const tensors: [string, readonly number[]][] = [
    ...withBias('patch_embedding', [dim, z, 1, 2, 2]),
    ...withBias('text_embedding.0', [dim, textDim]),
    ...withBias('text_embedding.2', [dim, dim]),
    ...withBias('time_embedding.0', [dim, freqDim]),
    ...withBias('time_embedding.2', [dim, dim]),
    ...withBias('time_projection.1', [6 * dim, dim]),
    ['head.modulation', [1, 2, dim]],
    ...withBias('head.head', [4 * z, dim]),
  ];
  for (let i = 0; i < layers; i++) {
    const block = `blocks.${i}`;
    tensors.push([`${block}.modulation`, [1, 6, dim]]);
    for (const attention of attentions) {
      for (const projection of projections) {
        tensors.push(...withBias(`${block}.${attention}.${projection}`, [dim, dim]));
      }
      tensors.push(
        [`${block}.${attention}.norm_q.weight`, [dim]],
        [`${block}.${attention}.norm_k.weight`, [dim]],
      );
    }
    if (groups !== null) tensors.push([`${block}.self_attn.router.weight`, [groups, dim]]);
    tensors.push(
      ...withBias(`${block}.norm3`, [dim]),
      ...withBias(`${block}.ffn.0`, [ffn, dim]),
      ...withBias(`${block}.ffn.2`, [dim, ffn]),
    );
  }
  return new Map(tensors);
}

/**
 * Wan's name in diffusers' WanTransformer3DModel. The numbers of the norms differ: what Wan calls norm3, the only one
 * with tensors, is norm2 there.
 */
export function diffusersDitName(name: string): string {
  return name
    .replace(/^time_embedding\.0\b/, 'condition_embedder.time_embedder.linear_1')
    .replace(/^time_embedding\.2\b/, 'condition_embedder.time_embedder.linear_2')
    .replace(/^time_projection\.1\b/, 'condition_embedder.time_proj')
    .replace(/^text_embedding\.0\b/, 'condition_embedder.text_embedder.linear_1')
    .replace(/^text_embedding\.2\b/, 'condition_embedder.text_embedder.linear_2')
    .replace(/^head\.modulation$/, 'scale_shift_table')
    .replace(/^head\.head\b/, 'proj_out')
    .replace(/\.modulation$/, '.scale_shift_table')
    .replace(/\.(self|cross)_attn\.([qkv])\b/, (_, which, projection) => `.${attn(which)}.to_${projection}`)
    .replace(/\.(self|cross)_attn\.o\b/, (_, which) => `.${attn(which)}.to_out.0`)
    .replace(/\.(self|cross)_attn\./, (_, which) => `.${attn(which)}.`)
    .replace(/\.norm3\b/, '.norm2')
    .replace(/\.ffn\.0\b/, '.ffn.net.0.proj')
    .replace(/\.ffn\.2\b/, '.ffn.net.2');
}

function attn(which: string): string {
  return which === 'self' ? 'attn1' : 'attn2';
}
