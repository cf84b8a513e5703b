import type { Inventory } from './table.ts';

/** Sizes of a UMT5 encoder, from its tensors. */
export interface Umt5Shape {
  vocab: number;
  dim: number;
  /** Width of all heads together. */
  inner: number;
  heads: number;
  layers: number;
  ffn: number;
  buckets: number;
}

/** Every tensor of a UMT5 encoder with its shape. */
export function umt5Inventory({ vocab, dim, inner, heads, layers, ffn, buckets }: Umt5Shape): Inventory {
  const tensors: [string, readonly number[]][] = [
    ['token_embedding.weight', [vocab, dim]],
    ['norm.weight', [dim]],
  ];
  for (let i = 0; i < layers; i++) {
    const block = `blocks.${i}`;
    tensors.push(
      [`${block}.norm1.weight`, [dim]],
      [`${block}.attn.q.weight`, [inner, dim]],
      [`${block}.attn.k.weight`, [inner, dim]],
      [`${block}.attn.v.weight`, [inner, dim]],
      [`${block}.attn.o.weight`, [dim, inner]],
      [`${block}.pos_embedding.embedding.weight`, [buckets, heads]],
      [`${block}.norm2.weight`, [dim]],
      [`${block}.ffn.gate.0.weight`, [ffn, dim]],
      [`${block}.ffn.fc1.weight`, [ffn, dim]],
      [`${block}.ffn.fc2.weight`, [dim, ffn]],
    );
  }
  return new Map(tensors);
}

/** Wan's name in transformers' UMT5EncoderModel, which diffusers and ComfyUI keep; the embedding lies under either of two. */
export function huggingFaceUmt5Names(name: string): string[] {
  if (name === 'token_embedding.weight') return ['shared.weight', 'encoder.embed_tokens.weight'];
  if (name === 'norm.weight') return ['encoder.final_layer_norm.weight'];
  return [
    name
      .replace(/^blocks\.(\d+)\./, 'encoder.block.$1.')
      .replace('.norm1.', '.layer.0.layer_norm.')
      .replace(/\.attn\.([qkvo])\./, '.layer.0.SelfAttention.$1.')
      .replace('.pos_embedding.embedding.', '.layer.0.SelfAttention.relative_attention_bias.')
      .replace('.norm2.', '.layer.1.layer_norm.')
      .replace('.ffn.gate.0.', '.layer.1.DenseReluDense.wi_0.')
      .replace('.ffn.fc1.', '.layer.1.DenseReluDense.wi_1.')
      .replace('.ffn.fc2.', '.layer.1.DenseReluDense.wo.'),
  ];
}
