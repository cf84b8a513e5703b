import { describe, expect, it } from 'vitest';
import { diffusersDitName } from './dit.ts';
import { huggingFaceUmt5Names } from './umt5.ts';
import { diffusersVaeName } from './vae.ts';

// Written down from the published state dicts, so that no mistake in the functions can hide in files made with them.
describe('diffusers calls', () => {
  it.each([
    ['patch_embedding.weight', 'patch_embedding.weight'],
    ['time_embedding.0.weight', 'condition_embedder.time_embedder.linear_1.weight'],
    ['time_embedding.2.bias', 'condition_embedder.time_embedder.linear_2.bias'],
    ['time_projection.1.weight', 'condition_embedder.time_proj.weight'],
    ['text_embedding.0.bias', 'condition_embedder.text_embedder.linear_1.bias'],
    ['text_embedding.2.weight', 'condition_embedder.text_embedder.linear_2.weight'],
    ['head.modulation', 'scale_shift_table'],
    ['head.head.bias', 'proj_out.bias'],
    ['blocks.12.modulation', 'blocks.12.scale_shift_table'],
    ['blocks.0.self_attn.q.weight', 'blocks.0.attn1.to_q.weight'],
    ['blocks.0.self_attn.k.bias', 'blocks.0.attn1.to_k.bias'],
    ['blocks.3.self_attn.o.weight', 'blocks.3.attn1.to_out.0.weight'],
    ['blocks.0.self_attn.norm_q.weight', 'blocks.0.attn1.norm_q.weight'],
    ['blocks.0.cross_attn.v.weight', 'blocks.0.attn2.to_v.weight'],
    ['blocks.0.cross_attn.o.bias', 'blocks.0.attn2.to_out.0.bias'],
    ['blocks.0.cross_attn.norm_k.weight', 'blocks.0.attn2.norm_k.weight'],
    ['blocks.29.norm3.bias', 'blocks.29.norm2.bias'],
    ['blocks.0.ffn.0.weight', 'blocks.0.ffn.net.0.proj.weight'],
    ['blocks.0.ffn.2.bias', 'blocks.0.ffn.net.2.bias'],
  ])('the transformer’s %s %s', (wan, diffusers) => {
    expect(diffusersDitName(wan)).toBe(diffusers);
  });

  it.each([
    ['conv2.weight', 'post_quant_conv.weight'],
    ['decoder.conv1.bias', 'decoder.conv_in.bias'],
    ['decoder.middle.0.residual.0.gamma', 'decoder.mid_block.resnets.0.norm1.gamma'],
    ['decoder.middle.1.norm.gamma', 'decoder.mid_block.attentions.0.norm.gamma'],
    ['decoder.middle.1.to_qkv.weight', 'decoder.mid_block.attentions.0.to_qkv.weight'],
    ['decoder.middle.2.residual.6.weight', 'decoder.mid_block.resnets.1.conv2.weight'],
    ['decoder.upsamples.2.residual.3.gamma', 'decoder.up_blocks.0.resnets.2.norm2.gamma'],
    ['decoder.upsamples.3.time_conv.weight', 'decoder.up_blocks.0.upsamplers.0.time_conv.weight'],
    ['decoder.upsamples.4.shortcut.weight', 'decoder.up_blocks.1.resnets.0.conv_shortcut.weight'],
    ['decoder.upsamples.6.residual.2.bias', 'decoder.up_blocks.1.resnets.2.conv1.bias'],
    ['decoder.upsamples.11.resample.1.bias', 'decoder.up_blocks.2.upsamplers.0.resample.1.bias'],
    ['decoder.upsamples.14.residual.6.bias', 'decoder.up_blocks.3.resnets.2.conv2.bias'],
    ['decoder.head.0.gamma', 'decoder.norm_out.gamma'],
    ['decoder.head.2.weight', 'decoder.conv_out.weight'],
  ])('the autoencoder’s %s %s', (wan, diffusers) => {
    expect(diffusersVaeName(wan)).toBe(diffusers);
  });
});

describe('transformers calls', () => {
  const layer = 'encoder.block.7.layer';
  it.each([
    ['norm.weight', 'encoder.final_layer_norm.weight'],
    ['blocks.7.norm1.weight', `${layer}.0.layer_norm.weight`],
    ['blocks.7.attn.q.weight', `${layer}.0.SelfAttention.q.weight`],
    ['blocks.7.attn.o.weight', `${layer}.0.SelfAttention.o.weight`],
    ['blocks.7.pos_embedding.embedding.weight', `${layer}.0.SelfAttention.relative_attention_bias.weight`],
    ['blocks.7.norm2.weight', `${layer}.1.layer_norm.weight`],
    ['blocks.7.ffn.gate.0.weight', `${layer}.1.DenseReluDense.wi_0.weight`],
    ['blocks.7.ffn.fc1.weight', `${layer}.1.DenseReluDense.wi_1.weight`],
    ['blocks.7.ffn.fc2.weight', `${layer}.1.DenseReluDense.wo.weight`],
  ])('the text encoder’s %s %s', (wan, theirs) => {
    expect(huggingFaceUmt5Names(wan)).toEqual([theirs]);
  });

  it('the table of words by one of two names', () => {
    expect(huggingFaceUmt5Names('token_embedding.weight')).toEqual([
      'shared.weight',
      'encoder.embed_tokens.weight',
    ]);
  });
});
