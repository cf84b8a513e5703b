import type { ModelConfig } from './config.ts';

export type WanName = 'wan2.1-1.3b' | 'wan2.1-14b';

const common = {
  z: 16,
  patch: [1, 2, 2],
  freq_dim: 256,
  win: [2, 2],
  aug: 2,
  eps: 1e-6,
  text_dim: 4096,
  text_len: 512,
  text_padded: true,
} satisfies Partial<ModelConfig['dit']>;

/**
 * Shapes of Wan2.1's text-to-video transformers (Wan-Video/Wan2.1, wan/configs). They are plain dense
 * checkpoints without router groups; `win` and `aug` are those of MoGA's fine-tuned Wan (arXiv 2510.18692).
 */
export const wanTransformers: Record<WanName, ModelConfig['dit']> = {
  'wan2.1-1.3b': { ...common, dim: 1536, heads: 12, layers: 30, ffn: 8960 },
  'wan2.1-14b': { ...common, dim: 5120, heads: 40, layers: 40, ffn: 13824 },
};

/** Pixels and frames that one latent cell of Wan2.1's autoencoder covers. */
export const wanAutoencoder = { spatial: 8, temporal: 4 } as const;

/** What Wan2.1 is trained to make: 480p landscape at 16 frames a second. */
export const wanVideo = { width: 832, height: 480, fps: 16 } as const;

export function isWanName(name: string): name is WanName {
  return Object.hasOwn(wanTransformers, name);
}
