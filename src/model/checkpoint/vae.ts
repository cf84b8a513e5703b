import { type Inventory, withBias } from './table.ts';

/** Sizes of a Wan-VAE, from its tensors. */
export interface VaeShape {
  /** Channels of the last stage; the first has four times as many. */
  dim: number;
  /** Latent channels. */
  z: number;
}

/** Every tensor of the decoder half of a Wan-VAE with its shape; the studio needs no encoder. */
export function vaeInventory({ dim, z }: VaeShape): Inventory {
  const wide = 4 * dim;
  const tensors: [string, readonly number[]][] = [
    ...withBias('conv2', [z, z, 1, 1, 1]),
    ...withBias('decoder.conv1', [wide, z, 3, 3, 3]),
    ...residual('decoder.middle.0', wide, wide),
    ['decoder.middle.1.norm.gamma', [wide, 1, 1]],
    ...withBias('decoder.middle.1.to_qkv', [3 * wide, wide, 1, 1]),
    ...withBias('decoder.middle.1.proj', [wide, wide, 1, 1]),
    ...residual('decoder.middle.2', wide, wide),
    ['decoder.head.0.gamma', [dim, 1, 1, 1]],
    ...withBias('decoder.head.2', [3, dim, 3, 3, 3]),
  ];
  // Channels of each stage, whose first block takes what the upsampling before it halved.
  const stages = [wide, wide, 2 * dim, dim];
  let input = wide;
  for (const [stage, channels] of stages.entries()) {
    for (let block = 0; block < 3; block++) {
      tensors.push(...residual(`decoder.upsamples.${4 * stage + block}`, input, channels));
      input = channels;
    }
    if (stage === 3) continue;
    const up = `decoder.upsamples.${4 * stage + 3}`;
    input = channels / 2;
    tensors.push(...withBias(`${up}.resample.1`, [input, channels, 3, 3]));
    if (stage < 2) tensors.push(...withBias(`${up}.time_conv`, [2 * channels, channels, 3, 1, 1]));
  }
  return new Map(tensors);
}

function residual(name: string, from: number, to: number): [string, readonly number[]][] {
  return [
    [`${name}.residual.0.gamma`, [from, 1, 1, 1]],
    ...withBias(`${name}.residual.2`, [to, from, 3, 3, 3]),
    [`${name}.residual.3.gamma`, [to, 1, 1, 1]],
    ...withBias(`${name}.residual.6`, [to, to, 3, 3, 3]),
    ...(from === to ? [] : withBias(`${name}.shortcut`, [to, from, 1, 1, 1])),
  ];
}

/** Wan's name in diffusers' AutoencoderKLWan. */
export function diffusersVaeName(name: string): string {
  return name
    .replace(/^conv1\./, 'quant_conv.')
    .replace(/^conv2\./, 'post_quant_conv.')
    .replace(/^(en|de)coder\.conv1\./, '$1coder.conv_in.')
    .replace('.head.0.', '.norm_out.')
    .replace('.head.2.', '.conv_out.')
    .replace('.downsamples.', '.down_blocks.')
    .replace(/\.upsamples\.(\d+)\./, (_, index) => {
      const [stage, block] = [Math.floor(Number(index) / 4), Number(index) % 4];
      return block === 3 ? `.up_blocks.${stage}.upsamplers.0.` : `.up_blocks.${stage}.resnets.${block}.`;
    })
    .replace('.middle.0.', '.mid_block.resnets.0.')
    .replace('.middle.1.', '.mid_block.attentions.0.')
    .replace('.middle.2.', '.mid_block.resnets.1.')
    .replace('.residual.0.', '.norm1.')
    .replace('.residual.2.', '.conv1.')
    .replace('.residual.3.', '.norm2.')
    .replace('.residual.6.', '.conv2.')
    .replace('.shortcut.', '.conv_shortcut.');
}
